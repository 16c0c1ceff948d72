package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.VectorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says what smaller vectors cost. What needs ND4J is in {@link Reporting}: the help does not load it. */
@Command(
        name = "report",
        description = "Says what smaller vectors cost: how many true neighbours a search still finds.",
        footer = {
            "",
            "A sample is split: reductions are fitted to one part; each vector of the other part is searched for",
            "among the rest of it. recall@10 is the share of the true ten nearest, by cosine, that are found;",
            "rescored, their share where the best 50 are scored again with the full vectors. The queries are vectors",
            "of the file: where yours are of another kind, such as questions, recall differs.",
            "",
            "Examples:",
            "  qr-reduce report vectors.npy",
            "  qr-reduce report vectors.npy --sizes 16,32 --methods pca,pca-uncentred --format csv",
            "  qr-reduce report vectors.npy --html report.html --names words.txt"
        })
final class Report implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Input input;

    @Option(
            names = "--sizes",
            paramLabel = "N",
            split = ",",
            description = "Numbers a vector, such as 16,32,64. Default: four powers of two, and the full length.")
    private int[] sizes = {};

    @Option(
            names = "--methods",
            paramLabel = "METHOD",
            split = ",",
            completionCandidates = Fit.Methods.class,
            description = "Of ${COMPLETION-CANDIDATES}. Default: all.")
    private List<String> methods = List.of();

    @Option(
            names = "--min-recall",
            paramLabel = "SHARE",
            defaultValue = "0.95",
            description = "The recall to recommend for, 0 to 1. Default: ${DEFAULT-VALUE}.")
    private double recall;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "What is printed: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Format format;

    @Option(
            names = "--html",
            paramLabel = "PAGE",
            description = "Where a page with pictures goes, such as report.html.")
    private Path html;

    @Option(
            names = "--names",
            paramLabel = "NAMES",
            description = "A text file of names for the page, one a line, in the order of the vectors.")
    private Path names;

    @Option(
            names = "--sample",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Vectors to measure on, drawn at random. Default: ${DEFAULT-VALUE}.")
    private int sample;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "42", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often to measure, each time with other vectors held out. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    /** What standard output gets. */
    enum Format {
        table,
        csv
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        Input.requireOther(spec, html, input.path());
        Input.requireOther(spec, html, names);
        try (VectorFile vectors = input.open()) {
            for (int size : sizes) {
                if (size < 1 || size > vectors.dimension()) {
                    throw wrong("expected --sizes in 1.." + vectors.dimension() + ", the length of the vectors, got "
                            + size);
                }
            }
            new Reporting(this, input, spec.commandLine().getOut()).run(vectors);
        }
        return 0;
    }

    private void checkOptions() {
        methods = methods.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        for (String method : methods) {
            if (!new Fit.Methods().contains(method)) {
                throw wrong("expected --methods of " + String.join(", ", new Fit.Methods()) + ", got " + method);
            }
        }
        if (!(recall >= 0 && recall <= 1)) {
            throw wrong("expected --min-recall from 0 to 1, got " + recall);
        }
        if (sample < Reporting.LEAST) {
            throw wrong("expected --sample to be at least " + Reporting.LEAST + ", got " + sample);
        }
        if (seeds < 1) {
            throw wrong("expected --seeds to be at least 1, got " + seeds);
        }
        if (names != null && html == null) {
            throw wrong("expected --names with --html, whose page shows them, got no --html");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    int[] sizes() {
        return sizes;
    }

    List<String> methods() {
        return methods;
    }

    double recall() {
        return recall;
    }

    Format format() {
        return format;
    }

    Path html() {
        return html;
    }

    Path names() {
        return names;
    }

    int sample() {
        return sample;
    }

    long seed() {
        return seed;
    }

    int seeds() {
        return seeds;
    }
}
