package io.github.qrreduction.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Loss by epoch, one curve a network. */
final class LossPicture {

    // From thick to thin, so that curves that lie on each other can both be seen.
    private static final float[] WIDTHS = {5f, 2.5f, 2.5f};
    private static final float[][] DASHES = {null, null, {8f, 6f}};
    private static final Color[] COLORS = {Palette.BLUE, Palette.ORANGE, Palette.GREY};

    private LossPicture() {}

    static void write(List<TrainedNetwork> networks, Path file) throws IOException {
        XYChart chart = Palette.chart("Training loss on handwritten digits", "Epoch", "Mean cross-entropy");
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setXAxisTickMarkSpacingHint(110);
        for (int i = 0; i < networks.size(); i++) {
            TrainedNetwork t = networks.get(i);
            double[] epochs =
                    IntStream.rangeClosed(1, t.losses().length).asDoubleStream().toArray();
            XYSeries series = chart.addSeries(t.name(), epochs, t.losses());
            series.setMarker(t.losses().length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            series.setLineColor(COLORS[i]);
            series.setMarkerColor(COLORS[i]);
            series.setLineStyle(
                    new BasicStroke(WIDTHS[i], BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, DASHES[i], 0f));
        }
        Palette.save(chart, file);
    }
}
