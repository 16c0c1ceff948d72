package io.github.qrreduction.sentences;

import io.github.qrreduction.Components;
import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ReductionMethod;
import io.github.qrreduction.compare.Storage;
import io.github.qrreduction.examples.Chart;
import io.github.qrreduction.examples.ComparisonReport;
import io.github.qrreduction.examples.NamedVectors;
import io.github.qrreduction.examples.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * From sentences to a small search: a model inside the JVM turns them into vectors, {@link Comparison} says what
 * smaller vectors cost, and some searches show it.
 */
@Command(
        name = "SentenceCompression",
        description = "Embeds sentences, reduces their vectors, and searches before and after.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class SentenceCompression implements Callable<Integer> {

    private static final int PERCENT = 100;
    private static final int NEAREST = 5;
    private static final int LEAST = 22;

    @Mixin
    private SentenceOptions sentences;

    @Option(
            names = "--sizes",
            paramLabel = "N",
            split = ",",
            defaultValue = "32,64,128",
            description = "Numbers that 384 are reduced to (default: ${DEFAULT-VALUE}).")
    private int[] sizes;

    @Option(
            names = "--methods",
            paramLabel = "NAME",
            split = ",",
            description = "Of ${COMPLETION-CANDIDATES} (default: all).")
    private ReductionMethod[] methods = ReductionMethod.values();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Repetitions with other held-out sentences, 1 to 20 (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--query", paramLabel = "TEXT", description = "What to search for; may be given more than once.")
    private List<String> queries = NamedVectors.queries().names().subList(0, 3);

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "target/sentences",
            description = "Folder for the picture, made if need be (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    /** Runs the program; {@code --help} lists its options. */
    public static void main(String[] args) {
        Program.main(new SentenceCompression(), args);
    }

    @Override
    public Integer call() throws IOException {
        sentences.check(spec);
        for (int size : sizes) {
            Program.require(
                    spec,
                    size >= 2 && size < SentenceModel.SIZE,
                    "--sizes",
                    "between 2 and " + (SentenceModel.SIZE - 1),
                    size);
        }
        Program.require(spec, seeds >= 1 && seeds <= 20, "--seeds", "between 1 and 20", seeds);
        Program.makeFolder(spec, "--output", output);
        List<String> texts = sentences.read();
        Program.require(spec, texts.size() >= LEAST, "sentences", "at least " + LEAST, texts.size());
        print("QR reduction for Deeplearning4j: smaller vectors of sentences%n%n");
        NamedVectors vectors = new NamedVectors(texts, sentences.embed(texts));
        Comparison comparison = compare(vectors);
        report(comparison);
        search(vectors, comparison);
        return 0;
    }

    private Comparison compare(NamedVectors vectors) {
        try (ProgressBar bar = Program.progress("Comparing", PERCENT, "%")) {
            return Comparison.setup()
                    .sizes(sizes)
                    .methods(methods)
                    .storages(Storage.FLOAT32)
                    .seeds(seeds)
                    .listener((done, doing) -> bar.stepTo(Math.round(PERCENT * done)))
                    .run(vectors.vectors());
        }
    }

    private void report(Comparison comparison) throws IOException {
        ComparisonReport report = new ComparisonReport(comparison);
        print(
                "Vectors of %s: %d sentences to fit to, %d held out, %d %s%n"
                        + "Recall@10 of the held-out sentences in %%; after the stroke where the best %d are scored%n"
                        + "again with all %d numbers; the star is for the method that finds most%n%n%s%n",
                sentences.model(),
                comparison.fitted(),
                comparison.heldOut().length,
                seeds,
                seeds == 1 ? "seed" : "seeds",
                comparison.candidates(),
                SentenceModel.SIZE,
                report.table());
        Path picture = output.resolve("recall.png");
        Chart.save(picture, report.chart("Neighbours of sentences that are kept"));
        print("Picture: %s%n%n", picture);
    }

    private void search(NamedVectors vectors, Comparison comparison) {
        int size = sizes[sizes.length / 2];
        ReductionMethod method = methods[methods.length - 1];
        Components components = comparison.components(method, size);
        NamedVectors reduced = vectors.reduced(components);
        float[][] asked = sentences.model().queries(queries);
        print("Nearest by all %d numbers, then by %d numbers of %s%n", SentenceModel.SIZE, size, method);
        for (int i = 0; i < asked.length; i++) {
            print("%n\"%s\"%n", queries.get(i));
            List<String> before = vectors.nearest(asked[i], NEAREST);
            before.forEach(text -> print("    %s%n", text));
            for (String text : reduced.nearest(components.transform(asked[i]), NEAREST)) {
                print("  %s %s%n", before.contains(text) ? "=" : "+", text);
            }
        }
    }

    private void print(String format, Object... args) {
        spec.commandLine().getOut().printf(Locale.ROOT, format, args).flush();
    }
}
