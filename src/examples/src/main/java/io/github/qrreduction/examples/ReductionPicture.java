package io.github.qrreduction.examples;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.Marker;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reduced digits in their first two dimensions, each drawn as the numeral that it is, coloured by class. */
final class ReductionPicture {

    private ReductionPicture() {}

    /** Draws the first two columns of {@code reduced}, [digits, components], by class 0 to 9. */
    static void write(INDArray reduced, int[] classes, Path file) throws IOException {
        XYChart chart =
                Palette.chart("Test digits in the first two learned dimensions", "First dimension", "Second dimension");
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        chart.getStyler().setMarkerSize(14);
        double[] first = reduced.getColumn(0).toDoubleVector();
        double[] second = reduced.getColumn(1).toDoubleVector();
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (int i = 0; i < classes.length; i++) {
                if (classes[i] == digit) {
                    x.add(first[i]);
                    y.add(second[i]);
                }
            }
            XYSeries series = chart.addSeries("digit " + digit, x, y);
            series.setMarker(new Numeral(digit));
            series.setMarkerColor(Palette.ofClass(digit));
        }
        Palette.save(chart, file);
    }

    /** A marker that is a numeral, so that the picture can be read without its colours. */
    private static final class Numeral extends Marker {

        private final String numeral;

        Numeral(int digit) {
            this.numeral = Integer.toString(digit);
        }

        @Override
        public void paint(Graphics2D g, double x, double y, int size) {
            g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, size));
            FontMetrics m = g.getFontMetrics();
            g.drawString(numeral, (float) (x - m.stringWidth(numeral) / 2.0), (float)
                    (y + (m.getAscent() - m.getDescent()) / 2.0));
        }
    }
}
