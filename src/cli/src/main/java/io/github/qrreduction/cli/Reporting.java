package io.github.qrreduction.cli;

import io.github.qrreduction.cli.report.ReportPage;
import io.github.qrreduction.cli.report.ReportText;
import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ComparisonSetup;
import io.github.qrreduction.compare.ReductionMethod;
import io.github.qrreduction.compare.VectorSample;
import io.github.qrreduction.vectors.VectorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The part of {@link Report} that loads ND4J. */
final class Reporting {

    /** Vectors that a comparison takes at least; read without loading it. */
    static final int LEAST = 22;

    private static final int PERCENT = 100;

    private final Report options;
    private final Input input;
    private final PrintWriter out;

    Reporting(Report options, Input input, PrintWriter out) {
        this.options = options;
        this.input = input;
        this.out = out;
    }

    void run(VectorFile vectors) throws IOException {
        List<String> names = names();
        VectorSample sample = sample(vectors);
        if (names != null && names.size() != sample.total()) {
            throw new IllegalArgumentException(options.names() + ": expected a name for each of the " + sample.total()
                    + " vectors, got " + names.size());
        }
        Comparison comparison = compare(sample);
        if (options.html() != null) {
            ReportPage page = new ReportPage(comparison, input.fileName(), input.argument(), options.recall(), names);
            page.write(options.html());
        }
        ReportText text = new ReportText(comparison, input.fileName(), input.argument(), options.recall());
        out.print(options.format() == Report.Format.csv ? text.csv() : text.table());
        out.flush();
    }

    private List<String> names() throws IOException {
        Path file = options.names();
        if (file == null) {
            return null;
        }
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file.toString(), null, "expected a file, got none");
        } catch (MalformedInputException e) {
            throw new IllegalArgumentException(file + ": expected text in UTF-8, got other bytes", e);
        }
    }

    private VectorSample sample(VectorFile vectors) throws IOException {
        try (Progress progress = Progress.of("read", vectors.size(), "vectors")) {
            long[] before = {0};
            return VectorSample.draw(vectors, options.sample(), options.seed(), seen -> {
                progress.add(seen - before[0]);
                before[0] = seen;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IllegalArgumentException e) {
            throw named(e);
        }
    }

    private Comparison compare(VectorSample sample) {
        ComparisonSetup setup =
                Comparison.setup().sizes(options.sizes()).seed(options.seed()).seeds(options.seeds());
        if (!options.methods().isEmpty()) {
            setup.methods(options.methods().stream().map(ReductionMethod::of).toArray(ReductionMethod[]::new));
        }
        try (Progress progress = Progress.of("compare", PERCENT, "%")) {
            return setup.listener((done, doing) -> progress.reach(done)).run(sample);
        } catch (IllegalArgumentException e) {
            throw named(e);
        }
    }

    private IllegalArgumentException named(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith(input.name()) ? e : new IllegalArgumentException(input.name() + ": " + message, e);
    }
}
