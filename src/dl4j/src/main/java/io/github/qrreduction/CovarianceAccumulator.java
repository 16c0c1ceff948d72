package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Products;
import java.io.Serializable;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Count, mean and centred Gram matrix {@code sum_i (x_i - mean)^T (x_i - mean)} of samples that come in blocks, in
 * float64 and O(n^2) memory.
 *
 * <p>All samples are first shifted by the first one, an exact subtraction where the mean is large against the spread;
 * each block is centred by its own mean, and the parts are combined by the formula for pooled moments (Chan, Golub,
 * LeVeque 1979, <i>Updating formulae and a pairwise algorithm for computing sample variances</i>). Accumulators of
 * parts of the data can be {@linkplain #merge merged}, so a cluster may do the parts. Not safe for concurrent use.
 */
final class CovarianceAccumulator implements Serializable {
    private static final long serialVersionUID = 1L;
    /**
     * Columns for which the Gram matrix is formed at a time, at most; only what lies on or below the diagonal is
     * formed. Narrower panels would leave out more of what is not needed, but multiply more slowly.
     */
    private static final int MAX_PANEL = 200;

    private final int columns;
    private long count;
    private INDArray shift;
    /** The mean of x - shift, [1, n]. */
    private INDArray shiftedMean;
    /** [n, n] in 'f' order; what lies above the diagonal is undefined. */
    private INDArray gram;

    CovarianceAccumulator(int columns) {
        this.columns = columns;
    }

    long count() {
        return count;
    }

    /** Adds the rows of a matrix [m, n] of any type, which is not modified. */
    void add(INDArray rows) {
        addOverwriting(
                rows.dataType() == DataType.DOUBLE
                        ? rows.dup('c')
                        : rows.castTo(DataType.DOUBLE).dup('c'));
    }

    /** Adds the rows of a DOUBLE matrix [m, n] in 'c' order, m &gt; 0, and leaves others in their place. */
    void addOverwriting(INDArray block) {
        if (shift == null) {
            shift = detached(1, columns).assign(block.getRow(0, true));
            shiftedMean = detached(1, columns).assign(0);
            gram = detached(columns, columns).assign(0);
        }
        block.subi(shift);
        INDArray mean = block.mean(true, 0);
        block.subi(mean);
        addGram(block, gram);
        combine(block.rows(), mean.subi(shiftedMean));
    }

    /** Adds all samples that another accumulator has seen; the other is not modified. */
    void merge(CovarianceAccumulator other) {
        if (other.columns != columns) {
            throw new IllegalArgumentException(
                    "expected an accumulator of " + columns + " columns, got one of " + other.columns);
        }
        if (other.count == 0) {
            return;
        }
        if (count == 0) {
            count = other.count;
            shift = detached(1, columns).assign(other.shift);
            shiftedMean = detached(1, columns).assign(other.shiftedMean);
            gram = detached(columns, columns).assign(other.gram);
            return;
        }
        gram.addi(other.gram);
        combine(other.count, other.shift.sub(shift).addi(other.shiftedMean).subi(shiftedMean));
    }

    /** The mean, a new [n] array. */
    INDArray mean() {
        return shift.add(shiftedMean).reshape(columns);
    }

    /**
     * The covariance, divisor count - 1, a new [n, n] array in 'f' order, undefined above the diagonal.
     *
     * @throws IllegalArgumentException if it overflows
     */
    INDArray lowerCovariance() {
        for (int i = 0; i < columns; i++) {
            requireFiniteSum(gram.getDouble(i, i), i);
        }
        return gram.dup('f').divi(count - 1);
    }

    /**
     * The second moments about zero, divisor count, as {@link #lowerCovariance}: {@code Gram / count + mean^T mean}.
     *
     * @throws IllegalArgumentException if they overflow
     */
    INDArray lowerSecondMoments() {
        INDArray mean = mean().reshape('c', 1, columns);
        INDArray moments = gram.dup('f');
        addGram(mean.mul(Math.sqrt((double) count)), moments);
        for (int i = 0; i < columns; i++) {
            requireFiniteSum(moments.getDouble(i, i), i);
        }
        return moments.divi(count);
    }

    /** What lies beside the diagonal is never larger than what lies on it, so only that needs a look. */
    static void requireFiniteSum(double sumOfSquares, int column) {
        if (!Double.isFinite(sumOfSquares)) {
            throw new IllegalArgumentException("expected values whose squares have a sum below " + Double.MAX_VALUE
                    + ", got larger ones in column " + column);
        }
    }

    /** The same in Java's memory; the native memory is given back, so this accumulator ends here. */
    SampleMoments moments(RNNFormat format) {
        SampleMoments moments = SampleMoments.of(count, shift, shiftedMean, gram, format);
        shift.close();
        shiftedMean.close();
        gram.close();
        return moments;
    }

    /** Counts m samples whose own Gram matrix has been added and whose mean differs from ours by the given row. */
    private void combine(long m, INDArray difference) {
        double weight = count * (double) m / (count + m);
        shiftedMean.addi(difference.mul(m / (double) (count + m)));
        addGram(difference.mul(Math.sqrt(weight)), gram);
        count += m;
    }

    private void addGram(INDArray rows, INDArray sum) {
        int panels = (columns + MAX_PANEL - 1) / MAX_PANEL;
        int width = (columns + panels - 1) / panels;
        for (int from = 0; from < columns; from += width) {
            int to = Math.min(columns, from + width);
            Products.addTransposed(
                    rows.get(NDArrayIndex.all(), NDArrayIndex.interval(from, columns)),
                    rows.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)),
                    sum.get(NDArrayIndex.interval(from, columns), NDArrayIndex.interval(from, to)));
        }
    }

    private static INDArray detached(int rows, int columns) {
        return Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', rows, columns);
    }
}
