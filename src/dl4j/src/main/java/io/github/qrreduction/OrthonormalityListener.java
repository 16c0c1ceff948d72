package io.github.qrreduction;

import io.github.qrreduction.internal.runtime.RunningLayer;
import io.github.qrreduction.internal.runtime.RunningLayers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the orthonormality error {@code ||Q Q^T - I||_F} of a network's layers in training, as measured in float64 on
 * the components in use ({@code Q}, or {@code qf(W)} with PARAMETRIZATION).
 *
 * <p>Each measurement is collected and logged (SLF4J, level info). With a bound, training that leaves it stops with a
 * {@link DL4JException} that names the layer, the error and the bound; the parameters are those of the offending step.
 * A measurement costs one product (nOut x nIn x nOut). Not safe for use by several networks that train at once.
 */
public final class OrthonormalityListener extends BaseTrainingListener {

    private static final Logger LOG = LoggerFactory.getLogger(OrthonormalityListener.class);

    private final int frequency;
    private final double bound;
    private final List<Measurement> measurements = new ArrayList<>();

    /**
     * Collects and logs, and never stops training.
     *
     * @param frequency iterations between measurements, at least 1
     */
    public OrthonormalityListener(int frequency) {
        this(frequency, Double.POSITIVE_INFINITY);
    }

    /**
     * Collects, logs, and stops training whose orthonormality error exceeds a bound, or is NaN.
     *
     * @param frequency iterations between measurements, at least 1
     * @param bound the largest error that is accepted, at least 0
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public OrthonormalityListener(int frequency, double bound) {
        if (frequency < 1) {
            throw new IllegalArgumentException("expected frequency >= 1, got " + frequency);
        }
        if (!(bound >= 0)) {
            throw new IllegalArgumentException("expected bound >= 0, got " + bound);
        }
        this.frequency = frequency;
        this.bound = bound;
    }

    /**
     * One layer's error at one iteration.
     *
     * @param iteration DL4J's iteration count
     * @param layer the layer's name, or its index where it has none
     * @param error {@code ||Q Q^T - I||_F}
     */
    public record Measurement(int iteration, String layer, double error) {}

    /**
     * What has been measured so far, in order.
     *
     * @return an unmodifiable view
     */
    public List<Measurement> measurements() {
        return Collections.unmodifiableList(measurements);
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (iteration % frequency != 0) {
            return;
        }
        for (RunningLayer layer : RunningLayers.of(layersOf(model)).toList()) {
            String name = layer.conf().getLayer().getLayerName();
            Measurement m = new Measurement(
                    iteration, name == null ? String.valueOf(layer.getIndex()) : name, layer.orthonormalityError());
            measurements.add(m);
            LOG.info("iteration {}, layer {}: ||QQ^T - I||_F = {}", iteration, m.layer(), m.error());
            if (!(m.error() <= bound)) {
                throw new DL4JException(String.format(
                        Locale.ROOT,
                        "Layer %s, iteration %d: expected ||QQ^T - I||_F of at most %.3e, got %.3e. Use"
                                + " Orthonormality.RETRACTION or PARAMETRIZATION, a larger orthonormalityPenalty, or a"
                                + " smaller learning rate.",
                        m.layer(),
                        iteration,
                        bound,
                        m.error()));
            }
        }
    }

    private static Layer[] layersOf(Model model) {
        if (model instanceof MultiLayerNetwork net) {
            return net.getLayers();
        }
        return model instanceof ComputationGraph net ? net.getLayers() : new Layer[0];
    }
}
