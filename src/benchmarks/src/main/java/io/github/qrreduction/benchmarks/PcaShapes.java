package io.github.qrreduction.benchmarks;

import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.PrincipalComponentsFitter;
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
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Times PCA of data of five shapes in turn with two peers: a float64 covariance by NumPy with SciPy's eigh for the
 * wanted pairs only, where a covariance can be had, and scikit-learn's PCA with its default solver. Then how time grows
 * with the columns, and 100 000 columns in bounded memory beside scikit-learn's randomized solver.
 */
@Command(name = "pca-shapes", description = "Times PCA of five shapes beside NumPy's and scikit-learn's.%n")
final class PcaShapes implements Callable<Integer> {

    /** Samples, columns and components. */
    record Shape(int n, int d, int k) {
        @Override
        public String toString() {
            return n + " x " + d + " -> " + k;
        }
    }

    private static final List<Shape> SHAPES = List.of(
            new Shape(60_000, 784, 64),
            new Shape(20_000, 1536, 256),
            new Shape(10_000, 3072, 256),
            new Shape(60, 20_000, 10),
            new Shape(2000, 50_000, 50));
    private static final List<Shape> SMALL = List.of(new Shape(600, 100, 8), new Shape(20, 700, 5));
    /** Above, NumPy's covariance does not fit beside the rest. */
    private static final int MOST_COLUMNS_OF_A_COVARIANCE = 15_000;

    private static final int[] GROWTH = {512, 1024, 2048, 4096};
    private static final int GROWTH_SAMPLES = 5000;
    private static final int GROWTH_COMPONENTS = 64;
    private static final Shape WIDE = new Shape(2000, 100_000, 50);
    private static final Shape SMALL_WIDE = new Shape(100, 800, 5);

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Where data are made, some 2 GB.")
    private Path folder;

    @Option(names = "--rounds", defaultValue = "5", description = "Fits of each (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--python", defaultValue = "/usr/bin/python3", description = "Has scikit-learn and SciPy.")
    private Path python;

    @Option(names = "--float32", description = "Data in float32, which scikit-learn computes in; default: float64.")
    private boolean single;

    @Option(names = "--small", description = "Small shapes, which take seconds: to see that it runs.")
    private boolean small;

    @Option(names = "--page", paramLabel = "FILE", description = "Also writes the results there, as Markdown.")
    private Path page;

    @Spec
    private CommandSpec spec;

