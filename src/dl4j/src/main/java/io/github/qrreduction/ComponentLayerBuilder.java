package io.github.qrreduction;

import java.util.List;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.distribution.Distribution;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * The options that the layers of this library share: those of DL4J's {@code DenseLayer.Builder}, and the data format of
 * sequences. Every method returns the builder that it was called on.
 *
 * @param <T> the builder itself
 */
public abstract sealed class ComponentLayerBuilder<T extends ComponentLayerBuilder<T>> extends SameDiffLayer.Builder<T>
        permits QRReductionLayer.Builder, QRReconstructionLayer.Builder {

    long nIn;
    long nOut;
    boolean hasBias;
    double biasInit = Double.NaN;
    IWeightInit weightInitFn;
    IWeightNoise weightNoise;
    RNNFormat dataFormat = RNNFormat.NCW;
    Orthonormality orthonormality = Orthonormality.NONE;
    double orthonormalityPenalty;
    GradientNormalization gradientNormalization;
    double gradientNormalizationThreshold = Double.NaN;

    /** All options at their defaults. */
    ComponentLayerBuilder() {}

    @SuppressWarnings("unchecked")
    private T self() {
        return (T) this;
    }

    List<Regularization> regularizations() {
        return regularization;
    }

    List<Regularization> biasRegularizations() {
        return regularizationBias;
    }

    /**
     * Number of inputs. Default 0: taken from the network's InputType.
     *
     * @param nIn inputs per example (and time step)
     * @return this
     */
    public T nIn(long nIn) {
        this.nIn = nIn;
        return self();
    }

    /**
     * The same as {@link #nIn(long)}, in scikit-learn's and PyTorch's words.
     *
     * @param inputSize inputs per example (and time step)
     * @return this
     */
    public T inputSize(long inputSize) {
        return nIn(inputSize);
    }

    /**
     * Number of components, at most nIn. No default.
     *
     * @param nOut number of components
     * @return this
     */
    public T nOut(long nOut) {
        this.nOut = nOut;
        return self();
    }

    /**
     * The same as {@link #nOut(long)}, in scikit-learn's words.
     *
     * @param nComponents number of components
     * @return this
     */
    public T nComponents(long nComponents) {
        return nOut(nComponents);
    }

    /**
     * Whether to add a bias, parameter "b". Default false.
     *
     * @param hasBias true for a bias
     * @return this
     */
    public T hasBias(boolean hasBias) {
        this.hasBias = hasBias;
        return self();
    }

    /**
     * What the bias starts from. Default: the network's, which is 0.
     *
     * @param biasInit initial value of each bias
     * @return this
     */
    public T biasInit(double biasInit) {
        this.biasInit = biasInit;
        return self();
    }

    /**
     * Whether the components are kept orthonormal, and how. Default {@link Orthonormality#NONE}.
     *
     * <p>With RETRACTION, L2 and weight decay mean nothing for Q (its norm is fixed): they are left out of score and
     * step, with one warning.
     *
     * @param orthonormality the mode
     * @return this
     */
    public T orthonormality(Orthonormality orthonormality) {
        if (orthonormality == null) {
            throw new IllegalArgumentException("expected orthonormality NONE, RETRACTION or PARAMETRIZATION, got null");
        }
        this.orthonormality = orthonormality;
        return self();
    }

    /**
     * Adds {@code lambda ||QQ^T - I||_F^2} of the raw parameter to the score, and its gradient
     * {@code 4 lambda (QQ^T - I) Q}. Default 0: none.
     *
     * @param lambda weight of the penalty, at least 0
     * @return this
     */
    public T orthonormalityPenalty(double lambda) {
        if (!(lambda >= 0) || Double.isInfinite(lambda)) {
            throw new IllegalArgumentException("expected a finite orthonormalityPenalty >= 0, got " + lambda);
        }
        this.orthonormalityPenalty = lambda;
        return self();
    }

    /**
     * Layout of rank-3 input where no recurrent InputType says it. Default {@link RNNFormat#NCW}, [batch, size, time].
     *
     * @param dataFormat the layout; a recurrent InputType's own format takes precedence
     * @return this
     */
    public T dataFormat(RNNFormat dataFormat) {
        if (dataFormat == null) {
            throw new IllegalArgumentException("expected dataFormat NCW or NWC, got null");
        }
        this.dataFormat = dataFormat;
        return self();
    }

    /**
     * How the components start. Default: rows uniform on the Stiefel manifold. The network's global weight
     * initialisation is not used: it scales for activations, not for a basis.
     *
     * @param weightInit one of DL4J's schemes, but {@link WeightInit#DISTRIBUTION}
     * @return this
     */
    @Override
    public T weightInit(WeightInit weightInit) {
        if (weightInit == WeightInit.DISTRIBUTION) {
            throw new UnsupportedOperationException(
                    "expected a distribution, for example weightInit(new NormalDistribution(0, 1)), got"
                            + " WeightInit.DISTRIBUTION, which names none");
        }
        return weightInit(weightInit.getWeightInitFunction());
    }

    /**
     * How the components start, by a function of the user's.
     *
     * @param weightInit draws a (nOut, nIn) matrix with fan-in nIn and fan-out nOut
     * @return this
     */
    public T weightInit(IWeightInit weightInit) {
        this.weightInitFn = weightInit;
        return self();
    }

    /**
     * How the components start, by a distribution: {@code new NormalDistribution(0, 1)} is PyTorch's {@code randn}.
     *
     * @param distribution of each entry
     * @return this
     */
    public T weightInit(Distribution distribution) {
        return weightInit(new WeightInitDistribution(distribution));
    }

    /** SameDiff's form with a parameter's key; the only weight parameter here is "Q". */
    @Override
    public T weightInit(String param, IWeightInit weightInit) {
        if (!ComponentLayer.COMPONENTS_KEY.equals(param)) {
            throw new IllegalArgumentException(
                    "expected the weight parameter \"Q\", got \"" + param + "\" (for the bias use biasInit)");
        }
        return weightInit(weightInit);
    }

    /**
     * Noise on the parameters in training, such as DropConnect. Default: the network's.
     *
     * @param weightNoise the noise
     * @return this
     */
    public T weightNoise(IWeightNoise weightNoise) {
        this.weightNoise = weightNoise;
        return self();
    }

    /**
     * Normalisation or clipping of this layer's gradients. Default: the network's.
     *
     * @param gradientNormalization the kind
     * @return this
     */
    public T gradientNormalization(GradientNormalization gradientNormalization) {
        this.gradientNormalization = gradientNormalization;
        return self();
    }

    /**
     * Threshold of the clipping kinds of {@link #gradientNormalization}. Default: the network's.
     *
     * @param threshold the threshold
     * @return this
     */
    public T gradientNormalizationThreshold(double threshold) {
        this.gradientNormalizationThreshold = threshold;
        return self();
    }

    @Override
    public T weightDecay(double coefficient) {
        return weightDecay(coefficient, true);
    }

    @Override
    public T weightDecay(double coefficient, boolean applyLR) {
        super.weightDecay(coefficient, applyLR);
        return self();
    }

    @Override
    public T weightDecayBias(double coefficient) {
        return weightDecayBias(coefficient, true);
    }

    @Override
    public T weightDecayBias(double coefficient, boolean applyLR) {
        super.weightDecayBias(coefficient, applyLR);
        return self();
    }

    @Override
    public T regularization(List<Regularization> regularization) {
        super.regularization(regularization);
        return self();
    }

    @Override
    public T regularizationBias(List<Regularization> regularizationBias) {
        super.regularizationBias(regularizationBias);
        return self();
    }
}
