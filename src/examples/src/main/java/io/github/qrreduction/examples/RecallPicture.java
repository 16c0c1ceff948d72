package io.github.qrreduction.examples;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

/** Recall by method, bars from zero for the mean over the seeds. */
final class RecallPicture {

    private static final Color PALE = new Color(0xb8b8b8);

    private RecallPicture() {}

    static void write(RecallTable table, int components, Path file) throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(860)
                .height(600)
                .title("Neighbours that " + components + " of " + WordVectors.SIZE + " dimensions keep")
                .yAxisTitle("Recall@10 on held-out words, %")
                .build();
        Style.apply(chart.getStyler());
        chart.getStyler().setOverlapped(true);
        chart.getStyler().setAvailableSpaceFill(0.6);
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setLabelsPosition(0.94);
        chart.getStyler().setLabelsFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        chart.getStyler().setYAxisTickMarkSpacingHint(90);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setYAxisDecimalPattern("0.0");
        chart.getStyler().setPlotGridVerticalLinesVisible(false);
        bars(chart, table, false, PALE);
        bars(chart, table, true, Style.color(0));
        Style.save(file, chart);
    }

    private static void bars(CategoryChart chart, RecallTable table, boolean trained, Color color) {
        List<Double> means = new ArrayList<>();
        for (String method : table.methods()) {
            boolean mine = method.equals(RecallTable.TRAINED) == trained;
            means.add(mine ? 100 * table.mean(method) : null);
        }
        chart.addSeries(trained ? "trained" : "fitted or fixed", table.methods(), means)
                .setFillColor(color);
    }
}
