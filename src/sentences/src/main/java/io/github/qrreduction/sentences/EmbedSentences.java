package io.github.qrreduction.sentences;

import io.github.qrreduction.examples.Program;
import io.github.qrreduction.vectors.AtomicFile;
import io.github.qrreduction.vectors.ElementType;
import io.github.qrreduction.vectors.VectorWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** Writes the vectors of sentences into a file, one a row, and the sentences into another, one a line. */
@Command(
        name = "EmbedSentences",
        description = "Turns sentences into vectors, with a model that runs inside the JVM.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class EmbedSentences implements Callable<Integer> {

    @Mixin
    private SentenceOptions sentences;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            defaultValue = "target/sentences.npy",
            description = "For the vectors, in .npy; the sentences go beside it, in .txt, and what WordNet's define in "
                    + "-kinds.txt (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--half", description = "Writes float16 instead of float32: half the bytes.")
    private boolean half;

    @Option(names = "--queries", description = "The sentences are what is searched for, not what is searched in.")
    private boolean queries;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    /** Runs the program; {@code --help} lists its options. */
    public static void main(String[] args) {
        Program.main(new EmbedSentences(), args);
    }

    @Override
    public Integer call() throws IOException {
        Program.require(spec, output.toString().endsWith(".npy"), "--output", "a file that ends in .npy", output);
        sentences.check(spec);
        List<String> texts = sentences.read();
        long start = System.nanoTime();
        float[][] vectors = queries ? sentences.model().queries(texts) : sentences.embed(texts);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (output.toAbsolutePath().getParent() != null) {
            Program.makeFolder(spec, "--output", output.toAbsolutePath().getParent());
        }
        write(vectors);
        String text = write(".txt", texts);
        if (!sentences.kinds().isEmpty()) {
            write("-kinds.txt", sentences.kinds());
        }
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %d x %d, %.0f sentences a second%n%s%n",
                        output,
                        vectors.length,
                        SentenceModel.SIZE,
                        vectors.length / seconds,
                        text)
                .flush();
        return 0;
    }

    /** Beside the vectors. */
    private String write(String ending, List<String> lines) throws IOException {
        String file = output.toString().replaceAll("\\.npy$", ending);
        AtomicFile.write(
                Path.of(file), out -> out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
        return file;
    }

    private void write(float[][] vectors) throws IOException {
        ElementType type = half ? ElementType.FLOAT16 : ElementType.FLOAT32;
        try (VectorWriter writer = VectorWriter.create(output, SentenceModel.SIZE, type);
                ProgressBar bar = Program.progress("Writing", vectors.length, "vectors")) {
            for (float[] vector : vectors) {
                writer.write(vector);
                bar.step();
            }
            writer.finish();
        }
    }
}
