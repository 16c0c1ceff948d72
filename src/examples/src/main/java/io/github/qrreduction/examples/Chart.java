package io.github.qrreduction.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A picture of lines, or of texts in the plane, drawn by XChart. In a notebook:
 *
 * <pre>{@code
 * display(new Chart("Training loss", "epoch", "cross-entropy").line("learned", loss).image(), "image/png");
 * }</pre>
 */
public final class Chart {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 400;
    private static final int MOST_MARKED = 12;
    private static final Color GREY = new Color(0x666666);

    private final XYChart chart;
    private int lines;

    /** An empty chart of 760 x 400 pixels. */
    public Chart(String title, String x, String y) {
        this(title, x, y, WIDTH, HEIGHT);
    }

    /** An empty chart of some size in pixels. */
    public Chart(String title, String x, String y, int width, int height) {
        // Pictures are drawn in memory, so no display is needed.
        System.setProperty("java.awt.headless", "true");
        chart = new XYChartBuilder()
                .width(width)
                .height(height)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        Style.apply(chart.getStyler());
        chart.getStyler().setXAxisTickMarkSpacingHint(width < WIDTH ? 60 : 90);
        chart.getStyler().setYAxisDecimalPattern("0.####");
    }

    /** A line through values at 1, 2, 3, and so on. */
    public Chart line(String name, double... y) {
        return line(name, IntStream.rangeClosed(1, y.length).asDoubleStream().toArray(), y);
    }

    /** A line; where it has few points, each is marked. */
    public Chart line(String name, double[] x, double[] y) {
        add(name, x, y, Style.color(lines), null);
        return this;
    }

    /** A grey line of dashes: what the others are compared with. */
    public Chart dashed(String name, double[] x, double[] y) {
        add(name, x, y, GREY, new float[] {7, 5});
        return this;
    }

    private void add(String name, double[] x, double[] y, Color color, float[] dash) {
        chart.addSeries(name, x, y)
                .setMarker(x.length > MOST_MARKED ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE)
                .setMarkerColor(color)
                .setLineColor(color)
                .setLineStyle(new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0));
        lines++;
        Style.legendBelow(chart.getStyler(), lines > 1);
    }

    /** The range of the vertical axis. */
    public Chart range(double low, double high) {
        chart.getStyler().setYAxisMin(low).setYAxisMax(high);
        return this;
    }

    /** A vertical axis of powers of ten. */
    public Chart logarithmic() {
        chart.getStyler().setYAxisLogarithmic(true);
        return this;
    }

    /**
     * Draws texts at points.
     *
     * @param points x and y of each
     * @param texts a digit, or a word
     * @param kinds 0 to 9: texts of one kind have one colour
     */
    public Chart texts(double[][] points, List<String> texts, int[] kinds) {
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        int longest = texts.stream().mapToInt(String::length).max().orElse(1);
        double[][] at = longest > 1 ? apart(points, texts) : points;
        for (int i = 0; i < at.length; i++) {
            XYSeries series = chart.addSeries(i + " " + texts.get(i), new double[] {at[i][0]}, new double[] {at[i][1]});
            series.setMarker(new Style.TextMarker(texts.get(i), longest > 1 ? 12 : 14));
            series.setMarkerColor(Style.color(kinds[i]));
        }
        return this;
    }

    /** Draws digits, each in a colour of its own. */
    public Chart digits(double[][] points, int... digits) {
        return texts(points, IntStream.of(digits).mapToObj(Integer::toString).toList(), digits);
    }

    /** A word that would lie on another is drawn lower. */
    private double[][] apart(double[][] points, List<String> texts) {
        double across = spread(points, 0) / chart.getWidth();
        double down = spread(points, 1) / chart.getHeight();
        List<double[]> taken = new ArrayList<>();
        for (int i = 0; i < points.length; i++) {
            double[] at = {points[i][0], points[i][1], 5 * across * texts.get(i).length()};
            boolean free = false;
            while (!free) {
                free = true;
                for (double[] other : taken) {
                    if (Math.abs(at[0] - other[0]) < at[2] + other[2] && Math.abs(at[1] - other[1]) < 17 * down) {
                        at[1] = other[1] - 18 * down;
                        free = false;
                    }
                }
            }
            taken.add(at);
        }
        return taken.toArray(double[][]::new);
    }

    private static double spread(double[][] points, int axis) {
        return Stream.of(points).mapToDouble(p -> p[axis]).max().orElse(1)
                - Stream.of(points).mapToDouble(p -> p[axis]).min().orElse(0);
    }

    /** Draws what was added so far. */
    public BufferedImage image() {
        return BitmapEncoder.getBufferedImage(chart);
    }

    /** Draws charts of one height side by side. */
    public static BufferedImage beside(Chart... charts) {
        int width = Stream.of(charts).mapToInt(c -> c.chart.getWidth()).sum();
        BufferedImage all = new BufferedImage(width, charts[0].chart.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = all.createGraphics();
        int x = 0;
        for (Chart chart : charts) {
            graphics.drawImage(chart.image(), x, 0, null);
            x += chart.chart.getWidth();
        }
        graphics.dispose();
        return all;
    }

    /** Writes charts of one height side by side, as PNG. */
    public static void save(Path file, Chart... charts) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            ImageIO.write(beside(charts), "png", out);
        }
    }
}
