package io.github.qrreduction.internal.stiefel;

import io.github.qrreduction.internal.nd4j.HostMemory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The QR factor {@code Q = qf(W)} of a matrix W (k, n), k &lt;= n, and its vector-Jacobian product.
 *
 * <p>{@code W^T = Q^T R} with orthonormal rows of Q (k, n) and an upper triangular R (k, k), diag(R) &gt; 0, which
 * makes the factor unique where W has full rank. Where it has not, Q is still orthonormal (Householder), some r_ii is
 * zero to rounding, and there is no derivative. Where W's rows are orthonormal to rounding, Q is W bit for bit and R
 * the identity. FLOAT, DOUBLE and HALF; the factorisation is computed in float64, or in
 * float32 for FLOAT where W's rows are nearly orthonormal. O(n k^2) time, O(n k) memory.
 * Immutable as long as nobody writes into {@link #q()}; not safe for concurrent calls of {@link #vjp}.
 */
public final class QRFactor {
    private final INDArray q;
    private final Factorisation factorisation;

    private QRFactor(INDArray q, Factorisation factorisation) {
        this.q = q;
        this.factorisation = factorisation;
    }

    /**
     * Factorises W into a new Q.
     *
     * @param w (k, n) matrix, k &lt;= n, any order, possibly a view; not modified
     * @return the factor, its Q a new 'c' array of W's type outside any workspace
     * @throws IllegalArgumentException if W has another shape, or an entry that is NaN or infinite
     */
    public static QRFactor of(INDArray w) {
        Rows.requireWide(w, "W");
        try (Scratch scratch = new Scratch()) {
            return of(scratch, w, Scratch.result(w.dataType(), w.rows(), w.columns()));
        }
    }

    /**
     * Factorises W and writes Q into the given array, which may be W itself.
     *
     * @param w (k, n) matrix, k &lt;= n, any order, possibly a view; not modified unless it is {@code q}
     * @param q where Q goes: (k, n), W's type; the factor refers to it
     * @return the factor
     * @throws IllegalArgumentException if W or q has another shape, or W an entry that is NaN or infinite; then q is
     *         left as it is
     */
    public static QRFactor of(INDArray w, INDArray q) {
        Rows.requireWide(w, "W");
        Rows.requireSameShape(q, "q", w, "W");
        try (Scratch scratch = new Scratch()) {
            return of(scratch, w, q);
        }
    }

    private static QRFactor of(Scratch scratch, INDArray w, INDArray q) {
        if (SinglePass.suits(w) && w != q && Scratch.isDense(w) && Scratch.isDense(q)) {
            SinglePass single = new SinglePass(scratch, w);
            Factorisation factorisation = single.mayBeOrthonormal() ? null : single.factor(q);
            if (factorisation != null) {
                return new QRFactor(q, factorisation);
            }
        }
        INDArray exact = scratch.dense(w, DataType.DOUBLE);
        boolean direct = exact != w && q.dataType() == DataType.DOUBLE && Scratch.isDense(q);
        INDArray factor = direct ? q : scratch.matrix(DataType.DOUBLE, w.rows(), w.columns());
        Factorisation factorisation = Factorisation.of(scratch, exact, factor, w.dataType(), "W");
        if (!direct) {
            q.assign(factor);
        }
        return new QRFactor(q, factorisation);
    }

    /**
     * The orthonormal factor.
     *
     * @return (k, n), of W's type; not a copy
     */
    public INDArray q() {
        return q;
    }

    /**
     * The triangular factor.
     *
     * @return a new (k, k) DOUBLE array, upper triangular, with a positive diagonal where W has full rank
     */
    public INDArray r() {
        INDArray r = Scratch.result(DataType.DOUBLE, q.rows(), q.rows());
        HostMemory.write(r, factorisation.r());
        return r;
    }

    /**
     * How far W's rows are from linearly dependent: the smallest sine of the angle between a row and the span of the
     * rows before it, {@code min_i r_ii / ||w_i||}. The lengths of the rows do not count.
     *
     * @return in [0, 1]; 0 where a row is 0
     */
    public double smallestSine() {
        return Triangular.smallestSine(factorisation.r(), q.rows());
    }

    /**
     * The sine below which Q has no meaningful derivative.
     *
     * @return eps sqrt(n), with eps = 2^-52 for DOUBLE and 2^-23 for the other types
     */
    public double smallestSineBound() {
        return Rows.smallestSine(q.dataType(), q.columns());
    }

    /**
     * Whether the factor can be differentiated: {@code min_i r_ii / ||w_i|| >= eps sqrt(n)}.
     *
     * @return false where W is rank deficient to rounding
     */
    public boolean isDifferentiable() {
        return smallestSine() >= smallestSineBound();
    }

    /**
     * Vector-Jacobian product: the gradient by W of a loss whose gradient by Q is G,
     * {@code dW = R^-1 (G - copyltu(G Q^T) Q)} with {@code copyltu(M) = tril(M) + tril(M,-1)^T}.
     *
     * <p>Walter and Lehmann, arXiv 1009.6112; Seeger et al., Auto-differentiating linear algebra, arXiv 1710.08717,
     * there for W^T. FLOAT and HALF are computed in float32 but for R, which is float64.
     *
     * @param g (k, n) cotangent of Q; not modified unless it is {@code result}
     * @param result (k, n) array that dW is written to; may be g
     * @return {@code result}
     * @throws IllegalArgumentException if g or result has another shape, or g an entry that is NaN or infinite; then
     *         the result is left as it is
     * @throws IllegalStateException if the factor is not {@linkplain #isDifferentiable() differentiable}
     */
    public INDArray vjp(INDArray g, INDArray result) {
        Rows.requireSameShape(g, "the cotangent", q, "Q");
        Rows.requireSameShape(result, "the result", q, "Q");
        if (!isDifferentiable()) {
            throw new IllegalStateException("expected rows at angles to those before with a sine of at least "
                    + smallestSineBound() + ", got " + smallestSine() + ": the QR factor has no derivative");
        }
        int k = q.rows();
        DataType type = Rows.computing(q.dataType());
        try (Scratch scratch = new Scratch()) {
            INDArray factor = scratch.dense(q, type);
            INDArray inner = scratch.copy(g, type);
            double[] mirrored = scratch.outerProducts(inner, factor);
            Rows.requireFinite(mirrored, g, "the cotangent", "its products with the rows of Q");
            Triangular.mirrorLower(mirrored, k);
            scratch.multiply(scratch.square(type, mirrored, k), factor, inner, false, false, -1, 1);
            INDArray inverse = scratch.square(type, factorisation.inverseOfTransposedR(), k);
            boolean direct = result.dataType() == type && Scratch.isDense(result);
            INDArray product = direct ? result : scratch.matrix(type, k, q.columns());
            scratch.multiply(inverse, inner, product, true, false, 1, 0);
            if (!direct) {
                result.assign(product);
            }
            return result;
        }
    }
}
