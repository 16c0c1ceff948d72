package io.github.qrreduction.cli.report;

import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ComparisonRow;
import io.github.qrreduction.compare.Storage;
import java.util.List;
import java.util.Locale;

/** A comparison as text: a table for people, CSV for programs. */
public final class ReportText {
    private final Comparison comparison;
    private final String source;
    private final Words words;

    /**
     * For a comparison.
     *
     * @param comparison what was measured
     * @param source the vectors' file, as it is to be called
     * @param recall to recommend for, 0 to 1
     */
    public ReportText(Comparison comparison, String source, double recall) {
        this.comparison = comparison;
        this.source = source;
        this.words = new Words(comparison, recall);
    }

    /** Rows that everybody can use: one bit is the better one, with the rotation. */
    static List<ComparisonRow> rows(Comparison comparison) {
        return comparison.rows().stream()
                .filter(row -> row.storage() != Storage.BIT_UNROTATED)
                .toList();
    }

    /**
     * Shares from 0 to 1.
     *
     * @return a line {@code method,size,storage,bytes,recall,rescored}, then a line a row
     */
    public String csv() {
        StringBuilder csv = new StringBuilder("method,size,storage,bytes,recall,rescored\n");
        for (ComparisonRow row : rows(comparison)) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%d,%s,%d,%.4f,%.4f\n",
                    row.method(),
                    row.size(),
                    row.storage(),
                    row.bytes(),
                    row.recall(),
                    row.rescored()));
        }
        return csv.toString();
    }

    /**
     * With what was measured on what, and the recommendation.
     *
     * @return lines of at most some 100 characters, but for the sentences
     */
    public String table() {
        boolean spread = comparison.seeds() > 1;
        StringBuilder table = new StringBuilder();
        table.append(words.measured(source)).append("\n\n");
        table.append(String.format(
                Locale.ROOT,
                "%-14s %5s  %-8s %6s %10s%s %10s\n",
                "method",
                "size",
                "storage",
                "bytes",
                "recall@10",
                spread ? String.format("  %-14s", "of one split") : "",
                "rescored"));
        for (ComparisonRow row : rows(comparison)) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-14s %5d  %-8s %6d %10s%s %10s\n",
                    row.method(),
                    row.size(),
                    row.storage(),
                    row.bytes(),
                    Words.percent(row.recall()),
                    spread ? String.format("  %-14s", spread(row)) : "",
                    Words.percent(row.rescored())));
        }
        table.append('\n').append(words.recommendation()).append('\n');
        table.append(words.rescored()).append('\n');
        words.notes().forEach(note -> table.append(note).append('\n'));
        return table.append('\n').append(words.meaning()).append('\n').toString();
    }

    static String spread(ComparisonRow row) {
        return String.format(Locale.ROOT, "%.1f to %.1f", 100 * row.lowestRecall(), 100 * row.highestRecall());
    }
}
