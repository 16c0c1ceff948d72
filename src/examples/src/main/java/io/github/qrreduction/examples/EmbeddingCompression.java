package io.github.qrreduction.examples;

import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ReductionMethod;
import io.github.qrreduction.compare.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Makes word vectors smaller for search, and counts how many of the true nearest neighbours a search still finds:
 * {@link Comparison} with all its methods. Nothing is fitted to the words that are searched for and among.
 */
@Command(
        name = "EmbeddingCompression",
        description = "Reduces word vectors and counts the neighbours that are kept.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class EmbeddingCompression implements Callable<Integer> {

    private static final int PERCENT = 100;
    private static final List<String> SHOWN = List.of("guitar", "hospital", "purple", "tuesday", "democracy");
    private static final int NEAREST = 8;

    @Option(
            names = "--sizes",
            paramLabel = "N",
            split = ",",
            defaultValue = "10,25,50",
            description = "Numbers that 100 are reduced to, 2 to 99 (default: ${DEFAULT-VALUE}).")
    private int[] sizes;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Repetitions with other held-out words, 1 to 20 (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--methods",
            paramLabel = "NAME",
            split = ",",
            description = "Of ${COMPLETION-CANDIDATES} (default: all).")
    private ReductionMethod[] methods = ReductionMethod.values();

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

    /** Runs the program; {@code --help} lists its options. */
    public static void main(String[] args) {
        Program.main(new EmbeddingCompression(), args);
    }

    @Override
    public Integer call() throws IOException {
        NamedVectors words = NamedVectors.words();
        int dimension = words.vectors()[0].length;
        for (int size : sizes) {
            Program.require(spec, size >= 2 && size < dimension, "--sizes", "between 2 and " + (dimension - 1), size);
        }
        Program.require(spec, seeds >= 1 && seeds <= 20, "--seeds", "between 1 and 20", seeds);
        Program.makeFolder(spec, "--output", output);
        print("QR reduction for Deeplearning4j: smaller word vectors%n%n");

        Comparison comparison;
        try (ProgressBar bar = Program.progress("Comparing", PERCENT, "%")) {
            comparison = Comparison.setup()
                    .sizes(sizes)
                    .methods(methods)
                    .storages(Storage.FLOAT32)
                    .seeds(seeds)
                    .listener((done, doing) -> bar.stepTo(Math.round(PERCENT * done)))
                    .run(words.vectors());
        }
        print(
                "GloVe vectors of %d frequent words: %d to fit to, %d held out, %d %s%n"
                        + "Recall@10 of the held-out words in %%; after the stroke where the best %d are scored again%n"
                        + "with all %d numbers; the star is for the method that finds most%n%n%s%n",
                words.names().size(),
                comparison.fitted(),
                comparison.heldOut().length,
                seeds,
                seeds == 1 ? "seed" : "seeds",
                comparison.candidates(),
                dimension,
                new ComparisonReport(comparison).table());
        show(words, comparison);
        Path picture = output.resolve("recall.png");
        Chart.save(picture, new ComparisonReport(comparison).chart("Neighbours of words that are kept"));
        print("%nPicture: %s%n", picture);
        return 0;
    }

    private void show(NamedVectors words, Comparison comparison) {
        int size = Arrays.stream(sizes).sorted().toArray()[sizes.length / 2];
        ReductionMethod method = methods[methods.length - 1];
        NamedVectors reduced = words.reduced(comparison.components(method, size));
        print("The nearest of all words, then those with %d numbers of %s; in brackets what is new%n%n", size, method);
        for (String word : SHOWN) {
            List<String> before = words.nearest(words.vector(word), NEAREST + 1).subList(1, NEAREST + 1);
            List<String> after =
                    reduced.nearest(reduced.vector(word), NEAREST + 1).subList(1, NEAREST + 1);
            print("%-12s%s%n", word, String.join(" ", before));
            print(
                    "%-12s%s%n",
                    "",
                    String.join(
                            " ",
                            after.stream()
                                    .map(w -> before.contains(w) ? w : "(" + w + ")")
                                    .toList()));
        }
    }

    private void print(String format, Object... args) {
        spec.commandLine().getOut().printf(Locale.ROOT, format, args).flush();
    }
}
