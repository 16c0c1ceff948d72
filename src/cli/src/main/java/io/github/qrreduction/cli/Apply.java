package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.VectorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reduces a file of vectors, in a stream. */
@Command(
        name = "apply",
        description = "Reduces a file of vectors with a saved reduction, from any format to any format.",
        footer = {
            "",
            "The file may be larger than memory. Names are kept where OUT's format has them.",
            "",
            "Examples:",
            "  qr-reduce apply r.safetensors vectors.npy -o small.npy",
            "  qr-reduce apply r.safetensors vectors.npy -o small.npy --type float16",
            "  qr-reduce apply r.safetensors - --in-format csv -o - --format csv <vectors.csv >small.csv"
        })
final class Apply implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The reduction: .safetensors, .npz or .npy.")
    private Path model;

    @Mixin
    private Input input;

    @Mixin
    private Output output;

    @Option(names = "-k", paramLabel = "N", description = "Only the first N numbers of each result.")
    private Integer size;

    @Override
    public Integer call() throws IOException {
        output.requireOtherThan(model);
        output.requireOtherThan(input.path());
        output.checkType();
        checkOrder();
        Reduction reduction = Reduction.load(model);
        if (size != null) {
            reduction = first(reduction);
        }
        try (VectorFile vectors = input.open()) {
            if (vectors.dimension() != reduction.nIn()) {
                throw new IllegalArgumentException(input.name() + ": expected vectors of length " + reduction.nIn()
                        + ", which " + model + " reduces, got length " + vectors.dimension());
            }
            new StreamedReduction(reduction, input, output).run(vectors, this::note);
        }
        return 0;
    }

    /** Whoever names the vectors first is told so: a matrix of vectors may well be read as a reduction. */
    private void checkOrder() {
        String second = input.name().toLowerCase(Locale.ROOT);
        String first = model.toString().toLowerCase(Locale.ROOT);
        if (second.endsWith(".safetensors") || first.matches(".*\\.(fvecs|csv|tsv|vec|txt)")) {
            throw wrong("expected a reduction and then vectors, got " + model + " and then " + input.name()
                    + "; MODEL comes first");
        }
    }

    private Reduction first(Reduction reduction) {
        if (size < 1 || size > reduction.nOut()) {
            throw wrong("expected -k in 1.." + reduction.nOut() + ", which " + model + " gives, got " + size);
        }
        Map<String, String> made = reduction.metadata();
        List<String> prefixes = List.of(made.getOrDefault("prefixes", "").split(", "));
        if ("neighbours".equals(made.get("method"))
                && size < reduction.nOut()
                && !prefixes.contains(Integer.toString(size))) {
            note(model + " was not trained for -k " + size + "; fit with --prefixes " + size + " does that");
        }
        return reduction.truncate(size);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void note(String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("qr-reduce: " + message);
        err.flush();
    }
}
