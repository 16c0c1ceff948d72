package io.github.qrreduction.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A {@link Picture} of a comparison: which lines, and how they look. */
final class Drawing {
    private final Comparison comparison;
    private final Picture picture;

    Drawing(Comparison comparison, Picture picture) {
        this.comparison = comparison;
        this.picture = picture;
    }

    String draw() {
        boolean byBytes = picture.isByBytes();
        String title = picture.isRescored()
                ? "After the best " + comparison.candidates() + " are scored again"
                : byBytes ? "Recall@10 by storage, best method" : "Recall@10 of reduced vectors";
        return new LineChart(title, byBytes ? "bytes a vector" : "numbers a vector", byBytes ? storages() : methods())
                .draw();
    }

    private double value(ComparisonRow row) {
        return picture.isRescored() ? row.rescored() : row.recall();
    }

    /** At the full length there is one method, which leaves the vectors as they are: a point of its own. */
    private List<LineChart.Line> methods() {
        List<ComparisonRow> rows = comparison.rows();
        Storage storage = rows.stream()
                .map(ComparisonRow::storage)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        List<ComparisonRow> shown =
                rows.stream().filter(row -> row.storage() == storage).toList();
        Map<ReductionMethod, List<LineChart.Point>> points = new EnumMap<>(ReductionMethod.class);
        List<LineChart.Point> full = new ArrayList<>();
        for (ComparisonRow row : shown) {
            if (row.size() == comparison.sample().dimension()) {
                full.add(new LineChart.Point(row.size(), value(row), words(row)));
                continue;
            }
            points.computeIfAbsent(row.method(), any -> new ArrayList<>())
                    .add(new LineChart.Point(row.size(), value(row), words(row)));
        }
        List<LineChart.Line> lines = new ArrayList<>();
        points.forEach(
                (method, of) -> lines.add(new LineChart.Line(method.toString(), colour(method), marker(method), of)));
        if (!full.isEmpty()) {
            lines.add(new LineChart.Line("full length", "#222222", LineChart.Marker.CIRCLE, full));
        }
        return lines;
    }

    private List<LineChart.Line> storages() {
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
                        .max(Comparator.comparingDouble(this::value));
                best.ifPresent(row -> points.add(new LineChart.Point(row.bytes(), value(row), words(row))));
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
                100 * value(row));
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
        return switch (storage) {
            case FLOAT32 -> LineChart.Marker.CIRCLE;
            case INT8 -> LineChart.Marker.SQUARE;
            case BIT -> LineChart.Marker.TRIANGLE;
            case BIT_UNROTATED -> LineChart.Marker.DIAMOND;
        };
    }

    private static LineChart.Marker marker(ReductionMethod method) {
        return switch (method) {
            case TRUNCATION -> LineChart.Marker.CIRCLE;
            case RANDOM -> LineChart.Marker.SQUARE;
            case PCA -> LineChart.Marker.TRIANGLE;
            case PCA_UNCENTRED -> LineChart.Marker.DIAMOND;
            case TEMPERED -> LineChart.Marker.DOWN;
            case NEIGHBOURS -> LineChart.Marker.CROSS;
        };
    }
}
