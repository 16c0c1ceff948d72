package io.github.qrreduction.internal.stiefel;

import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The polar factor: the matrix with orthonormal rows that is nearest to W in the Frobenius norm,
 * {@code (W W^T)^(-1/2) W} for W (k, n), k &lt;= n, of full rank.
 *
 * <p>{@code W = R^T Q} first, then Newton-Schulz iterations {@code X <- (3 X - X X^T X) / 2} on the k x k matrix
 * {@code R^T / ||R||_2}, in float64 (Higham, Functions of Matrices, SIAM 2008, chapter 8). O(n k^2) time and O(n k)
 * memory, and some 1.7 log2(cond(W)) + 5 iterations of O(k^3) time.
 */
public final class PolarFactor {
    /** More than rows whose lengths differ by 1e60 can need. */
    private static final int MAX_ITERATIONS = 400;

    /** From here on the error squares itself with each iteration, down to rounding. */
    private static final double QUADRATIC = 1e-8;

    private PolarFactor() {}

    /**
     * The nearest matrix with orthonormal rows.
     *
     * @param w (k, n) matrix, k &lt;= n, any order, possibly a view; FLOAT, DOUBLE or HALF; not modified
     * @return the polar factor, a new 'c' array of W's type outside any workspace; W itself to rounding where W has
     *         orthonormal rows
     * @throws IllegalArgumentException if W has another shape, an entry that is NaN or infinite, or rows that are
     *         linearly dependent to rounding, where more than one matrix is nearest: scaled to length 1, they have a
     *         singular value below eps sqrt(n) (eps = 2^-52 for DOUBLE, 2^-23 for the other types)
     */
    public static INDArray of(INDArray w) {
        Rows.requireWide(w, "W");
        int k = w.rows();
        try (Scratch scratch = new Scratch()) {
            INDArray rows = scratch.matrix(DataType.DOUBLE, k, w.columns());
            Factorisation factorisation =
                    Factorisation.of(scratch, scratch.dense(w, DataType.DOUBLE), rows, w.dataType(), "W");
            double largest = requireFullRank(scratch, factorisation, w);
            INDArray lower = scratch.matrix(DataType.DOUBLE, k, k);
            lower.assign(scratch.square(DataType.DOUBLE, factorisation.r(), k).transpose());
            lower.divi(largest);
            INDArray nearest = scratch.matrix(DataType.DOUBLE, k, w.columns());
            scratch.multiply(newtonSchulz(scratch, lower), rows, nearest, false, false, 1, 0);
            INDArray result = Scratch.result(w.dataType(), k, w.columns());
            result.assign(nearest);
            return result;
        }
    }

    /** Dependence is about angles: of rows scaled to length 1. Returns the largest singular value of W itself. */
    private static double requireFullRank(Scratch scratch, Factorisation factorisation, INDArray w) {
        int k = w.rows();
        double[] r = factorisation.r();
        double smallest = 0;
        if (factorisation.hasInverse()) {
            double[] inverse = Triangular.inverseOfTransposed(Triangular.withUnitColumns(r, k), k);
            smallest = 1 / spectralNorm(scratch, scratch.square(DataType.DOUBLE, inverse, k), false);
        }
        double bound = Rows.smallestSine(w.dataType(), w.columns());
        if (!(smallest >= bound)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the rows of W are linearly dependent, so that more than one orthonormal matrix is nearest:"
                            + " expected a smallest singular value of at least %.3e once rows have length 1, got %.3e",
                    bound,
                    smallest));
        }
        return spectralNorm(scratch, scratch.square(DataType.DOUBLE, r, k), true);
    }

    private static double spectralNorm(Scratch scratch, INDArray a, boolean columns) {
        int k = a.rows();
        INDArray gram = scratch.matrix(DataType.DOUBLE, k, k);
        scratch.multiply(a, a, gram, columns, !columns, 1, 0);
        INDArray eigenvalues = scratch.matrix(DataType.DOUBLE, 1, k).reshape(k);
        // Symmetric, so that its transposed view, in LAPACK's column order, is the same matrix.
        int status = Nd4j.getBlasWrapper().lapack().syev('N', 'U', gram.transpose(), eigenvalues);
        if (status != 0) {
            throw new IllegalStateException("LAPACK's syev failed with status " + status);
        }
        return Math.sqrt(eigenvalues.getDouble(k - 1));
    }

    private static INDArray newtonSchulz(Scratch scratch, INDArray start) {
        int k = start.rows();
        INDArray x = start;
        INDArray next = scratch.matrix(DataType.DOUBLE, k, k);
        INDArray gram = scratch.matrix(DataType.DOUBLE, k, k);
        INDArray identity = Nd4j.eye(k).castTo(DataType.DOUBLE);
        double error = Double.POSITIVE_INFINITY;
        for (int i = 0; i < MAX_ITERATIONS; i++) {
            scratch.multiply(x, x, gram, false, true, 1, 0);
            gram.subi(identity);
            double previous = error;
            error = gram.norm2Number().doubleValue();
            // Quadratic convergence ends at the rounding level, where the error no longer falls.
            if (error < QUADRATIC && error >= previous / 2) {
                break;
            }
            next.assign(x);
            scratch.multiply(gram, x, next, false, false, -0.5, 1);
            INDArray last = x;
            x = next;
            next = last;
        }
        return x;
    }
}
