package io.github.qrreduction;

import io.github.qrreduction.internal.runtime.RunningLayer;
import io.github.qrreduction.internal.runtime.RunningLayers;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A trainable linear reduction, {@code z = x Q^T (+ b)}: the rows of {@code Q} are the components.
 *
 * <p>The parameter is {@code "Q"}, shape (nOut, nIn), trained by the network's updater like any weight; it is never
 * computed from the input. Input and output:
 *
 * <ul>
 *   <li>[batch, nIn] gives [batch, nOut];
 *   <li>[batch, nIn, time] (NCW) gives [batch, nOut, time], [batch, time, nIn] (NWC) gives [batch, time, nOut]; the
 *       time length may differ from call to call, and masked steps are zero in the output;
 *   <li>convolutional input is flattened by DL4J's own preprocessors, given an InputType.
 * </ul>
 *
 * <p>Arrays have the network's data type (FLOAT, DOUBLE or HALF). By default the rows of {@code Q} start uniform on the
 * Stiefel manifold (orthonormal), drawn from the network's seed; there is no bias; everything else is inherited from
 * the network, as for DL4J's DenseLayer.
 *
 * <p>Errors: {@code DL4JInvalidConfigException} for nOut missing, not positive or larger than nIn, and for nIn that is
 * neither set nor known from an InputType when the network is initialised; {@code DL4JInvalidInputException} for input
 * or masks of the wrong shape.
 *
 * <pre>{@code
 * MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
 *         .updater(new Sgd(0.1))
 *         .list()
 *         .layer(new QRReductionLayer.Builder().nIn(768).nOut(64).build())
 *         .layer(new OutputLayer.Builder().nIn(64).nOut(10).build())
 *         .build();
 * }</pre>
 */
public final class QRReductionLayer extends ComponentLayer {

    private static final long serialVersionUID = 1L;

    /** For Jackson only. */
    private QRReductionLayer() {}

    private QRReductionLayer(Builder builder) {
        super(builder);
    }

    @Override
    public SDVariable defineLayer(
            SameDiff sameDiff, SDVariable layerInput, Map<String, SDVariable> paramTable, SDVariable mask) {
        SDVariable z = sameDiff.mmul(layerInput, paramTable.get(COMPONENTS_KEY), false, true, false);
        return hasBias() ? z.add(paramTable.get(BIAS_KEY)) : z;
    }

    @Override
    public long outputSize() {
        return getNOut();
    }

    /**
     * Brings the components of a network's layers with {@link Orthonormality#RETRACTION}, of this kind and of
     * {@code QRReconstructionLayer}, back to the nearest orthonormal matrices (polar factors): after parameters were
     * averaged, set as a vector, or written to in place. Where they are orthonormal already, nothing changes. The next
     * training step does the same by itself; call this before using such a network without training.
     *
     * @param net the network, changed in place
     * @throws org.deeplearning4j.exception.DL4JException if a matrix has no nearest orthonormal one: it is singular, or
     *     not finite
     */
    public static void restore(MultiLayerNetwork net) {
        RunningLayers.of(net.getLayers()).forEach(RunningLayer::restore);
    }

    /**
     * As {@link #restore(MultiLayerNetwork)}.
     *
     * @param net the network, changed in place
     * @throws org.deeplearning4j.exception.DL4JException if a matrix has no nearest orthonormal one
     */
    public static void restore(ComputationGraph net) {
        RunningLayers.of(net.getLayers()).forEach(RunningLayer::restore);
    }

    /**
     * How far from orthonormal the components are that a network's layers with {@link Orthonormality#RETRACTION}, of
     * both kinds, compute with now: after an averaging of parameters, say, before {@link #restore(MultiLayerNetwork)}.
     *
     * @param net the network, not modified
     * @return the largest {@code ||Q Q^T - I||_F} of these layers, measured in float64; 0 where there are none
     * @throws IllegalStateException if the network is not initialised
     */
    public static double orthonormalityError(MultiLayerNetwork net) {
        return RunningLayers.largestError(net.getLayers());
    }

    /**
     * As {@link #orthonormalityError(MultiLayerNetwork)}.
     *
     * @param net the network, not modified
     * @return the largest error; 0 where there are no such layers
     * @throws IllegalStateException if the network is not initialised
     */
    public static double orthonormalityError(ComputationGraph net) {
        return RunningLayers.largestError(net.getLayers());
    }

    /** Builder of a {@link QRReductionLayer}; nOut is the one option that must be set. */
    @SuppressWarnings("unchecked") // DL4J declares <E extends Layer> E build()
    public static final class Builder extends ComponentLayerBuilder<Builder> {

        /** All options at their defaults. */
        public Builder() {}

        @Override
        public QRReductionLayer build() {
            return new QRReductionLayer(this);
        }
    }
}
