package io.github.qrreduction.internal.lapack;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The largest eigenvalues of a symmetric matrix, with eigenvectors to the first of them.
 *
 * @param values falling, at least as many as there are vectors: all that were computed
 * @param vectors DOUBLE [k, n] in 'c' order, orthonormal rows with signs as {@link Signs} has them
 * @param trace the sum of all n eigenvalues, those that were not computed too
 * @param residual the largest {@code ||S v - lambda v|| / lambda_1}: as measured, or a bound where all values are known
 */
public record EigenPairs(double[] values, INDArray vectors, double trace, double residual) {

    /** The same values with the first k vectors only. */
    public EigenPairs keep(int k) {
        return k == vectors.rows()
                ? this
                : new EigenPairs(
                        values,
                        vectors.get(NDArrayIndex.interval(0, k), NDArrayIndex.all())
                                .dup('c'),
                        trace,
                        residual);
    }

    /** The same with zeros as the values that follow, up to n of them. */
    public EigenPairs withZeros(int n) {
        return new EigenPairs(Arrays.copyOf(values, n), vectors, trace, residual);
    }
}
