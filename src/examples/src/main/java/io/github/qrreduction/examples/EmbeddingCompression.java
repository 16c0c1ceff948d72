package io.github.qrreduction.examples;

import io.github.qrreduction.Components;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.loss.LossSimilarity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import me.tongfei.progressbar.ProgressBar;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Makes word vectors smaller for search: reduces them from 100 to 25 numbers and counts how many of the true nearest
 * neighbours a search still finds, for words that were not trained on. Compares random projection, truncation, PCA, and
 * components that are trained from PCA with {@link LossSimilarity}.
 *
 * <p>Each seed holds out a quarter of the words. Nothing is fitted to or trained on them, and both the queries and the
 * words that are searched are held-out ones: what counts is what a reduction does to vectors that it has never seen.
 */
@Command(
        name = "EmbeddingCompression",
        description = "Reduces word vectors and counts the neighbours that are kept.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class EmbeddingCompression implements Callable<Integer> {

    private static final int NEIGHBOURS = 10;
    private static final double HELD_OUT = 0.25;
    private static final int WORDS_SHOWN = 6;
    private static final List<String> GOOD_TO_SHOW = List.of(
            "guitar", "doctor", "river", "winter", "bread", "physics", "soccer", "bridge", "lawyer", "purple", "engine",
            "coffee", "tiger", "piano", "rain", "kitchen", "cheese", "castle", "teacher", "happy", "copper", "train",
            "brother", "monday", "quickly", "seven", "paris", "church", "museum", "oxygen", "pencil", "victory");

    @Option(
            names = "--components",
            paramLabel = "N",
            defaultValue = "25",
            description = "Numbers that 100 are reduced to, 2 to 100 (default: ${DEFAULT-VALUE}).")
    private int components;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Training steps of each seed, 1 to 100000 (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Repetitions with other held-out words, 1 to 20 (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "" + LossSimilarity.DEFAULT_TEMPERATURE,
            description = "Temperature of LossSimilarity, above 0 (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "target/embeddings",
            description = "Folder for the picture, made if need be (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    private double trainingSeconds;

    /** Runs the program; {@code --help} lists its options. */
    public static void main(String[] args) {
        Program.main(new EmbeddingCompression(), args);
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        run(new CompressionReport(spec.commandLine().getOut()));
        return 0;
    }

    private void run(CompressionReport report) throws IOException {
        WordVectors all = WordVectors.load();
        int words = all.words().size();
        int heldOut = (int) (HELD_OUT * words);
        NeighbourTraining training = new NeighbourTraining(steps, temperature);
        report.configuration(words, heldOut, components, seeds, training);

        RecallTable table = new RecallTable(seeds);
        int[] order = {};
        Map<String, UnaryOperator<INDArray>> reductions = Map.of();
        for (int seed = 1; seed <= seeds; seed++) {
            order = IntStream.range(0, words).toArray();
            NeighbourTraining.shuffle(order, new Random(seed));
            INDArray test = rows(all, Arrays.copyOf(order, heldOut));
            INDArray train = rows(all, Arrays.copyOfRange(order, heldOut, words));
            reductions = reductions(train, training, seed);
            int[][] truth = neighbours(test);
            for (Map.Entry<String, UnaryOperator<INDArray>> reduction : reductions.entrySet()) {
                int[][] found = neighbours(reduction.getValue().apply(test));
                table.put(reduction.getKey(), seed - 1, NeighbourIndex.recall(truth, found));
            }
        }
        report.results(table, trainingSeconds);
        show(all, Arrays.copyOf(order, heldOut), reductions, report);
        Path picture = output.resolve("recall.png");
        RecallPicture.write(table, components, picture);
        report.picture(picture);
    }

    private Map<String, UnaryOperator<INDArray>> reductions(INDArray train, NeighbourTraining training, int seed) {
        Components random = Components.of(training.untrained(components, seed), 0);
        Components truncation = Components.of(Nd4j.eye(WordVectors.SIZE)).truncate(components);
        PrincipalComponents centred = PrincipalComponents.fit(train, components);
        // Every row with its opposite has mean zero: PCA without centring.
        Components uncentred = PrincipalComponents.fit(Nd4j.vstack(train, train.neg()), components)
                .components();
        long start = System.nanoTime();
        Components trained;
        try (ProgressBar bar = Program.progress("Seed " + seed, steps, "steps")) {
            trained = training.train(uncentred, train, seed, bar);
        }
        trainingSeconds += (System.nanoTime() - start) / 1e9;
        Map<String, UnaryOperator<INDArray>> reductions = new LinkedHashMap<>();
        reductions.put(RecallTable.RANDOM, random::transform);
        reductions.put(RecallTable.TRUNCATION, truncation::transform);
        reductions.put(RecallTable.CENTRED, centred::transform);
        reductions.put(RecallTable.UNCENTRED, uncentred::transform);
        reductions.put(RecallTable.TRAINED, trained::transform);
        return reductions;
    }

    private static INDArray rows(WordVectors all, int[] rows) {
        return Nd4j.pullRows(all.vectors(), 1, rows);
    }

    private static int[][] neighbours(INDArray vectors) throws IOException {
        try (NeighbourIndex index = new NeighbourIndex(vectors)) {
            return index.neighbours(NEIGHBOURS);
        }
    }

    private static void show(
            WordVectors all, int[] heldOut, Map<String, UnaryOperator<INDArray>> reductions, CompressionReport report)
            throws IOException {
        int[] shown = GOOD_TO_SHOW.stream()
                .mapToInt(all.words()::indexOf)
                .filter(w -> IntStream.of(heldOut).anyMatch(h -> h == w))
                .limit(WORDS_SHOWN)
                .toArray();
        report.wordsTitle();
        try (NeighbourIndex before = new NeighbourIndex(all.vectors());
                NeighbourIndex pca = reduced(all, reductions.get(RecallTable.UNCENTRED));
                NeighbourIndex trained = reduced(all, reductions.get(RecallTable.TRAINED))) {
            for (int word : shown) {
                List<String> truth = names(all, before.neighbours(word, NEIGHBOURS));
                report.blank();
                report.neighbours(all.words().get(word), "before", truth, truth);
                report.neighbours("", "PCA", truth, names(all, pca.neighbours(word, NEIGHBOURS)));
                report.neighbours("", "trained", truth, names(all, trained.neighbours(word, NEIGHBOURS)));
            }
        }
    }

    private static NeighbourIndex reduced(WordVectors all, UnaryOperator<INDArray> reduction) throws IOException {
        return new NeighbourIndex(reduction.apply(all.vectors()));
    }

    private static List<String> names(WordVectors all, int[] rows) {
        return IntStream.of(rows).mapToObj(all.words()::get).toList();
    }

    private void checkOptions() {
        Program.require(
                spec,
                components >= 2 && components <= WordVectors.SIZE,
                "--components",
                "between 2 and 100",
                components);
        Program.require(spec, steps >= 1 && steps <= 100_000, "--steps", "between 1 and 100000", steps);
        Program.require(spec, seeds >= 1 && seeds <= 20, "--seeds", "between 1 and 20", seeds);
        Program.require(
                spec,
                temperature > 0 && Double.isFinite(temperature),
                "--temperature",
                "above 0 and finite",
                temperature);
        Program.makeFolder(spec, "--output", output);
    }
}
