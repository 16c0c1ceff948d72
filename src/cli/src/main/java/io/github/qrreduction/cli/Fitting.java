package io.github.qrreduction.cli;

import io.github.qrreduction.Components;
import io.github.qrreduction.NeighbourComponents;
import io.github.qrreduction.compare.ReductionMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The part of {@link Fit} that loads ND4J.
 *
 * @param method its name
 * @param size how many numbers are kept
 * @param prefixes smaller sizes that are to be good as well, for the method neighbours; none for the others
 * @param seed of what is random
 */
record Fitting(String method, int size, int[] prefixes, long seed) {

    private static final int PERCENT = 100;
    private static final int STEPS = 1000;
    /** Of training with prefixes: the whole size first, then the prefixes. */
    private static final double STEPS_OF_BOTH = 2 * STEPS;

    /**
     * Fits and saves.
     *
     * @return false if a training gave back its start
     */
    boolean run(Sample sample, String source, Path output) throws IOException {
        Components components;
        try (Progress progress = Progress.of("fit " + method, PERCENT, "%")) {
            components = fit(Nd4j.createFromArray(sample.rows()), progress);
        }
        Map<String, String> metadata = new LinkedHashMap<>(components.metadata());
        metadata.put("method", method);
        metadata.put("source", source);
        metadata.put("vectors", sample.toString());
        if (!sample.isAll()) {
            metadata.put("seed", Long.toString(seed));
        }
        metadata.put("sizes", sample.rows()[0].length + " to " + size);
        metadata.put("version", QrReduce.Version.number());
        components.withMetadata(metadata).save(output);
        return !"0".equals(metadata.get("bestStep"));
    }

    private Components fit(INDArray vectors, Progress progress) {
        if (prefixes.length == 0) {
            return ReductionMethod.of(method).fit(vectors, size, seed, progress::reach);
        }
        return NeighbourComponents.fitter()
                .steps(STEPS)
                .seed(seed)
                .prefixes(prefixes)
                .listener((step, loss) -> progress.reach(step / STEPS_OF_BOTH))
                .fit(vectors, size);
    }
}
