package io.github.qrreduction.internal.stiefel;

import io.github.qrreduction.internal.lapack.OrthonormalRows;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The float64 core of all QR work here: {@code W = R^T Q} for W (k, n), k &lt;= n, with diag(R) &gt;= 0.
 *
 * <p>CholeskyQR (one product for the Gram matrix, its k x k Cholesky factor and the inverse of that, one product)
 * where the Gram matrix shows that the condition number is small; otherwise Householder reflections, which are
 * orthonormal to rounding whatever W is, also where it is rank deficient. One pass of CholeskyQR leaves
 * {@code ||QQ^T - I||} of the order of u cond(W)^2 (Yamamoto, Nakatsukasa, Yanagisawa, Fukaya, Roundoff error
 * analysis of the CholeskyQR2 algorithm, ETNA 44, 2015), hence the bounds below. Where W's rows are orthonormal to
 * rounding already, which the Gram matrix shows for nothing, Q is W itself and R the identity. O(n k^2) time.
 */
final class Factorisation {
    /** Bound of cond(W)^2 up to which one float64 pass is exact enough for DOUBLE: some 1e-14. */
    private static final double CONDITION_FOR_DOUBLE = 1e2;
    /** The same for types whose storage alone rounds to 6e-8 or worse: some 1e-10. */
    private static final double CONDITION_FOR_FLOAT = 1e6;
    /** Orthonormality error that float64 arithmetic leaves, in units of sqrt(k). */
    private static final double ROUNDING = 8 * Math.ulp(1.0);
    /** Up to here LAPACK takes one column at a time; beyond, by blocks, which are wrong on some processors. */
    private static final int UNBLOCKED = 128;
    /** Exponent of the largest entry beyond which squares might overflow or vanish. */
    private static final int SAFE_EXPONENT = 400;

    private final double[] r;
    private double[] inverse;

    /** From R, and where it is known, the inverse of its transpose. */
    Factorisation(double[] r, double[] inverse) {
        this.r = r;
        this.inverse = inverse;
    }

    /**
     * Writes Q into {@code q}.
     *
     * @param w dense DOUBLE matrix in 'c' order, not modified
     * @param q the same, another array
     * @param storage the type that Q will be rounded to
     * @param name of W, for the message
     * @throws IllegalArgumentException if W has an entry that is not finite
     */
    static Factorisation of(Scratch scratch, INDArray w, INDArray q, DataType storage, String name) {
        int k = w.rows();
        double[] r = scratch.outerProducts(w, w);
        if (isIdentity(r, k, Rows.epsilon(storage))) {
            q.assign(w);
            double[] identity = Triangular.identity(k);
            return new Factorisation(identity, identity);
        }
        double norm = Triangular.maxRowSum(r, k);
        if (!Double.isFinite(norm)) {
            String offender = Rows.firstNonFinite(w);
            if (offender != null) {
                throw new IllegalArgumentException("expected finite entries of " + name + ", got " + offender);
            }
        } else if (Triangular.cholesky(r, k)) {
            double[] inverse = Triangular.inverseOfTransposed(r, k);
            double bound = storage == DataType.DOUBLE ? CONDITION_FOR_DOUBLE : CONDITION_FOR_FLOAT;
            if (norm * Triangular.squaredNormBound(inverse, k) <= bound) {
                scratch.multiply(scratch.square(DataType.DOUBLE, inverse, k), w, q, false, false, 1, 0);
                return new Factorisation(r, inverse);
            }
        }
        return householder(scratch, w, q);
    }

    /** Whether the rounding of storage, or of the arithmetic, explains the Gram matrix's distance from the identity. */
    static boolean isIdentity(double[] gram, int k, double epsilon) {
        double bound = Math.max(epsilon, ROUNDING) * Math.sqrt(k);
        double sum = 0;
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                double deviation = gram[i * k + j] - (i == j ? 1 : 0);
                sum += deviation * deviation;
            }
            if (!(sum <= bound * bound)) {
                return false;
            }
        }
        return true;
    }

    private static Factorisation householder(Scratch scratch, INDArray w, INDArray q) {
        int k = w.rows();
        int exponent = Math.getExponent(w.amaxNumber().doubleValue());
        double scale = Math.abs(exponent) <= SAFE_EXPONENT ? 1 : Math.scalb(1.0, Math.min(1000, -exponent));
        INDArray reflected = scratch.copy(w, DataType.DOUBLE);
        if (scale != 1) {
            reflected.muli(scale);
        }
        INDArray upper = scratch.matrix(DataType.DOUBLE, k, k).transpose();
        if (k > UNBLOCKED && OrthonormalRows.areRightEverywhere()) {
            INDArray rows = OrthonormalRows.of(reflected, upper);
            reflected.assign(rows);
            rows.close();
        } else {
            // The (k, n) matrix in 'c' order is, in memory, the (n, k) matrix in LAPACK's column order.
            Nd4j.getBlasWrapper().lapack().geqrf(reflected.transpose(), upper);
        }
        double[] r = new double[k * k];
        for (int i = 0; i < k; i++) {
            double sign = upper.getDouble(i, i) < 0 ? -1 : 1;
            for (int j = i; j < k; j++) {
                r[i * k + j] = sign * upper.getDouble(i, j) / scale;
            }
            if (sign < 0) {
                reflected.getRow(i).negi();
            }
        }
        q.assign(reflected);
        return new Factorisation(r, null);
    }

    /** Row-major (k, k) upper triangular matrix. */
    double[] r() {
        return r;
    }

    /** Whether no entry of R's diagonal is zero. */
    boolean hasInverse() {
        int k = (int) Math.round(Math.sqrt(r.length));
        for (int i = 0; i < r.length; i += k + 1) {
            if (r[i] == 0) {
                return false;
            }
        }
        return true;
    }

    /** Row-major inverse of R^T, a lower triangular matrix; R must have no zero on its diagonal. */
    double[] inverseOfTransposedR() {
        if (inverse == null) {
            inverse = Triangular.inverseOfTransposed(r, (int) Math.round(Math.sqrt(r.length)));
        }
        return inverse;
    }
}
