package io.github.qrreduction.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Lines of shares over a logarithmic axis, as SVG: a viewBox of 480 x 340, so that letters can be read on a phone. Each
 * line has its own colour, marker and label, so that it can be told apart without colours too. Texts come from this
 * package and need no escapes.
 */
final class LineChart {
    private static final double WIDTH = 480;
    private static final double HEIGHT = 340;
    private static final double LEFT = 46;
    private static final double RIGHT = 366;
    private static final double TOP = 36;
    private static final double BOTTOM = 292;
    private static final double LABEL_HEIGHT = 17;
    private static final double TICK_WIDTH = 30;

    private final String title;
    private final String unit;
    private final List<Line> lines;
    private final StringBuilder svg = new StringBuilder(8192);
    private double least;
    private double first;
    private double last;

    /** One value: where, how much from 0 to 1, and what to say about it. */
    record Point(double x, double y, String words) {}

    /** Values from left to right. */
    record Line(String label, String colour, Marker marker, List<Point> points) {}

    /** The form of a line's points. */
    enum Marker {
        CIRCLE("M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0"),
        SQUARE("M-3.5,-3.5h7v7h-7z"),
        TRIANGLE("M0,-4.6L4.4,3.4H-4.4z"),
        DIAMOND("M0,-5L5,0L0,5L-5,0z"),
        DOWN("M0,4.6L4.4,-3.4H-4.4z"),
        CROSS("M-4,-2L-2,-4L0,-2L2,-4L4,-2L2,0L4,2L2,4L0,2L-2,4L-4,2L-2,0z");

        final String path;

        Marker(String path) {
            this.path = path;
        }
    }

    LineChart(String title, String unit, List<Line> lines) {
        this.title = title;
        this.unit = unit;
        this.lines = lines;
    }

    String draw() {
        List<Point> all = lines.stream().flatMap(l -> l.points().stream()).toList();
        double smallest = all.stream().mapToDouble(Point::y).min().orElse(0);
        least = Math.min(0.9, Math.floor(smallest * 10 - 0.2) / 10);
        least = Math.max(0, least);
        first = all.stream().mapToDouble(Point::x).min().orElse(1);
        last = all.stream().mapToDouble(Point::x).max().orElse(2);
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\"",
                WIDTH, HEIGHT, title);
        svg.append(" font-family=\"system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif\"")
                .append(" font-size=\"13\" fill=\"#222\">\n");
        text(0, 16, "start", "font-weight=\"600\" font-size=\"14\"", title);
        shares();
        places(all);
        labels();
        for (Line line : lines) {
            draw(line);
        }
        return svg.append("</svg>\n").toString();
    }

    private void shares() {
        double step = 1 - least > 0.45 ? 0.2 : 0.1;
        for (int i = 0; 1 - i * step > least - 1e-9; i++) {
            double share = 1 - i * step;
            add("<path d=\"M%.1f,%.1fH%.1f\" stroke=\"#ddd\"/>%n", LEFT, y(share), RIGHT);
            text(LEFT - 6, y(share) + 4.5, "end", "", String.format(Locale.ROOT, "%.0f %%", 100 * share));
        }
    }

    private void places(List<Point> all) {
        add("<path d=\"M%.1f,%.1fH%.1f\" stroke=\"#666\"/>%n", LEFT, BOTTOM, RIGHT);
        double free = Double.NEGATIVE_INFINITY;
        for (double place :
                all.stream().mapToDouble(Point::x).sorted().distinct().toArray()) {
            add("<path d=\"M%.1f,%.1fv4\" stroke=\"#666\"/>%n", x(place), BOTTOM);
            if (x(place) >= free) {
                text(x(place), BOTTOM + 18, "middle", "", String.format(Locale.ROOT, "%.0f", place));
                free = x(place) + TICK_WIDTH;
            }
        }
        text((LEFT + RIGHT) / 2, BOTTOM + 38, "middle", "", unit);
    }

    /** Beside the lines' ends; those that would overlap move apart, and a thin line leads to each. */
    private void labels() {
        List<Line> byEnd = new ArrayList<>(lines);
        byEnd.removeIf(line -> line.points().isEmpty());
        byEnd.sort(Comparator.comparingDouble((Line line) -> end(line).y()).reversed());
        double[] at = new double[byEnd.size()];
        for (int i = 0; i < at.length; i++) {
            at[i] = Math.max(y(end(byEnd.get(i)).y()), i == 0 ? TOP - 4 : at[i - 1] + LABEL_HEIGHT);
        }
        double lowest = BOTTOM;
        for (int i = at.length - 1; i >= 0; i--) {
            at[i] = Math.min(at[i], lowest);
            lowest = at[i] - LABEL_HEIGHT;
        }
        for (int i = 0; i < at.length; i++) {
            Point end = end(byEnd.get(i));
            add(
                    "<path d=\"M%.1f,%.1fL%.1f,%.1f\" stroke=\"%s\" stroke-width=\"1\" stroke-dasharray=\"2 2\"/>%n",
                    x(end.x()) + 5, y(end.y()), RIGHT + 14, at[i], byEnd.get(i).colour());
            text(
                    RIGHT + 18,
                    at[i] + 4.5,
                    "start",
                    "font-size=\"12.5\"",
                    byEnd.get(i).label());
        }
    }

    private static Point end(Line line) {
        return line.points().get(line.points().size() - 1);
    }

    private void draw(Line line) {
        add("<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-linejoin=\"round\" d=\"", line.colour());
        for (int i = 0; i < line.points().size(); i++) {
            Point p = line.points().get(i);
            add("%s%.1f,%.1f", i == 0 ? "M" : "L", x(p.x()), y(p.y()));
        }
        svg.append("\"/>\n");
        for (Point p : line.points()) {
            add(
                    "<path class=\"point\" tabindex=\"0\" transform=\"translate(%.1f,%.1f)\" d=\"%s\"",
                    x(p.x()), y(p.y()), line.marker().path);
            add(" fill=\"%s\" stroke=\"#fff\"><title>%s</title></path>%n", line.colour(), p.words());
        }
    }

    private double x(double place) {
        return first == last
                ? (LEFT + RIGHT) / 2
                : LEFT + 12 + (RIGHT - LEFT - 18) * Math.log(place / first) / Math.log(last / first);
    }

    private double y(double share) {
        return TOP + (BOTTOM - TOP) * (1 - share) / (1 - least);
    }

    private void text(double x, double y, String anchor, String more, String words) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n", x, y, anchor, more, words);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values).replace("\r\n", "\n"));
    }
}
