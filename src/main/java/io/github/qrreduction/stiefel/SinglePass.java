package io.github.qrreduction.stiefel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * CholeskyQR in float32 for a FLOAT matrix whose rows are nearly orthonormal, as after a training step: half the
 * arithmetic of {@link Factorisation}, and no copies in float64.
 *
 * <p>It leaves an orthonormality error of some {@code 1e-7 sqrt(k) cond(W)^2} (8e-7 at 64 x 768), at any width: the
 * Gram matrix's products run over {@link #BLOCK} columns in float32, and their sums in float64.
 */
final class SinglePass {
    /** Columns of a float32 product. Half as many would halve the error and take another tenth of a millisecond. */
    private static final int BLOCK = 384;
    /** Rows up to which that error is storage's own rounding twice or thrice. */
    private static final int ROWS = 128;
    /** Bound of cond(W)^2, as estimated: what is larger belongs to float64. */
    private static final double CONDITION = 4;

    private SinglePass() {}

    /**
     * Writes the QR factor of W, {@code W = R^T Q} with diag(R) &gt; 0, into {@code q}.
     *
     * @param w dense FLOAT matrix in 'c' order, (k, n) with k &lt;= n, not modified
     * @param q the same, another array
     * @return false, with q undefined, where W has too many rows, is too far from orthonormal, or not finite
     */
    static boolean factor(Scratch scratch, INDArray w, INDArray q) {
        int k = w.rows();
        if (k > ROWS) {
            return false;
        }
        double[] gram = gram(scratch, w);
        if (Factorisation.isIdentity(gram, k, Rows.epsilon(DataType.FLOAT))) {
            q.assign(w);
            return true;
        }
        double norm = Triangular.maxRowSum(gram, k);
        if (!(norm <= CONDITION) || !Triangular.cholesky(gram, k)) {
            return false;
        }
        double[] inverse = Triangular.inverseOfTransposed(gram, k);
        if (!(norm * Triangular.squaredNormBound(inverse, k) <= CONDITION)) {
            return false;
        }
        Scratch.multiply(scratch.square(DataType.FLOAT, inverse, k), w, q, false, false, 1, 0);
        return true;
    }

    private static double[] gram(Scratch scratch, INDArray w) {
        double[] sum = null;
        for (long from = 0; from < w.columns(); from += BLOCK) {
            INDArray block =
                    w.get(NDArrayIndex.all(), NDArrayIndex.interval(from, Math.min(w.columns(), from + BLOCK)));
            double[] part = scratch.outerProducts(block, block);
            if (sum == null) {
                sum = part;
            } else {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += part[i];
                }
            }
        }
        return sum;
    }
}
