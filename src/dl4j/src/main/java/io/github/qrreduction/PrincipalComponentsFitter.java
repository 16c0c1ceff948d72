package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Workspaces;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Settings of a fit of {@link PrincipalComponents}; made by {@link PrincipalComponents#fitter()}. By default sequences
 * are in NCW format and nobody is told about progress. Not safe for concurrent use.
 */
public final class PrincipalComponentsFitter {
    private RNNFormat format = RNNFormat.NCW;
    private LongConsumer listener = seen -> {};

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
     * @param listener called after each batch with the number of samples so far
     * @return this
     */
    public PrincipalComponentsFitter listener(LongConsumer listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
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
        return Workspaces.outside(() -> {
            CovarianceAccumulator[] accumulator = {null};
            samples.forEachBlock(format, listener, block -> {
                if (accumulator[0] == null) {
                    count.requireAtMost(block.columns());
                    CovarianceMemory.require(block.columns());
                    accumulator[0] = new CovarianceAccumulator(block.columns());
                }
                accumulator[0].addOverwriting(block);
            });
            return new PrincipalComponents(accumulator[0], count, format);
        });
    }
}
