package io.github.qrreduction;

import io.github.qrreduction.internal.pca.Centring;
import java.io.Serializable;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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

    private final int columns;
    private long count;
    private INDArray shift;
    /** The mean of x - shift, [n], as shift is. */
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
            shift = detached(columns).assign(block.getRow(0));
            shiftedMean = detached(columns).assign(0);
            gram = detached(columns, columns).assign(0);
        }
        Centring.subtract(block, shift);
        INDArray mean = Centring.means(block);
        Centring.subtract(block, mean);
        Centring.addInnerProducts(block, gram);
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
            shift = detached(columns).assign(other.shift);
            shiftedMean = detached(columns).assign(other.shiftedMean);
            gram = detached(columns, columns).assign(other.gram);
            return;
        }
        gram.addi(other.gram);
        combine(other.count, other.shift.sub(shift).addi(other.shiftedMean).subi(shiftedMean));
    }

    /** The mean, a new [n] array. */
    INDArray mean() {
        return shift.add(shiftedMean);
    }

    /**
     * The covariance, divisor count - 1, a new [n, n] array in 'f' order, undefined above the diagonal.
     *
     * @throws IllegalArgumentException if it overflows
     */
    INDArray lowerCovariance() {
        return covariance(gram.dup('f'));
    }

    /** The same in place of the Gram matrix: nothing can be added afterwards. */
    INDArray intoLowerCovariance() {
        return covariance(gram);
    }

    private INDArray covariance(INDArray sums) {
        requireFiniteSums(sums);
        return sums.divi(count - 1);
    }

    /**
     * The second moments about zero, divisor count, in place of the Gram matrix: {@code Gram / count + mean^T mean}.
     *
     * @throws IllegalArgumentException if they overflow
     */
    INDArray intoLowerSecondMoments() {
        Centring.addInnerProduct((double) count, mean(), gram);
        requireFiniteSums(gram);
        return gram.divi(count);
    }

    private static void requireFiniteSums(INDArray sums) {
        for (int i = 0; i < sums.rows(); i++) {
            requireFiniteSum(sums.getDouble(i, i), i);
        }
    }

    /** What lies beside the diagonal is never larger than what lies on it, so only that needs a look. */
    static void requireFiniteSum(double sumOfSquares, int column) {
        if (!Double.isFinite(sumOfSquares)) {
            throw overflow(column);
        }
    }

    static IllegalArgumentException overflow(int column) {
        return new IllegalArgumentException("expected values whose squares have a sum below " + Double.MAX_VALUE
                + ", got larger ones in column " + column);
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
        Centring.addInnerProduct(weight, difference, gram);
        count += m;
    }

    private static INDArray detached(int... shape) {
        return Nd4j.createUninitializedDetached(
                DataType.DOUBLE, 'f', Arrays.stream(shape).asLongStream().toArray());
    }
}
