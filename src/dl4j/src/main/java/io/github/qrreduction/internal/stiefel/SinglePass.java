package io.github.qrreduction.internal.stiefel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * CholeskyQR in float32 for a FLOAT matrix whose rows are nearly orthonormal, as after a training step: half the
 * arithmetic of {@link Factorisation}, and no copies in float64.
 *
 * <p>It leaves an orthonormality error of some {@code 1e-7 sqrt(k) cond(W)^2} (1.2e-6 at 64 x 768), at any width: the
 * Gram matrix's products run over {@link #BLOCK} columns in float32, and their sums in float64.
 */
final class SinglePass {
    /**
     * Columns of a float32 product. The error grows with them where OpenBLAS adds up in one chain, as its kernels for
     * AVX-512 do: 1.9e-6 at 64 x 768 with 384 columns, 1.2e-6 with 256.
     */
    private static final int BLOCK = 256;
    /** Rows up to which that error is storage's own rounding twice or thrice. */
    private static final int ROWS = 128;
    /** Bound of cond(W)^2, as estimated: what is larger belongs to float64. Twice as much would do no harm yet. */
    private static final double CONDITION = 4;
    /** Bound of the Gram matrix's norm, and of its inverse's, beyond which squares may overflow or lose digits. */
    private static final double LARGE = 1e20;
    /** How much further from the identity than W's the Gram matrix may be by the rounding of products. */
    private static final double ROUNDING = 4;

    private final Scratch scratch;
    private final INDArray w;
    private final int k;
    private final double[] gram;

    /**
     * Takes the Gram matrix.
     *
     * @param w dense matrix in 'c' order that {@linkplain #suits suits}, not modified
     */
    SinglePass(Scratch scratch, INDArray w) {
        this.scratch = scratch;
        this.w = w;
        this.k = w.rows();
        this.gram = gram();
    }

    /** Whether W's rows may be orthonormal to rounding, which only float64 can tell. To be asked before the factor. */
    boolean mayBeOrthonormal() {
        return Factorisation.isIdentity(gram, k, ROUNDING * Rows.epsilon(DataType.FLOAT));
    }

    /** Whether the type and the number of rows are for a single pass. */
    static boolean suits(INDArray w) {
        return w.dataType() == DataType.FLOAT && w.rows() <= ROWS;
    }

    /**
     * Writes the QR factor of W, {@code W = R^T Q} with diag(R) &gt; 0, into {@code q}. To be called once.
     *
     * @param q dense FLOAT matrix in 'c' order of W's shape, another array
     * @return null, with q as it was, where W is too far from orthonormal, or not finite
     */
    Factorisation factor(INDArray q) {
        double norm = Triangular.maxRowSum(gram, k);
        if (!(norm <= LARGE && norm >= 1 / LARGE) || !Triangular.cholesky(gram, k)) {
            return null;
        }
        double[] inverse = Triangular.inverseOfTransposed(gram, k);
        // The bound costs less than the estimate, and is all that is needed after a step of RETRACTION.
        if (!(norm * Triangular.squaredNormBound(inverse, k) <= CONDITION)
                && !(Triangular.squaredNormEstimate(gram, k) * Triangular.squaredNormEstimate(inverse, k)
                        <= CONDITION)) {
            return null;
        }
        scratch.multiply(scratch.square(DataType.FLOAT, inverse, k), w, q, false, false, 1, 0);
        return new Factorisation(gram, inverse);
    }

    private double[] gram() {
        double[] sum = new double[k * k];
        for (long from = 0; from < w.columns(); from += BLOCK) {
            INDArray block =
                    w.get(NDArrayIndex.all(), NDArrayIndex.interval(from, Math.min(w.columns(), from + BLOCK)));
            double[] part = scratch.outerProducts(block, block);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += part[i];
            }
        }
        return sum;
    }
}
