package io.github.qrreduction.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.Marker;

/** How the pictures look. */
final class Style {

    private static final int[] COLORS = {
        0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd, 0x8c564b, 0xe377c2, 0x222222, 0x9a9a00, 0x17becf
    };

    private Style() {}

    /** One of ten colours that are easily told apart. */
    static Color color(int i) {
        return new Color(COLORS[i]);
    }

    /** White ground, pale grid, no legend. */
    static void apply(AxesChartStyler styler) {
        Color grid = new Color(0xe4e4e4);
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
        styler.setBaseFont(font)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleFont(font.deriveFont(Font.BOLD, 17f))
                .setChartTitleBoxVisible(false)
                .setChartPadding(14)
                .setLegendVisible(false)
                .setPlotBorderColor(grid);
        styler.setAxisTitleFont(font)
                .setAxisTickLabelsFont(font.deriveFont(13f))
                .setPlotGridLinesColor(grid);
    }

    /** Saves charts of one height side by side, as PNG. */
    static void save(Path file, Chart<?, ?>... charts) throws IOException {
        int width = Stream.of(charts).mapToInt(Chart::getWidth).sum();
        BufferedImage all = new BufferedImage(width, charts[0].getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = all.createGraphics();
        int x = 0;
        for (Chart<?, ?> chart : charts) {
            graphics.drawImage(BitmapEncoder.getBufferedImage(chart), x, 0, null);
            x += chart.getWidth();
        }
        graphics.dispose();
        try (OutputStream out = Files.newOutputStream(file)) {
            ImageIO.write(all, "png", out);
        }
    }

    /** A point drawn as text, so that a picture can be read without its colours. */
    static final class TextMarker extends Marker {

        private final String text;

        TextMarker(String text) {
            this.text = text;
        }

        @Override
        public void paint(Graphics2D g, double x, double y, int size) {
            g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, size));
            FontMetrics m = g.getFontMetrics();
            g.drawString(text, (float) (x - m.stringWidth(text) / 2.0), (float)
                    (y + (m.getAscent() - m.getDescent()) / 2.0));
        }
    }
}
