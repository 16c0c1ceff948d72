package io.github.qrreduction.cli.report;

import io.github.qrreduction.compare.VectorMap;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A map before and after as two SVG elements, and its neighbours as JSON. A point has one colour in both. */
final class MapPictures {
    private static final double SIDE = 400;
    private static final double MARGIN = 8;
    /** A share of the points at each edge that may lie outside the square and are drawn at its border. */
    private static final double OUTLIERS = 0.002;
    /** Viridis (van der Walt and Smith 2015), without its palest part, which is hard to see on paper. */
    private static final List<String> COLOURS =
            List.of("#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#a5db36");

    private final VectorMap map;
    private final List<String> names;
    private final String[] colours;

    MapPictures(VectorMap map, List<String> names) {
        this.map = map;
        this.names = names;
        this.colours = new String[map.size()];
        Integer[] byX = IntStream.range(0, map.size()).boxed().toArray(Integer[]::new);
        Arrays.sort(byX, Comparator.comparingDouble(i -> map.before(i)[0]));
        for (int rank = 0; rank < byX.length; rank++) {
            colours[byX[rank]] = COLOURS.get(rank * COLOURS.size() / byX.length);
        }
    }

    String before() {
        return draw("before", "The vectors before the reduction", map::before);
    }

    String after() {
        return draw("after", "The vectors after the reduction", map::after);
    }

    private String draw(String id, String label, IntFunction<double[]> place) {
        double[][] x = new double[2][];
        for (int axis = 0; axis < 2; axis++) {
            int a = axis;
            x[axis] = IntStream.range(0, map.size())
                    .mapToDouble(i -> place.apply(i)[a])
                    .toArray();
        }
        double[] low = {quantile(x[0], OUTLIERS), quantile(x[1], OUTLIERS)};
        double[] high = {quantile(x[0], 1 - OUTLIERS), quantile(x[1], 1 - OUTLIERS)};
        double span = Math.max(high[0] - low[0], high[1] - low[1]);
        StringBuilder svg = new StringBuilder(map.size() * 100);
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"%s\" class=\"map\" viewBox=\"0 0 %.0f %.0f\""
                        + " role=\"img\" aria-label=\"%s\">\n",
                id,
                SIDE,
                SIDE,
                label));
        for (int i = 0; i < map.size(); i++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle data-i=\"%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"%s\"><title>%s</title></circle>\n",
                    i,
                    position(x[0][i], low[0], high[0], span),
                    SIDE - position(x[1][i], low[1], high[1], span),
                    colours[i],
                    Escape.html(names.get(i))));
        }
        return svg.append("</svg>\n").toString();
    }

    private static double position(double value, double low, double high, double span) {
        if (span == 0) {
            return SIDE / 2;
        }
        double centred = (value - (low + high) / 2) / span;
        return SIDE / 2 + (SIDE - 2 * MARGIN) * Math.max(-0.5, Math.min(0.5, centred));
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /** The names, and for each point its nearest before and after. */
    String json() {
        StringBuilder json = new StringBuilder(map.size() * 100).append("{\"names\":[");
        for (int i = 0; i < map.size(); i++) {
            json.append(i == 0 ? "" : ",").append(Escape.json(names.get(i)));
        }
        json.append("],\n\"before\":[");
        for (int i = 0; i < map.size(); i++) {
            json.append(i == 0 ? "" : ",").append(list(map.nearestBefore(i)));
        }
        json.append("],\n\"after\":[");
        for (int i = 0; i < map.size(); i++) {
            json.append(i == 0 ? "" : ",").append(list(map.nearestAfter(i)));
        }
        return json.append("]}").toString();
    }

    private static String list(int[] points) {
        return Arrays.toString(points).replace(" ", "");
    }
}
