package io.github.qrreduction.cli;

import io.github.qrreduction.Components;
import io.github.qrreduction.compare.ReductionMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;

/** The part of {@link Fit} that loads ND4J. */
final class Fitting {

    private static final int PERCENT = 100;

    private Fitting() {}

    static void run(Sample sample, String method, int size, long seed, String source, Path output) throws IOException {
        Components components;
        try (Progress progress = Progress.of("fit " + method, PERCENT, "%")) {
            components =
                    ReductionMethod.of(method).fit(Nd4j.createFromArray(sample.rows()), size, seed, progress::reach);
        }
        Map<String, String> metadata = new LinkedHashMap<>(components.metadata());
        metadata.put("source", source);
        metadata.put("vectors", sample.toString());
        if (!sample.isAll()) {
            metadata.put("seed", Long.toString(seed));
        }
        metadata.put("sizes", sample.rows()[0].length + " to " + size);
        metadata.put("version", QrReduce.Version.number());
        components.withMetadata(metadata).save(output);
    }
}
