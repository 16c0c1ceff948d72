package io.github.qrreduction.examples;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/**
 * Draws the loss while a network trains, as a mean over each so many steps. In a notebook, where the picture is put
 * into the place of the one before:
 *
 * <pre>{@code
 * LossCurve curve = new LossCurve("Training loss", 10);
 * String shown = display(curve.image(), "image/png");
 * net.setListeners(curve.drawnBy(picture -> updateDisplay(shown, picture, "image/png")));
 * }</pre>
 *
 * <p>For one thread.
 */
public final class LossCurve extends BaseTrainingListener {

    private static final long NANOS_BETWEEN_PICTURES = 500_000_000L;

    private final String title;
    private final int every;
    private final List<Double> means = new ArrayList<>();
    private Consumer<BufferedImage> picture = image -> {};
    private double sum;
    private int steps;
    private long drawn = System.nanoTime();

    /**
     * A curve without points.
     *
     * @param title of the picture
     * @param every how many steps a point is the mean of
     */
    public LossCurve(String title, int every) {
        this.title = title;
        this.every = every;
    }

    /** Draws it twice a second at most. */
    public LossCurve drawnBy(Consumer<BufferedImage> newPicture) {
        this.picture = newPicture;
        return this;
    }

    /** One step of training; a network calls this by itself. */
    public void add(double loss) {
        sum += loss;
        steps++;
        if (steps % every == 0) {
            means.add(sum / every);
            sum = 0;
            if (System.nanoTime() - drawn > NANOS_BETWEEN_PICTURES) {
                picture.accept(image());
                drawn = System.nanoTime();
            }
        }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        add(model.score());
    }

    /** The picture as it is now; at the end of the training, draw this once more. */
    public BufferedImage image() {
        double[] x = new double[means.size()];
        double[] y = new double[means.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (double) every * (i + 1);
            y[i] = means.get(i);
        }
        Chart chart = new Chart(title, "step", every == 1 ? "loss" : "loss, mean of " + every + " steps");
        return (x.length == 0 ? chart.range(0, 1) : chart.line("loss", x, y)).image();
    }

    /** The points of the curve so far. */
    public double[] means() {
        return means.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
