package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.VectorFile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The file of vectors that a command reads, or standard input. */
final class Input {

    static final String STANDARD = "-";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description = "Vectors: .npy, .fvecs, .csv, .tsv, .vec or .txt (word2vec, GloVe); - for standard input.")
    private String file;

    @Option(names = "--in-format", paramLabel = "FORMAT", description = "Of standard input: npy, fvecs, csv, ..")
    private String format;

    /**
     * Refuses an output that is an input, by whatever names: what is read must not be replaced by what is written.
     *
     * @param output null for standard output
     * @param input null for standard input
     */
    static void requireOther(CommandSpec spec, Path output, Path input) throws IOException {
        if (output != null && input != null && Files.exists(output) && Files.isSameFile(output, input)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected an output that is no input, got " + output + " for both; name another file");
        }
    }

    /** The file, or null for standard input. */
    Path path() {
        return file.equals(STANDARD) ? null : Path.of(file);
    }

    /** As messages call it. */
    String name() {
        return path() == null ? "standard input" : file;
    }

    /** Without folders: what may be written down elsewhere. */
    String fileName() {
        return path() == null ? "standard input" : String.valueOf(path().getFileName());
    }

    /** As a shell takes it, for commands to copy. */
    String argument() {
        if (path() == null) {
            return STANDARD + " --in-format " + format;
        }
        boolean plain = file.replace(File.separatorChar, '/').matches("[\\p{L}\\p{N}_./:@%+,=-]+");
        return plain ? file : "'" + file.replace("'", "'\\''") + "'";
    }

    VectorFile open() throws IOException {
        if ((path() == null) != (format != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    path() == null
                            ? "expected --in-format, since standard input has no ending, got none"
                            : "expected --in-format for standard input only, got " + file
                                    + ", whose ending says its format");
        }
        try {
            return path() == null ? VectorFile.open(QrReduce.of(spec).in(), format) : VectorFile.open(path());
        } catch (IllegalArgumentException e) {
            throw named(e);
        }
    }

    /** The next vector, or null. */
    float[] next(Iterator<float[]> vectors) throws IOException {
        try {
            return vectors.hasNext() ? vectors.next() : null;
        } catch (IllegalArgumentException e) {
            throw named(e);
        } catch (UncheckedIOException e) {
            throw path() == null ? new IOException(name() + ": " + e.getCause().getMessage(), e) : e.getCause();
        }
    }

    /** Where a number is NaN or infinite, the row is refused: it has no place among the others. */
    void requireFinite(float[] vector, long row) {
        for (int i = 0; i < vector.length; i++) {
            if (!Float.isFinite(vector[i])) {
                throw new IllegalArgumentException(name() + ": row " + row + ", number " + (i + 1)
                        + ": expected a finite number, got " + vector[i] + "; take the row out first");
            }
        }
    }

    private IllegalArgumentException named(IllegalArgumentException e) {
        String message = (path() == null ? name() + ": " : "") + e.getMessage();
        boolean wrongKind = message.contains(": expected dtype ")
                || name().toLowerCase(Locale.ROOT).endsWith(".npz");
        return new IllegalArgumentException(wrongKind ? message + "; save it with numpy.save as float32" : message, e);
    }
}
