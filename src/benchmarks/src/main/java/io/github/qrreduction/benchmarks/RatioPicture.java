package io.github.qrreduction.benchmarks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Ratios by batch at one pair of sizes, an operation a panel. */
final class RatioPicture {

    private static final Row REFERENCE = Comparison.REFERENCE;
    /** Whatever costs more leaves the panel; the tables have it. */
    private static final double HIGHEST = 2.5;

    private RatioPicture() {}

    static void write(Results results, Path file) throws IOException {
        List<XYChart> panels = new ArrayList<>();
        for (Operation operation : List.of(Operation.FORWARD, Operation.FIT, Operation.OUTPUT)) {
            panels.add(panel(results, operation));
        }
        BitmapEncoder.saveBitmap(panels, panels.size(), 1, file.toString(), BitmapFormat.PNG);
    }

    private static XYChart panel(Results results, Operation operation) {
        XYChart chart = new XYChartBuilder()
                .width(1000)
                .height(420)
                .title(operation.title() + ", " + REFERENCE.nIn() + " -> " + REFERENCE.nOut())
                .xAxisTitle("Batch")
                .yAxisTitle("Time, multiples of " + plain(operation.reference()))
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setXAxisLogarithmic(true).setYAxisMin(0.0).setYAxisMax(HIGHEST);
        for (Contender contender : Contender.values()) {
            addCurve(chart, results, operation, contender);
        }
        return chart;
    }

    private static void addCurve(XYChart chart, Results results, Operation operation, Contender contender) {
        List<Double> batches = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (Row row : results.rows(operation)) {
            double ratio = results.ratio(Results.Figure::time, operation, contender, operation.reference(), row);
            if (row.nIn() == REFERENCE.nIn()
                    && row.nOut() == REFERENCE.nOut()
                    && Comparison.GRID.contains(row)
                    && !Double.isNaN(ratio)) {
                batches.add((double) row.batch());
                ratios.add(ratio);
            }
        }
        if (batches.isEmpty()) {
            return;
        }
        chart.addSeries(plain(contender), batches, ratios)
                .setLineStyle(new BasicStroke(contender == Contender.NONE ? 4f : 2f));
    }

    private static String plain(Contender contender) {
        return contender.title().replace("`", "");
    }
}
