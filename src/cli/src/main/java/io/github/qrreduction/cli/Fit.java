package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.VectorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fits a reduction to a file of vectors. What needs ND4J is in {@link Fitting}: the help does not load it. */
@Command(
        name = "fit",
        description = "Fits a reduction to a file of vectors, and saves it.",
        footer = {
            "",
            "Methods: neighbours (trained to keep near vectors near), pca, pca-uncentred (about zero, for",
            "cosines), tempered (pca-uncentred, scaled), random, truncation (the first N numbers).",
            "From a file that is larger than memory a sample is taken, and the command says so.",
            "",
            "Examples:",
            "  qr-reduce fit vectors.npy -k 16 --method pca -o r.safetensors",
            "  qr-reduce fit vectors.npy -k 16 --prefixes 4,8 --sample 1000 --seed 7 -o r.safetensors"
        })
final class Fit implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Input input;

    @Option(names = "-k", paramLabel = "N", required = true, description = "How many numbers each vector keeps.")
    private int size;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "neighbours",
            completionCandidates = Methods.class,
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private String method;

    @Option(
            names = "--prefixes",
            paramLabel = "N",
            split = ",",
            description =
                    "Smaller sizes, such as 4,8, that are to be good as well: apply -k takes them. Of neighbours.")
    private int[] prefixes = {};

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "42", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--sample", paramLabel = "N", description = "Take N of the vectors. Default: as memory allows.")
    private Integer sample;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "MODEL",
            required = true,
            description = "Where the reduction goes: .safetensors, .npz or .npy.")
    private Path output;

    /** As {@code ReductionMethod} has them, which would load Deeplearning4j. */
    static final class Methods extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Methods() {
            super(List.of("neighbours", "pca", "pca-uncentred", "tempered", "random", "truncation"));
        }
    }

    @Override
    public Integer call() throws IOException {
        method = method.toLowerCase(Locale.ROOT);
        if (!new Methods().contains(method)) {
            throw wrong("expected --method to be one of " + String.join(", ", new Methods()) + ", got " + method);
        }
        if (prefixes.length > 0 && !method.equals("neighbours")) {
            throw wrong("expected --prefixes for the method neighbours only, got " + method);
        }
        for (int i = 0, least = 1; i < prefixes.length; least = prefixes[i++] + 1) {
            if (prefixes[i] < least || prefixes[i] >= size) {
                throw wrong("expected --prefixes that rise from 1 or more to less than -k " + size + ", got "
                        + prefixes[i]);
            }
        }
        if (sample != null && sample < 2) {
            throw wrong("expected --sample to be at least 2, got " + sample);
        }
        Input.requireOther(spec, output, input.path());
        Sample drawn;
        try (VectorFile vectors = input.open()) {
            if (size < 1 || size > vectors.dimension()) {
                throw wrong("expected -k in 1.." + vectors.dimension() + ", the length of the vectors, got " + size);
            }
            drawn = Sample.of(input, vectors, sample, seed);
        }
        if (!drawn.isAll()) {
            note("fits to a sample of " + drawn + " vectors; --sample and --seed choose another one");
        }
        boolean gained = new Fitting(method, size, prefixes, seed).run(drawn, input.fileName(), output);
        if (!gained) {
            note("training gained nothing on the held-out vectors; the start, PCA about zero, was kept"
                    + (prefixes.length == 0 ? "" : ", turned at most for its prefixes"));
        }
        return 0;
    }

    private void note(String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("qr-reduce: " + message);
        err.flush();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