    private final List<String> lines = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Files.isExecutable(python)) {
            throw new ParameterException(
                    spec.commandLine(), "--python: expected a Python with scikit-learn and SciPy, got " + python);
        }
        Files.createDirectories(folder);
        say("# PCA beside NumPy and scikit-learn");
        say("");
        say("Written by the benchmark `pca-shapes`; all figures are from one run, in which the sides took turns.");
        say(format(
                "Medians of %d rounds. Data in %s; ours and NumPy's compute", rounds, single ? "float32" : "float64"));
        say("in float64 whatever they are, scikit-learn in their type.");
        say("");
        say("    OMP_WAIT_POLICY=passive ./mvnw -q -P benchmark -pl src/benchmarks -am test-compile exec:exec \\");
        say("        -Dbenchmark.args=\"pca-shapes --data DIR --page PAGE\"");
        say("");
        say("## Shapes");
        say("");
        say("| samples x columns -> components | ours, s | NumPy and SciPy, s | scikit-learn, s | ours to the faster"
                + " | variance, ours to theirs | memory beyond the data, MB | of it |");
        say("|---|---|---|---|---|---|---|---|");
        try (PcaPeer peer = new PcaPeer(python)) {
            double logarithms = 0;
            List<Shape> shapes = small ? SMALL : SHAPES;
            for (Shape shape : shapes) {
                logarithms += Math.log(compare(peer, shape));
            }
            say("");
            say(format("Geometric mean of the ratios: %.2f.", Math.exp(logarithms / shapes.size())));
            growth(peer);
            wide(peer, small ? SMALL_WIDE : WIDE);
        }
        say("");
        say(format(
                "Load average at the end: %.1f.",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        if (page != null) {
            Files.write(page, lines);
        }
        return 0;
    }

    private INDArray load(PcaPeer peer, Shape shape, boolean asSingle) {
        Path file = folder.resolve(shape.n + "x" + shape.d + ".npy").toAbsolutePath();
        peer.load(file, shape.n, shape.d, asSingle);
        INDArray x = Nd4j.createFromNpyFile(file.toFile());
        return asSingle ? x : x.castTo(DataType.DOUBLE);
    }

    private List<Paired.Round> rounds(Shape shape, List<Paired.Side> sides) {
        Paired paired = new Paired(0, 0, rounds);
        // The first fit of each is not counted: it finds new code, and memory that nobody has touched.
        sides.forEach(side -> side.work().run());
        return paired.counted(
                paired.run(List.of(shape), s -> sides, (s, all) -> {}).get(shape));
    }

    private static double fit(PrincipalComponentsFitter fitter, INDArray x, int k) {
        return Arrays.stream(fitter.fit(x, k).explainedVariance()).sum();
    }

    /** The ratio to the faster peer. */
    private double compare(PcaPeer peer, Shape shape) throws IOException, InterruptedException {
        INDArray x = load(peer, shape, single);
        ResidentMemory.resetPeak();
        double before = ResidentMemory.peak();
        double[] sums = new double[3];
        sums[0] = fit(PrincipalComponents.fitter(), x, shape.k);
        double megabytes = (ResidentMemory.peak() - before) / 1e6;
        boolean covariance = shape.d < MOST_COLUMNS_OF_A_COVARIANCE;
        List<Paired.Side> sides = new ArrayList<>();
        sides.add(side("ours", () -> sums[0] = fit(PrincipalComponents.fitter(), x, shape.k)));
        sides.add(side("scikit-learn", () -> sums[1] = peer.fit("scikit-learn", shape.k)));
        if (covariance) {
            sides.add(side("numpy", () -> sums[2] = peer.fit("numpy", shape.k)));
        }
        List<Paired.Round> counted = rounds(shape, sides);
        int faster = covariance && Paired.time(counted, 2) < Paired.time(counted, 1) ? 2 : 1;
        double ratio = Paired.ratio(counted, 0, faster);
        double side = Math.min(shape.n, shape.d);
        say(format(
                "| %s | %.2f | %s | %.2f | %.2f | %.6f | %.0f | %.1f times a matrix of %.0f x %.0f |",
                shape,
                Paired.time(counted, 0) / 1e6,
                covariance ? format("%.2f", Paired.time(counted, 2) / 1e6) : "-",
                Paired.time(counted, 1) / 1e6,
                ratio,
                sums[0] / sums[1],
                megabytes,
                megabytes * 1e6 / (8 * side * side),
                side,
                side));
        x.close();
        return ratio;
    }

    private void growth(PcaPeer peer) {
        say("");
        say(format("## Growth with the columns, %d samples, %d components", GROWTH_SAMPLES, GROWTH_COMPONENTS));
        say("");
        say("| columns | seconds |");
        say("|---|---|");
        SimpleRegression logarithms = new SimpleRegression();
        for (int columns : small ? new int[] {64, 128} : GROWTH) {
            Shape shape = new Shape(small ? 200 : GROWTH_SAMPLES, columns, Math.min(columns / 4, GROWTH_COMPONENTS));
            INDArray x = load(peer, shape, single);
            List<Paired.Round> counted =
                    rounds(shape, List.of(side("ours", () -> fit(PrincipalComponents.fitter(), x, shape.k))));
            double seconds = Paired.time(counted, 0) / 1e6;
            logarithms.addData(Math.log(columns), Math.log(seconds));
            say(format("| %d | %.3f |", columns, seconds));
            x.close();
        }
        say("");
        say(format("Slope of the logarithms: %.2f.", logarithms.getSlope()));
    }

    private void wide(PcaPeer peer, Shape shape) {
        // In float64 it would not fit beside the peer.
        INDArray x = load(peer, shape, true);
        // Less than the Gram matrix, the samples and the covariance take.
        PrincipalComponentsFitter inPasses = PrincipalComponents.fitter().memoryLimit(8L * shape.n * shape.n);
        double[] sums = new double[3];
        List<Paired.Round> counted = rounds(
                shape,
                List.of(
                        side("exact", () -> sums[0] = fit(PrincipalComponents.fitter(), x, shape.k)),
                        side("passes", () -> sums[1] = fit(inPasses, x, shape.k)),
                        side("randomized", () -> sums[2] = peer.fit("randomized", shape.k))));
        say("");
        say("## " + shape + " in bounded memory, float32");
        say("");
        say("| | seconds | explained variance, relative to the exact one |");
        say("|---|---|---|");
        String[] names = {"ours, exact, by the Gram matrix", "ours, in passes", "scikit-learn, randomized"};
        for (int i = 0; i < names.length; i++) {
            say(format("| %s | %.2f | %.6f |", names[i], Paired.time(counted, i) / 1e6, sums[i] / sums[0]));
        }
        x.close();
    }

    private static Paired.Side side(String kind, Runnable work) {
        return new Paired.Side(kind, work, () -> {});
    }

    private void say(String line) {
        lines.add(line);
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
