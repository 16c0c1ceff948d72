package io.github.qrreduction.benchmarks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Ratios by batch at one pair of sizes, an operation a panel. */
final class RatioPicture {

    private static final Map<String, Color> COLORS = colors();
    /** Whatever costs more leaves the panel; the tables have it. */
    private static final double HIGHEST = 2.5;

    private RatioPicture() {}

    private static Map<String, Color> colors() {
        Map<String, Color> colors = new LinkedHashMap<>();
        colors.put(Nd4jContenders.MATMUL, new Color(0x555555));
        colors.put(Nd4jContenders.FREE, new Color(0x1f77b4));
        colors.put(Nd4jContenders.RETRACTION, new Color(0x2ca02c));
        colors.put(Nd4jContenders.PARAMETRIZATION, new Color(0x9467bd));
        colors.put(Nd4jContenders.SESSION, new Color(0xd62728));
        colors.put(Nd4jContenders.TEXTBOOK, new Color(0x8c564b));
        colors.put(Nd4jContenders.DENSE, new Color(0xff7f0e));
        colors.put(BenchmarkPlan.PYTORCH, new Color(0x17becf));
        return colors;
    }

    static void write(Results results, Path file) throws IOException {
        List<XYChart> panels = new ArrayList<>();
        for (Operation operation : List.of(Operation.FORWARD, Operation.FIT, Operation.OUTPUT)) {
            panels.add(panel(results, operation));
        }
        BitmapEncoder.saveBitmap(panels, panels.size(), 1, file.toString(), BitmapFormat.PNG);
    }

    private static XYChart panel(Results results, Operation operation) {
        String pair = BenchmarkPlan.REFERENCE.pair();
        String reference = BenchmarkReport.reference(operation);
        XYChart chart = new XYChartBuilder()
                .width(1000)
                .height(420)
                .title(operation.method() + ", " + pair.replace("x", " -> "))
                .xAxisTitle("Batch")
                .yAxisTitle("Time, multiples of " + plain(reference))
                .build();
        chart.getStyler()
                .setBaseFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13))
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16))
                .setChartTitleBoxVisible(false)
                .setChartPadding(12)
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setLegendBorderColor(Color.WHITE);
        chart.getStyler().setXAxisLogarithmic(true).setYAxisMin(0.0).setYAxisMax(HIGHEST);
        for (String contender : COLORS.keySet()) {
            addCurve(chart, results, operation, contender, reference, pair);
        }
        return chart;
    }

    private static void addCurve(
            XYChart chart, Results results, Operation operation, String contender, String reference, String pair) {
        List<Double> batches = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (Row row : results.rows(operation)) {
            OptionalDouble ratio = results.ratio(operation, contender, reference, row);
            if (row.pair().equals(pair) && BenchmarkPlan.inGrid(row) && ratio.isPresent()) {
                batches.add((double) row.batch());
                ratios.add(ratio.getAsDouble());
            }
        }
        if (batches.isEmpty()) {
            return;
        }
        XYSeries series = chart.addSeries(plain(contender), batches, ratios);
        series.setLineColor(COLORS.get(contender));
        series.setMarkerColor(COLORS.get(contender));
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setLineStyle(new BasicStroke(contender.equals(Nd4jContenders.FREE) ? 4f : 2f));
    }

    private static String plain(String contender) {
        return BenchmarkReport.HEADS.get(contender).replace("`", "");
    }
}
