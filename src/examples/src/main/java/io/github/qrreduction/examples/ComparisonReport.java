package io.github.qrreduction.examples;

import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ComparisonRow;
import io.github.qrreduction.compare.ReductionMethod;
import io.github.qrreduction.compare.Storage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A comparison as text and as a picture: vectors in float32, a line a method, a column a size. */
public final class ComparisonReport {

    private final Comparison comparison;
    private final List<ReductionMethod> methods;
    private final int[] sizes;

    /** Of what was measured in float32. */
    public ComparisonReport(Comparison comparison) {
        this.comparison = comparison;
        List<ComparisonRow> rows = floats();
        this.methods = rows.stream().map(ComparisonRow::method).distinct().toList();
        this.sizes =
                rows.stream().mapToInt(ComparisonRow::size).distinct().sorted().toArray();
    }

    private List<ComparisonRow> floats() {
        return comparison.rows().stream()
                .filter(row -> row.storage() == Storage.FLOAT32
                        && row.size() < comparison.sample().dimension())
                .toList();
    }

    /** Recall@10 in %, and after the stroke that of a search which scores the best 50 again with the full vectors. */
    public String table() {
        StringBuilder text = new StringBuilder();
        text.append(line("%-16s", "numbers"));
        for (int size : sizes) {
            text.append(line("%16d", size));
        }
        text.append('\n');
        for (ReductionMethod method : methods) {
            text.append(line("%-16s", method));
            for (int size : sizes) {
                ComparisonRow row = row(method, size);
                text.append(line("%7.1f%s/ %5.1f ", 100 * row.recall(), mark(row), 100 * row.rescored()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** A star where no method of this size finds more. */
    private String mark(ComparisonRow row) {
        return row.recall() == best(row.size()) ? "*" : " ";
    }

    /** Recall@10 of a method. */
    public double recall(ReductionMethod method, int size) {
        return row(method, size).recall();
    }

    /** Recall@10 of the best method for a size. */
    public double best(int size) {
        return floats().stream()
                .filter(row -> row.size() == size)
                .mapToDouble(ComparisonRow::recall)
                .max()
                .orElseThrow();
    }

    private ComparisonRow row(ReductionMethod method, int size) {
        return floats().stream()
                .filter(row -> row.method() == method && row.size() == size)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected a method and a size that were compared, got " + method + " to " + size));
    }

    /** The sizes, rising. */
    public double[] sizes() {
        return Arrays.stream(sizes).asDoubleStream().toArray();
    }

    /** Recall@10 of a method, size by size. */
    public double[] recalls(ReductionMethod method) {
        return Arrays.stream(sizes)
                .mapToDouble(size -> row(method, size).recall())
                .toArray();
    }

    /** The same where the best candidates are scored again with the full vectors. */
    public double[] rescored(ReductionMethod method) {
        return Arrays.stream(sizes)
                .mapToDouble(size -> row(method, size).rescored())
                .toArray();
    }

    /** Recall against size; methods that find most at the largest size come first. */
    public Chart chart(String title) {
        Chart chart = new Chart(title, "numbers a vector", "recall@10, vectors that were held out");
        int largest = sizes[sizes.length - 1];
        methods.stream()
                .sorted(Comparator.comparingDouble(method -> -recall(method, largest)))
                .forEach(method -> chart.line(method.toString(), sizes(), recalls(method)));
        return chart.range(0, 1);
    }

    private static String line(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }
}
