package io.github.qrreduction;

import io.github.qrreduction.internal.lapack.EigenPairs;
import io.github.qrreduction.internal.nd4j.Workspaces;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Principal component analysis: the k orthonormal directions of largest variance.
 *
 * <p>The components are the eigenvectors of the covariance {@code S = sum_i (x_i - mean)^T (x_i - mean) / (n - 1)} to
 * its k largest eigenvalues, which are their variances (Jolliffe 2002, <i>Principal Component Analysis</i>, section
 * 3.1). Names and numbers are those of scikit-learn's {@code PCA}. How they are found follows from the shape of the n
 * samples of nIn columns:
 *
 * <ul>
 * <li>nIn &lt;= 512, or n &gt; nIn: the covariance in one pass, O(n nIn^2) time and O(nIn^2) memory. Up to 2048 columns
 * all its eigenvalues are found, by reduction to tridiagonal form, O(nIn^3). Above, only the k largest pairs are, by
 * block Lanczos with a checked residual, where that takes less time, and {@code fitForVariance} looks at 64 pairs, then
 * 256, before it finds all.</li>
 * <li>Otherwise the smaller Gram matrix {@code X X^T} [n, n] is decomposed in the same way: O(n^2 nIn + n^3) time. An
 * iterator's samples are kept for that while they are no more than their columns, in float32 if that loses
 * nothing.</li>
 * <li>Where neither that matrix and samples nor the covariance fit into
 * {@linkplain PrincipalComponentsFitter#memoryLimit memory}, or both n and nIn exceed 46340: a randomised range finder
 * with power iterations (Halko, Martinsson, Tropp 2011, <i>Finding structure with randomness</i>) in some 5 to 8 passes
 * over the data, which must be readable again, and O(nIn k) memory. Variances are then a lower bound, in total some
 * 0.1 % below the exact ones, and {@link #residual} says how exact.</li>
 * </ul>
 *
 * <p>In all but the last case eigenvalues above 1e-6 of the first equal those of a full SVD in float64 to 1e-9,
 * relative, and the projector on the components to 1e-7 where the gap after eigenvalue k is above 1e-6 of the first.
 *
 * <ul>
 * <li>Data come as [batch, nIn], or as sequences [batch, nIn, time] (NCW, the default) or [batch, time, nIn] (NWC), of
 * any numeric type and in batches of any size, which the result does not depend on. With a mask, only what is not
 * masked is a sample. Inputs are never modified; an iterator that can be reset is reset first.</li>
 * <li>Sums are taken in float64 of centred values, so no digits are lost where the mean is large against the
 * spread.</li>
 * <li>Eigenvalues below max(nIn, 64) eps times the largest (eps = 2^-52) are 0: rank-deficient data give exact zeros,
 * and components that are still orthonormal. The exception are covariances of columns whose own variances differ by
 * more than nIn max(nIn, 64) eps: independent columns of spread 1e8 and 1 keep both. More components than n - 1 are
 * allowed, with variance 0.</li>
 * <li>Signs are deterministic: the entry of largest magnitude of each component, the first of those that are equal to
 * 1e-4, is positive.</li>
 * <li>Refused, with an {@link IllegalArgumentException}: NaN and infinite values (batch, sample and column are named,
 * from 0), values whose squares overflow, a width that changes, fewer than 2 samples, k outside 1..nIn, a share outside
 * (0, 1], and an iterator that cannot be reset where several passes are needed.</li>
 * <li>A thread that is interrupted ends a fit with a {@link java.util.concurrent.CancellationException} before the
 * next block of samples or columns, its flag still set.</li>
 * </ul>
 * Immutable, and safe for use by several threads.
 */
public final class PrincipalComponents {
    private final Components components;
    /** Null about zero. */
    private final INDArray mean;

    private final long nSamples;
    /** What the fit was told of sequences. */
    private final RNNFormat format;

    /** Falling: all that were computed. */
    private final double[] eigenvalues;

    private final double total;
    private final double residual;
    private final Affine inverse;

    /**
     * What a fit has found.
     *
     * @param eigen of the covariance, or of the second moments about zero
     * @param mean [nIn], or null about zero
     * @param nSamples at least 2
     * @param format of sequences
     */
    PrincipalComponents(EigenPairs eigen, INDArray mean, long nSamples, RNNFormat format) {
        this.nSamples = nSamples;
        this.format = format;
        this.eigenvalues = eigen.values();
        this.total = eigen.trace();
        this.residual = eigen.residual();
        this.mean = mean;
        INDArray matrix = eigen.vectors();
        this.components = Components.of(matrix).withMean(mean).withFormat(format);
        this.inverse = new Affine(matrix, false, null, mean, "z", "k");
    }

    /**
     * Fits k components to the features of an iterator.
     *
     * @param data features of rank 2, or of rank 3 in NCW format
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for data or a k that are refused
     */
    public static PrincipalComponents fit(DataSetIterator data, long k) {
        return fitter().fit(data, k);
    }

    /**
     * Fits the smallest number of components that reaches a share of the variance.
     *
     * @param data features of rank 2, or of rank 3 in NCW format
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for data or a share that are refused
     */
    public static PrincipalComponents fitForVariance(DataSetIterator data, double shareOfVariance) {
        return fitter().fitForVariance(data, shareOfVariance);
    }

    /**
     * Fits k components to one input of an iterator.
     *
     * @param data features of rank 2, or of rank 3 in NCW format
     * @param input index of the input, from 0
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for data, an input or a k that are refused
     */
    public static PrincipalComponents fit(MultiDataSetIterator data, int input, long k) {
        return fitter().fit(data, input, k);
    }

    /**
     * Fits the smallest number of components that reaches a share of the variance of one input of an iterator.
     *
     * @param data features of rank 2, or of rank 3 in NCW format
     * @param input index of the input, from 0
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for data, an input or a share that are refused
     */
    public static PrincipalComponents fitForVariance(MultiDataSetIterator data, int input, double shareOfVariance) {
        return fitter().fitForVariance(data, input, shareOfVariance);
    }

    /**
     * Fits k components to an array.
     *
     * @param data rank 2, or rank 3 in NCW format
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for data or a k that are refused
     */
    public static PrincipalComponents fit(INDArray data, long k) {
        return fitter().fit(data, k);
    }

    /**
     * Fits the smallest number of components that reaches a share of the variance of an array.
     *
     * @param data rank 2, or rank 3 in NCW format
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for data or a share that are refused
     */
    public static PrincipalComponents fitForVariance(INDArray data, double shareOfVariance) {
        return fitter().fitForVariance(data, shareOfVariance);
    }

    /**
     * A fit with other than the default settings.
     *
     * @return a fitter for sequences in NCW format, without listener
     */
    public static PrincipalComponentsFitter fitter() {
        return new PrincipalComponentsFitter();
    }

    /**
     * The components with the mean: {@code components().transform(x)} equals {@code transform(x)}.
     *
     * <p>One a row of a DOUBLE matrix (k, nIn), orthonormal to 1e-12; without bias.
     *
     * @return the components
     */
    public Components components() {
        return components;
    }

    /**
     * The mean of the samples.
     *
     * @return DOUBLE [nIn], a copy; null where the fit was {@linkplain PrincipalComponentsFitter#centred not centred}
     */
    public INDArray mean() {
        return mean == null ? null : mean.dup();
    }

    /** {@return the number of samples in the fit, at least 2} */
    public long nSamples() {
        return nSamples;
    }

    /**
     * The variance of each component, divisor n - 1; about zero the mean square along it, divisor n.
     *
     * @return k values, falling, none negative; a copy
     */
    public double[] explainedVariance() {
        return Arrays.copyOf(eigenvalues, (int) components.nOut());
    }

    /**
     * The variances along principal axes, those that are not kept too: all that were computed.
     *
     * @return nIn values up to 2048 columns, where samples are few, and with
     *     {@link PrincipalComponentsFitter#allEigenvalues()}; else k or more. Falling, none negative; a copy
     */
    public double[] eigenvalues() {
        return eigenvalues.clone();
    }

    /** {@return the variance of the data, summed over their nIn columns: the sum of all nIn eigenvalues} */
    public double totalVariance() {
        return total;
    }

    /**
     * How exact the components are: the largest {@code ||S v - lambda v||} of a component v with variance lambda,
     * relative to the first eigenvalue. Each explained variance differs from an eigenvalue of the covariance S by no
     * more than that, times the first eigenvalue.
     *
     * @return measured, some 1e-14, where only the largest eigenvalues were computed; measured, and larger, where the
     *     covariance did not fit into memory; else LAPACK's bound, max(nIn, 64) eps
     */
    public double residual() {
        return residual;
    }

    /** {@return the share of each component in the total variance: k values in [0, 1], all 0 without variance} */
    public double[] explainedVarianceRatio() {
        return Arrays.stream(explainedVariance())
                .map(v -> total > 0 ? v / total : 0)
                .toArray();
    }

    /**
     * The singular values of the centred data matrix, {@code sqrt((n - 1) variance)}; about zero those of the data
     * matrix, {@code sqrt(n variance)}.
     *
     * @return k values, falling
     */
    public double[] singularValues() {
        return Arrays.stream(explainedVariance())
                .map(v -> Math.sqrt((mean == null ? nSamples : nSamples - 1) * v))
                .toArray();
    }

    /**
     * The components, each scaled by {@code eigenvalue^(-gamma / 2)}: 0 changes nothing, 1 whitens, so that the data of
     * the fit have variance 1 along each. In between, the leading axes count less in a distance or a cosine.
     *
     * <p>Along an axis of eigenvalue 0 the data say nothing about a scale; it gets the smallest factor, that of the
     * first axis. Where all eigenvalues are 0, nothing is scaled.
     *
     * @param gamma in [0, 1]
     * @return new components, with the mean where the fit was centred, and gamma as "gamma" in their metadata; their
     *     {@link Components#inverseTransform} goes back as that of {@link #components()} does
     * @throws IllegalArgumentException for another gamma
     */
    public Components tempered(double gamma) {
        return Tempering.of(components.matrix(), mean, format, explainedVariance(), gamma);
    }

    /**
     * The components, tempered by a gamma that follows from the eigenvalues alone (<i>Spectral Tempering</i>, 2026,
     * arXiv 2603.19339). With {@code noise} the mean of the last tenth of the eigenvalues,
     * {@code snr_i = max(0, eigenvalue_i / noise - 1)}, and the knee of that curve over the first nine tenths by
     * Kneedle, {@code gamma = min(1, snr_k / snr_knee)}. So many components are tempered a little, few much.
     *
     * @return as {@link #tempered(double)}
     * @throws IllegalStateException if the fit did not compute nine tenths of the eigenvalues
     */
    public Components tempered() {
        return tempered(Tempering.gamma(eigenvalues, (int) components.nIn(), total, (int) components.nOut()));
    }

    /**
     * Reduces: {@code z = (x - mean) Q^T}, computed in float64.
     *
     * @param x [batch, nIn] or [nIn]; not modified
     * @return [batch, k] or [k], of x's type, or DOUBLE where x is no floating point array
     * @throws IllegalArgumentException if x has another shape
     */
    public INDArray transform(INDArray x) {
        return components.transform(x);
    }

    /**
     * As {@link #transform(INDArray)} for one vector, without an ND4J call.
     *
     * @param x length nIn; not modified
     * @return length k
     */
    public float[] transform(float[] x) {
        return components.transform(x);
    }

    /**
     * Goes back: {@code x = z Q + mean}, computed in float64.
     *
     * @param z [batch, k] or [k]; not modified
     * @return [batch, nIn] or [nIn], of z's type, or DOUBLE where z is no floating point array
     * @throws IllegalArgumentException if z has another shape
     */
    public INDArray inverseTransform(INDArray z) {
        return inverse.apply(z);
    }

    /**
     * As {@link #inverseTransform(INDArray)} for one vector, without an ND4J call.
     *
     * @param z length k; not modified
     * @return length nIn
     */
    public float[] inverseTransform(float[] z) {
        return inverse.apply(z);
    }

    /**
     * What is lost on the way there and back: the mean over rows of {@code ||x - inverseTransform(transform(x))||^2}.
     * For the data of the fit it is (n - 1) / n times the sum of the eigenvalues that are left out.
     *
     * @param x [batch, nIn], or sequences in the format of the fit; not modified
     * @return squared error a row, summed over the nIn columns
     * @throws IllegalArgumentException if x has another shape, or fewer than two rows
     */
    public double reconstructionError(INDArray x) {
        return reconstructionError(Samples.of(x));
    }

    /**
     * As {@link #reconstructionError(INDArray)}, over the features of an iterator in one pass.
     *
     * @param data features [batch, nIn], or sequences in the format of the fit, with masks; reset first, where it can
     *     be
     * @return squared error a sample, summed over the nIn columns
     * @throws IllegalArgumentException if the data have another width, or fewer than two samples
     */
    public double reconstructionError(DataSetIterator data) {
        return reconstructionError(Samples.of(data));
    }

    private double reconstructionError(Samples samples) {
        double[] sum = {0};
        return Workspaces.outside(() -> {
            long n = samples.forEachBlock(format, seen -> {}, block -> {
                double norm = block.subi(inverseTransform(transform(block)))
                        .norm2Number()
                        .doubleValue();
                sum[0] += norm * norm;
            });
            return sum[0] / n;
        });
    }

    /**
     * Starts a layer from these components, in such a way that it works on data that are not centred: the bias of a
     * reduction becomes {@code -mean Q^T}, that of a reconstruction {@code mean - mean Q^T Q}. A layer without bias
     * gets the components alone.
     *
     * @param net the network, changed in place
     * @param layer index of a QRReductionLayer, a QRReconstructionLayer or a DenseLayer with identity activation
     * @throws IllegalArgumentException if there is no such layer, or its shape differs
     */
    public void copyTo(MultiLayerNetwork net, int layer) {
        NetworkLayer.of(net, layer).setAsStart(components);
    }

    /**
     * As {@link #copyTo(MultiLayerNetwork, int)}, by the layer's name.
     *
     * @param net the network, changed in place
     * @param layer name of the layer
     * @throws IllegalArgumentException as there
     */
    public void copyTo(MultiLayerNetwork net, String layer) {
        NetworkLayer.of(net, layer).setAsStart(components);
    }

    /**
     * As {@link #copyTo(MultiLayerNetwork, int)}, by the layer's name.
     *
     * @param net the network, changed in place
     * @param layer name of the layer
     * @throws IllegalArgumentException as there
     */
    public void copyTo(ComputationGraph net, String layer) {
        NetworkLayer.of(net, layer).setAsStart(components);
    }

    @Override
    public String toString() {
        return "PrincipalComponents(k=" + components.nOut() + ", nIn=" + components.nIn() + ", nSamples=" + nSamples
                + ")";
    }
}
