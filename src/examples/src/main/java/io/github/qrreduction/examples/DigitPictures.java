package io.github.qrreduction.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows of 64 numbers as pictures of 8 x 8 pixels, in lines that have a label. In a notebook:
 *
 * <pre>{@code
 * display(new DigitPictures().line("PCA", rows).line("learned", others).image(), "image/png");
 * }</pre>
 */
public final class DigitPictures {

    private static final int SIDE = 8;
    private static final int CELL = 6;
    private static final int TILE = SIDE * CELL + 6;
    private static final int LEFT = 160;

    private final List<String> labels = new ArrayList<>();
    private final List<float[][]> lines = new ArrayList<>();
    private boolean signed;

    /** A line of pictures. Zero is white and one is black, unless {@link #signed} is asked for. */
    public DigitPictures line(String label, INDArray rows) {
        labels.add(label);
        lines.add(rows.toFloatMatrix());
        return this;
    }

    /** Red for what is above zero, blue for what is below; the largest number of each picture has the full colour. */
    public DigitPictures signed() {
        signed = true;
        return this;
    }

    /** Draws the lines below each other. */
    public BufferedImage image() {
        int across = lines.stream().mapToInt(l -> l.length).max().orElse(1);
        BufferedImage image = new BufferedImage(LEFT + across * TILE, lines.size() * TILE, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        for (int line = 0; line < lines.size(); line++) {
            g.setColor(Color.BLACK);
            g.drawString(labels.get(line), 4, line * TILE + TILE / 2 + 3);
            for (int i = 0; i < lines.get(line).length; i++) {
                tile(g, lines.get(line)[i], LEFT + i * TILE, line * TILE);
            }
        }
        g.dispose();
        return image;
    }

    private void tile(Graphics2D g, float[] numbers, int left, int top) {
        float largest = signed ? Nd4j.createFromArray(numbers).amaxNumber().floatValue() : 1;
        for (int p = 0; p < numbers.length; p++) {
            g.setColor(color(numbers[p] / largest));
            g.fillRect(left + p % SIDE * CELL, top + p / SIDE * CELL, CELL, CELL);
        }
        g.setColor(new Color(0xcccccc));
        g.drawRect(left, top, SIDE * CELL, SIDE * CELL);
    }

    private Color color(float share) {
        float ink = Math.max(0, Math.min(1, signed ? Math.abs(share) : share));
        int pale = Math.round(255 * (1 - ink));
        return signed ? new Color(share > 0 ? 255 : pale, pale, share < 0 ? 255 : pale) : new Color(pale, pale, pale);
    }
}
