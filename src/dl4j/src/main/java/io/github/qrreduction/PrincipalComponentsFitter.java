package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Workspaces;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Settings of a fit of {@link PrincipalComponents}; made by {@link PrincipalComponents#fitter()}. By default
 * sequences are in NCW format, the mean is subtracted, and nobody is told about progress. Not safe for concurrent use.
 */
public final class PrincipalComponentsFitter {
    private RNNFormat format = RNNFormat.NCW;
    private LongConsumer listener = seen -> {};
    private boolean centred = true;
    private boolean allEigenvalues;
    private long memoryLimit = CovarianceMemory.ofMachine();

    PrincipalComponentsFitter() {}

    /**
     * The format of rank 3 features.
     *
     * @param format NCW (the default) or NWC
     * @return this
     */
    public PrincipalComponentsFitter dataFormat(RNNFormat format) {
        this.format = Objects.requireNonNull(format, "format");
        return this;
    }

    /**
     * Sets a listener that is told about progress.
     *
     * @param listener called after each batch with the number of samples so far; from the first again in each pass,
     *     where several are needed
     * @return this
     */
    public PrincipalComponentsFitter listener(LongConsumer listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Whether the mean is subtracted. About zero, components are the eigenvectors of the second moments
     * {@code sum_i x_i^T x_i / n}: the best subspace for dot products and cosines of the vectors as they are. Then
     * {@link PrincipalComponents#mean} is null, and what is called a variance is a mean square.
     *
     * @param centred true (the default), or false for components about zero
     * @return this
     */
    public PrincipalComponentsFitter centred(boolean centred) {
        this.centred = centred;
        return this;
    }

    /**
     * Finds all eigenvalues, also where the largest alone would take less time: above 2048 columns, or samples if they
     * are fewer. {@link PrincipalComponents#tempered()} needs them.
     *
     * @return this
     */
    public PrincipalComponentsFitter allEigenvalues() {
        this.allEigenvalues = true;
        return this;
    }

    /**
     * How much memory a covariance, or the samples if they are fewer than their columns, may take. Where neither fits,
     * components are found approximately, in several passes over the data; see {@link PrincipalComponents}.
     *
     * @param bytes beyond the data; by default the memory of the machine or container
     * @return this
     * @throws IllegalArgumentException if bytes is negative
     */
    public PrincipalComponentsFitter memoryLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("expected a memory limit of at least 0 bytes, got " + bytes);
        }
        this.memoryLimit = bytes;
        return this;
    }

    /**
     * Fits k components to moments that were taken before. Of the settings, {@link #centred} and
     * {@link #allEigenvalues} count; the moments know the format.
     *
     * @param moments of at least two samples; not modified
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public PrincipalComponents fit(SampleMoments moments, long k) {
        return moments.principalComponents(ComponentCount.of(k), centred, allEigenvalues);
    }

    /**
     * As {@link #fit(SampleMoments, long)}, with the smallest number of components that reaches a share of the
     * variance.
     *
     * @param moments of at least two samples; not modified
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public PrincipalComponents fitForVariance(SampleMoments moments, double shareOfVariance) {
        return moments.principalComponents(ComponentCount.forVariance(shareOfVariance), centred, allEigenvalues);
    }

    /**
     * See {@link PrincipalComponents#fit(DataSetIterator, long)}.
     *
     * @param data features of rank 2, or of rank 3 in the chosen format
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public PrincipalComponents fit(DataSetIterator data, long k) {
        return fit(Samples.of(data), ComponentCount.of(k));
    }

    /**
     * See {@link PrincipalComponents#fitForVariance(DataSetIterator, double)}.
     *
     * @param data features of rank 2, or of rank 3 in the chosen format
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public PrincipalComponents fitForVariance(DataSetIterator data, double shareOfVariance) {
        return fit(Samples.of(data), ComponentCount.forVariance(shareOfVariance));
    }

    /**
     * See {@link PrincipalComponents#fit(MultiDataSetIterator, int, long)}.
     *
     * @param data features of rank 2, or of rank 3 in the chosen format
     * @param input index of the input, from 0
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public PrincipalComponents fit(MultiDataSetIterator data, int input, long k) {
        return fit(Samples.of(data, input), ComponentCount.of(k));
    }

    /**
     * See {@link PrincipalComponents#fitForVariance(MultiDataSetIterator, int, double)}.
     *
     * @param data features of rank 2, or of rank 3 in the chosen format
     * @param input index of the input, from 0
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public PrincipalComponents fitForVariance(MultiDataSetIterator data, int input, double shareOfVariance) {
        return fit(Samples.of(data, input), ComponentCount.forVariance(shareOfVariance));
    }

    /**
     * See {@link PrincipalComponents#fit(INDArray, long)}.
     *
     * @param data rank 2, or rank 3 in the chosen format
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public PrincipalComponents fit(INDArray data, long k) {
        return fit(Samples.of(data), ComponentCount.of(k));
    }

    /**
     * See {@link PrincipalComponents#fitForVariance(INDArray, double)}.
     *
     * @param data rank 2, or rank 3 in the chosen format
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public PrincipalComponents fitForVariance(INDArray data, double shareOfVariance) {
        return fit(Samples.of(data), ComponentCount.forVariance(shareOfVariance));
    }

    private PrincipalComponents fit(Samples samples, ComponentCount count) {
        return Workspaces.outside(
                () -> new ComponentSearch(count, centred, allEigenvalues, memoryLimit, format, listener).in(samples));
    }
}
