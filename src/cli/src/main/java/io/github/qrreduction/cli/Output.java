package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.ElementType;
import io.github.qrreduction.vectors.VectorWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The file of vectors that a command writes, or standard output. */
final class Output {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "Where the result goes: .npy, .fvecs, .csv, .tsv, .vec or .txt; - for standard output.")
    private String file;

    @Option(names = "--format", paramLabel = "FORMAT", description = "Of standard output: npy, fvecs, csv, ..")
    private String format;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            completionCandidates = Types.class,
            description = "Of the numbers in .npy: ${COMPLETION-CANDIDATES}.")
    private String type;

    /** The types that .npy has, by the names that NumPy gives to them. */
    static final class Types extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Types() {
            super(List.of("float16", "float32", "float64"));
        }
    }

    void checkType() {
        type = type == null ? null : type.toLowerCase(Locale.ROOT);
        if (type != null && !new Types().contains(type)) {
            boolean small = type.matches("u?int8|bits?|u?binary");
            throw wrong("expected --type to be one of " + String.join(", ", new Types()) + ", got " + type
                    + (small ? "; your vector store makes int8 and bits, see docs/command.md" : ""));
        }
    }

    /** Whether the format is one whose names end at a blank, for most who read it. */
    boolean splitsAtBlanks() {
        return (path() == null ? "." + format : file).toLowerCase(Locale.ROOT).matches("(?s).*\\.(vec|txt)");
    }

    Path path() {
        return file.equals(Input.STANDARD) ? null : Path.of(file);
    }

    String name() {
        return path() == null ? "standard output" : file;
    }

    void requireOtherThan(Path input) throws IOException {
        Input.requireOther(spec, path(), input);
    }

    /**
     * Begins to write.
     *
     * @param dimension of the vectors
     * @param size how many will come, or -1
     */
    VectorWriter create(int dimension, long size) throws IOException {
        if (path() != null) {
            if (format != null) {
                throw wrong(
                        "expected --format for standard output only, got " + file + ", whose ending says its format");
            }
            return VectorWriter.create(
                    path(),
                    dimension,
                    type == null ? ElementType.FLOAT32 : ElementType.valueOf(type.toUpperCase(Locale.ROOT)));
        }
        if (format == null) {
            throw wrong("expected --format, since standard output has no ending, got none");
        }
        if (type != null) {
            throw wrong("expected --type for a file only, got standard output, which takes float32");
        }
        try {
            return VectorWriter.create(QrReduce.of(spec).out(), format, dimension, size);
        } catch (IllegalArgumentException e) {
            throw named(e);
        }
    }

    IllegalArgumentException named(IllegalArgumentException e) {
        return path() == null ? new IllegalArgumentException(name() + ": " + e.getMessage(), e) : e;
    }

    IOException named(IOException e) {
        return path() == null ? new IOException(name() + ": " + e.getMessage(), e) : e;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
