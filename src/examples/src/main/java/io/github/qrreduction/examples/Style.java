package io.github.qrreduction.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;

/** How the pictures look. */
final class Style {

    private static final int[] COLORS = {
        0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd, 0x8c564b, 0xe377c2, 0x222222, 0x9a9a00, 0x17becf
    };

    private Style() {}

    /** One of ten colours that are easily told apart. */
    static Color color(int i) {
        return new Color(COLORS[i % COLORS.length]);
    }

    /** White ground, pale grid, no legend. */
    static void apply(AxesChartStyler styler) {
        Color grid = new Color(0xe4e4e4);
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
        styler.setBaseFont(font)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleFont(font.deriveFont(Font.BOLD, 16f))
                .setChartTitleBoxVisible(false)
                .setChartPadding(14)
                .setLegendVisible(false)
                .setPlotBorderColor(grid);
        styler.setAxisTitleFont(font)
                .setAxisTickLabelsFont(font.deriveFont(13f))
                .setPlotGridLinesColor(grid);
    }

    /** The names of the lines, below the plot. */
    static void legendBelow(AxesChartStyler styler, boolean visible) {
        styler.setLegendVisible(visible)
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE)
                .setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    }

    /** A point drawn as text, so that a picture can be read without its colours. */
    static final class TextMarker extends Marker {

        private final String text;
        private final int points;

        TextMarker(String text, int points) {
            this.text = text;
            this.points = points;
        }

        @Override
        public void paint(Graphics2D g, double x, double y, int size) {
            g.setFont(new Font(Font.SANS_SERIF, text.length() > 1 ? Font.PLAIN : Font.BOLD, points));
            FontMetrics m = g.getFontMetrics();
            g.drawString(text, (float) (x - m.stringWidth(text) / 2.0), (float)
                    (y + (m.getAscent() - m.getDescent()) / 2.0));
        }
    }
}
