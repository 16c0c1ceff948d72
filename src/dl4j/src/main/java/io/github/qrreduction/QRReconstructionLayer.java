package io.github.qrreduction;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Reduction and its way back in one layer, {@code y = x Q^T Q (+ b)}: unsupervised reduction is {@code fit} with labels
 * = features and a mean-squared-error loss.
 *
 * <p>Both factors are the one parameter {@code "Q"}, shape (nOut, nIn), truly tied; {@code "b"}, with
 * {@code hasBias(true)}, has length nIn. Input and output have the same shape: [batch, nIn], or sequences of size nIn
 * as {@link QRReductionLayer} takes them. With orthonormal rows {@code Q^T Q} is the orthogonal projector onto the
 * components' span, and the optimum under squared error on centred data is PCA's (Baldi, Hornik, Neural Networks 2,
 * 1989). nOut is the number of components, not the width of the output. Everything else is as in
 * {@link QRReductionLayer}.
 */
public final class QRReconstructionLayer extends ComponentLayer {

    private static final long serialVersionUID = 1L;

    /** For Jackson only. */
    private QRReconstructionLayer() {}

    private QRReconstructionLayer(Builder builder) {
        super(builder);
    }

    @Override
    public SDVariable defineLayer(
            SameDiff sameDiff, SDVariable layerInput, Map<String, SDVariable> paramTable, SDVariable mask) {
        SDVariable q = paramTable.get(COMPONENTS_KEY);
        SDVariable z = sameDiff.mmul(layerInput, q, false, true, false);
        SDVariable y = sameDiff.mmul(z, q);
        return hasBias() ? y.add(paramTable.get(BIAS_KEY)) : y;
    }

    @Override
    public long outputSize() {
        return getNIn();
    }

    /** Builder of a {@link QRReconstructionLayer}; nOut (nComponents) is the one option that must be set. */
    @SuppressWarnings("unchecked") // DL4J declares <E extends Layer> E build()
    public static final class Builder extends ComponentLayerBuilder<Builder> {

        /** All options at their defaults. */
        public Builder() {}

        @Override
        public QRReconstructionLayer build() {
            return new QRReconstructionLayer(this);
        }
    }
}
