package io.github.qrreduction.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Pictures of a {@link Comparison}, see {@link Comparison#svg}. */
public enum Picture {
    /** Recall against size, a line a method, in float32. */
    RECALL("Recall@10 of reduced vectors", ComparisonRow::recall),
    /** Recall after the best candidates were scored again, against size, a line a method, in float32. */
    RESCORED("After the best %d are scored again", ComparisonRow::rescored),
    /** Recall against bytes, a line a storage, each with its best method at each size. */
    RECALL_BY_BYTES("Recall@10 by storage, best method", ComparisonRow::recall),
    /** Recall after the best candidates were scored again, against bytes, a line a storage. */
    RESCORED_BY_BYTES("After the best %d are scored again", ComparisonRow::rescored);

    private final String title;
    private final ToDoubleFunction<ComparisonRow> value;

    Picture(String title, ToDoubleFunction<ComparisonRow> value) {
        this.title = title;
        this.value = value;
    }

    String draw(Comparison comparison) {
        boolean byBytes = this == RECALL_BY_BYTES || this == RESCORED_BY_BYTES;
        return new LineChart(
                        String.format(Locale.ROOT, title, comparison.candidates()),
                        byBytes ? "bytes a vector" : "numbers a vector",
                        byBytes ? storages(comparison) : methods(comparison))
                .draw();
    }

    /** At the full length there is one method and nothing to compare. */
    private List<LineChart.Line> methods(Comparison comparison) {
        List<ComparisonRow> rows = comparison.rows();
        Storage storage = rows.stream()
                .map(ComparisonRow::storage)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        List<ComparisonRow> shown = rows.stream()
                .filter(row -> row.storage() == storage)
                .filter(row -> row.size() < comparison.sample().dimension())
                .toList();
        if (shown.isEmpty()) {
            shown = rows.stream().filter(row -> row.storage() == storage).toList();
        }
        Map<ReductionMethod, List<LineChart.Point>> points = new EnumMap<>(ReductionMethod.class);
        for (ComparisonRow row : shown) {
            points.computeIfAbsent(row.method(), any -> new ArrayList<>())
                    .add(new LineChart.Point(row.size(), value.applyAsDouble(row), words(row)));
        }
        List<LineChart.Line> lines = new ArrayList<>();
        points.forEach((method, of) -> lines.add(new LineChart.Line(
                method.toString(), colour(method), LineChart.Marker.values()[method.ordinal()], of)));
        return lines;
    }

    private List<LineChart.Line> storages(Comparison comparison) {
        List<LineChart.Line> lines = new ArrayList<>();
        for (Storage storage : Storage.values()) {
            List<LineChart.Point> points = new ArrayList<>();
            int[] sizes = comparison.rows().stream()
                    .mapToInt(ComparisonRow::size)
                    .sorted()
                    .distinct()
                    .toArray();
            for (int size : sizes) {
                Optional<ComparisonRow> best = comparison.rows().stream()
                        .filter(row -> row.storage() == storage && row.size() == size)
                        .max(Comparator.comparingDouble(value));
                best.ifPresent(
                        row -> points.add(new LineChart.Point(row.bytes(), value.applyAsDouble(row), words(row))));
            }
            if (!points.isEmpty()) {
                lines.add(new LineChart.Line(label(storage), colour(storage), marker(storage), points));
            }
        }
        return lines;
    }

    private String words(ComparisonRow row) {
        return String.format(
                Locale.ROOT,
                "%s to %d, %s, %d bytes: %.1f %%",
                row.method(),
                row.size(),
                row.storage(),
                row.bytes(),
                100 * value.applyAsDouble(row));
    }

    private static String label(Storage storage) {
        return storage == Storage.BIT_UNROTATED ? "bit, unrotated" : storage.toString();
    }

    /** Okabe and Ito 2008: colours that colour-blind people tell apart. */
    private static String colour(ReductionMethod method) {
        return switch (method) {
            case TRUNCATION -> "#555555";
            case RANDOM -> "#CC79A7";
            case PCA -> "#56B4E9";
            case PCA_UNCENTRED -> "#0072B2";
            case TEMPERED -> "#009E73";
            case NEIGHBOURS -> "#D55E00";
        };
    }

    private static String colour(Storage storage) {
        return switch (storage) {
            case FLOAT32 -> "#555555";
            case INT8 -> "#0072B2";
            case BIT -> "#D55E00";
            case BIT_UNROTATED -> "#CC79A7";
        };
    }

    private static LineChart.Marker marker(Storage storage) {
        return LineChart.Marker.values()[storage.ordinal()];
    }
}
