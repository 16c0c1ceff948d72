package io.github.qrreduction.examples;

import io.github.qrreduction.Components;
import io.github.qrreduction.NeighbourComponents;
import io.github.qrreduction.NeighbourComponentsFitter;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.vectors.Recall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * How many neighbours {@link NeighbourComponents} keep, beside what has a closed form: PCA about the mean, PCA about
 * zero, and the latter tempered by several gammas. Each seed draws other vectors to fit to and to judge by.
 */
@Command(
        name = "NeighbourRecipe",
        description = "Compares trained components with those of closed forms, over seeds.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class NeighbourRecipe implements Callable<Integer> {

    private static final int NEAREST = 10;
    private static final double[] GAMMAS = {0.25, 0.5, 1};

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description =
                    "Vectors: .npy, .npz, .safetensors, .fvecs, .vec, .csv (default: the words of notebooks/data).")
    private Path file;

    @Option(
            names = "--train",
            paramLabel = "N",
            defaultValue = "6000",
            description = "Vectors to fit to (default: ${DEFAULT-VALUE}).")
    private int train;

    @Option(
            names = "--test",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Other vectors, to judge by (default: ${DEFAULT-VALUE}).")
    private int test;

    @Option(
            names = "--sizes",
            paramLabel = "N",
            split = ",",
            defaultValue = "10,25,50",
            description = "Numbers to reduce to, rising (default: ${DEFAULT-VALUE}).")
    private int[] sizes;

    @Option(names = "--nested", description = "Also one fit to the largest size, with the others as prefixes.")
    private boolean nested;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Repetitions (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of training (default: the fitter's).")
    private Integer steps;

    @Option(names = "--batch", paramLabel = "N", description = "Vectors of a minibatch (default: the fitter's).")
    private Integer batch;

    @Option(names = "--temperature", paramLabel = "T", description = "Of the originals (default: the data's own).")
    private Double temperature;

    @Option(names = "--rate", paramLabel = "R", description = "Learning rate (default: the fitter's).")
    private Double rate;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    /** Recall in points, of a method and a size, a number for each seed. */
    private final Map<Integer, Map<String, double[]>> closed = new LinkedHashMap<>();

    private final Map<Integer, double[]> own = new LinkedHashMap<>();
    private final Map<Integer, double[]> one = new LinkedHashMap<>();
    private double seconds;

    /** Runs the program; {@code --help} lists its options. */
    public static void main(String[] args) {
        Program.main(new NeighbourRecipe(), args);
    }

    @Override
    public Integer call() throws IOException {
        float[][] all = (file == null ? NamedVectors.words() : NamedVectors.read(file, null)).vectors();
        Program.require(spec, train >= NEAREST, "--train", "at least " + NEAREST, train);
        Program.require(spec, test > NEAREST, "--test", "more than " + NEAREST, test);
        Program.require(
                spec,
                train + test <= all.length,
                "--train and --test",
                "together at most the file's " + all.length + " vectors",
                train + test);
        Program.require(spec, seeds >= 1, "--seeds", "at least 1", seeds);
        Arrays.sort(sizes);
        for (int size : sizes) {
            Program.require(
                    spec, size >= 1 && size <= all[0].length, "--sizes", "between 1 and " + all[0].length, size);
        }
        try (ProgressBar bar = Program.progress("Fitting", (long) seeds * sizes.length, "fits")) {
            for (int seed = 1; seed <= seeds; seed++) {
                run(all, seed, bar);
            }
        }
        report(all[0].length);
        return 0;
    }

    private void run(float[][] all, int seed, ProgressBar bar) {
        List<float[]> drawn = Arrays.asList(all.clone());
        Collections.shuffle(drawn, new Random(seed));
        INDArray x = Nd4j.createFromArray(drawn.subList(0, train).toArray(float[][]::new));
        float[][] judged = drawn.subList(train, train + test).toArray(float[][]::new);
        int largest = sizes[sizes.length - 1];
        PrincipalComponents uncentred =
                PrincipalComponents.fitter().centred(false).fit(x, largest);
        Map<String, Components> rivals = new LinkedHashMap<>();
        rivals.put("PCA", PrincipalComponents.fit(x, largest).components());
        rivals.put("uncentred", uncentred.components());
        for (double gamma : GAMMAS) {
            rivals.put("uncentred, gamma " + gamma, uncentred.tempered(gamma));
        }
        for (int size : sizes) {
            rivals.forEach((name, c) -> put(size, name, seed, recall(judged, c.truncate(size))));
            long start = System.nanoTime();
            Components c = fitter(seed).fit(x, size);
            seconds = Math.max(seconds, (System.nanoTime() - start) / 1e9);
            own.computeIfAbsent(size, s -> new double[seeds])[seed - 1] = recall(judged, c);
            bar.step();
        }
        if (nested) {
            Components c = fitter(seed)
                    .prefixes(Arrays.copyOf(sizes, sizes.length - 1))
                    .fit(x, largest);
            for (int size : sizes) {
                one.computeIfAbsent(size, s -> new double[seeds])[seed - 1] = recall(judged, c.truncate(size));
            }
        }
    }

    private NeighbourComponentsFitter fitter(int seed) {
        NeighbourComponentsFitter fitter = NeighbourComponents.fitter().seed(seed);
        if (steps != null) {
            fitter.steps(steps);
        }
        if (batch != null) {
            fitter.batchSize(batch);
        }
        if (temperature != null) {
            fitter.temperature(temperature);
        }
        if (rate != null) {
            fitter.learningRate(rate);
        }
        return fitter;
    }

    private static double recall(float[][] judged, Components c) {
        return 100
                * Recall.at(
                        NEAREST,
                        judged,
                        c.transform(Nd4j.createFromArray(judged)).toFloatMatrix());
    }

    private void put(int size, String method, int seed, double recall) {
        closed.computeIfAbsent(size, s -> new LinkedHashMap<>())
                .computeIfAbsent(method, m -> new double[seeds])[seed - 1] = recall;
    }

    private void report(int dimension) {
        print(
                "%d numbers reduced; %d vectors to fit to, %d others to judge by, %d seeds; recall@10 in %%, mean and"
                        + " standard deviation%n%n",
                dimension, train, test, seeds);
        print("%5s  %-22s %12s %14s %14s  %s%n", "size", "best closed form", "", "neighbours", "gain", "least gain");
        double lost = 0;
        for (int size : sizes) {
            Map.Entry<String, double[]> best = closed.get(size).entrySet().stream()
                    .max(Map.Entry.comparingByValue((a, b) -> Double.compare(mean(a), mean(b))))
                    .orElseThrow();
            double[] gain = difference(own.get(size), best.getValue());
            print(
                    "%5d  %-22s %12s %14s %14s  %+.2f%n",
                    size,
                    best.getKey(),
                    show("%.2f", best.getValue()),
                    show("%.2f", own.get(size)),
                    show("%+.2f", gain),
                    Arrays.stream(gain).min().orElseThrow());
        }
        print("%nLongest fit: %.1f s%n", seconds);
        if (nested) {
            print("%nOne fit with prefixes%n%5s %14s %14s %14s%n", "size", "", "to own fit", "to uncentred");
            for (int size : sizes) {
                double[] ofOne = one.get(size);
                double[] change = difference(ofOne, own.get(size));
                lost -= size == sizes[sizes.length - 1] ? 0 : mean(change);
                print(
                        "%5d %14s %14s %14s%n",
                        size,
                        show("%.2f", ofOne),
                        show("%+.2f", change),
                        show("%+.2f", difference(ofOne, closed.get(size).get("uncentred"))));
            }
            print("Lost by the prefixes, all together: %.2f%n", lost);
        }
    }

    private static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static String show(String format, double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
        return String.format(Locale.ROOT, format + " (%.2f)", mean, deviation);
    }

    private void print(String format, Object... args) {
        spec.commandLine().getOut().printf(Locale.ROOT, format, args).flush();
    }
}
