package io.github.qrreduction.cli.report;

import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ComparisonRow;
import io.github.qrreduction.compare.Storage;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison as text: a table for people, CSV for programs. */
public final class ReportText {
    private static final List<Storage> STORAGES = List.of(Storage.FLOAT32, Storage.INT8, Storage.BIT);

    private final Comparison comparison;
    private final String source;
    private final Words words;

    /**
     * For a comparison.
     *
     * @param comparison what was measured
     * @param source the vectors' file, as it is to be called
     * @param argument the vectors' file, as a command names it
     * @param recall to recommend for, 0 to 1
     */
    public ReportText(Comparison comparison, String source, String argument, double recall) {
        this.comparison = comparison;
        this.source = source;
        this.words = new Words(comparison, argument, recall);
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
                    "%s,%d,%s,%d,%.5f,%.5f\n",
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
     * A line a method and size, with what was measured on what, the recommendation, and the commands to run next.
     *
     * @return lines of at most 100 characters, but for the sentences
     */
    public String table() {
        StringBuilder table = new StringBuilder();
        table.append(words.measured(source)).append("\n\n");
        StringBuilder storages = new StringBuilder(String.format(Locale.ROOT, "%-20s", ""));
        StringBuilder columns = new StringBuilder(String.format(Locale.ROOT, "%-14s %5s", "method", "size"));
        for (Storage storage : STORAGES) {
            storages.append(String.format(Locale.ROOT, " | %-23s", storage));
            columns.append(String.format(Locale.ROOT, " | %5s %7s  %8s", "bytes", "recall", "rescored"));
        }
        table.append(storages.toString().stripTrailing()).append('\n').append(columns);
        table.append(comparison.seeds() > 1 ? " | recall, float32" : "");
        Map<String, Map<Storage, ComparisonRow>> lines = new LinkedHashMap<>();
        for (ComparisonRow row : rows(comparison)) {
            lines.computeIfAbsent(
                            String.format(Locale.ROOT, "%-14s %5d", row.method(), row.size()),
                            any -> new EnumMap<>(Storage.class))
                    .put(row.storage(), row);
        }
        lines.forEach((start, line) -> table.append('\n').append(start).append(line(line)));
        table.append("\n\n").append(words.meaning()).append("\n\n");
        table.append(words.recommendation()).append('\n');
        table.append(words.rescored()).append('\n');
        words.notes().forEach(note -> table.append(note).append('\n'));
        words.next().ifPresent(next -> table.append('\n').append(next).append(":\n"));
        words.commands().forEach(command -> table.append("  ").append(command).append('\n'));
        words.quantisation().ifPresent(sentence -> table.append(sentence).append('\n'));
        return table.toString();
    }

    private String line(Map<Storage, ComparisonRow> rows) {
        StringBuilder line = new StringBuilder();
        for (Storage storage : STORAGES) {
            ComparisonRow row = rows.get(storage);
            line.append(
                    row == null
                            ? String.format(Locale.ROOT, " | %23s", "")
                            : String.format(
                                    Locale.ROOT,
                                    " | %5d %7s  %8s",
                                    row.bytes(),
                                    Words.percent(row.recall()),
                                    Words.percent(row.rescored())));
        }
        if (comparison.seeds() > 1 && rows.containsKey(Storage.FLOAT32)) {
            line.append(" | ").append(spread(rows.get(Storage.FLOAT32)));
        }
        return line.toString().stripTrailing();
    }

    static String spread(ComparisonRow row) {
        return String.format(Locale.ROOT, "%.1f to %.1f", 100 * row.lowestRecall(), 100 * row.highestRecall());
    }
}
