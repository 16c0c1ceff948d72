package io.github.qrreduction.internal.stiefel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Stiefel manifold of matrices Q (k, n), k &lt;= n, with orthonormal rows: {@code Q Q^T = I}.
 *
 * <p>FLOAT, DOUBLE and HALF; HALF is computed in FLOAT or better. Arguments may be views in any order and are not
 * modified unless a method says so; new arrays are in 'c' order and outside any workspace. Everything is thin:
 * O(n k^2) time and O(n k) memory. The methods follow Absil, Mahony, Sepulchre, Optimization Algorithms on Matrix
 * Manifolds, Princeton 2008, sections 3.6.1 and 4.1.1, transposed.
 */
public final class Stiefel {
    private Stiefel() {}

    /**
     * Draws from the uniform (Haar) distribution: {@code qf(Z)} of a Gaussian Z, with positive diagonal of R
     * (Mezzadri, How to generate random matrices from the classical compact groups, Notices AMS 54, 2007).
     *
     * <p>Z is drawn in float64 from {@code Nd4j.getRandom()} of the calling thread, so that the draw is the same for
     * all types but for rounding.
     *
     * @param rows k &gt;= 1
     * @param columns n &gt;= k
     * @param type FLOAT, DOUBLE or HALF
     * @return a new (k, n) array with orthonormal rows
     * @throws IllegalArgumentException if the sizes or the type are none of these
     */
    public static INDArray uniform(long rows, long columns, DataType type) {
        if (rows < 1 || rows > columns || !type.isFPType()) {
            throw new IllegalArgumentException("expected 1 <= rows <= columns and a floating-point type, got rows = "
                    + rows + ", columns = " + columns + ", type = " + type);
        }
        try (Scratch scratch = new Scratch()) {
            INDArray gaussian = scratch.dense(Nd4j.randn(DataType.DOUBLE, rows, columns), DataType.DOUBLE);
            INDArray q = scratch.matrix(DataType.DOUBLE, rows, columns);
            Factorisation.of(scratch, gaussian, q, type, "the Gaussian matrix");
            INDArray result = Scratch.result(type, rows, columns);
            result.assign(q);
            return result;
        }
    }

    /**
     * Orthonormality error {@code ||Q Q^T - I||_F}, measured in float64 whatever Q's type.
     *
     * @param q (k, n) matrix, k &lt;= n
     * @return the distance; NaN or infinite for a matrix with such entries
     * @throws IllegalArgumentException if q has another shape
     */
    public static double orthonormalityError(INDArray q) {
        return norm(deviation(q));
    }

    private static double[] deviation(INDArray q) {
        Rows.requireWide(q, "Q");
        try (Scratch scratch = new Scratch()) {
            INDArray exact = scratch.dense(q, DataType.DOUBLE);
            double[] gram = scratch.outerProducts(exact, exact);
            for (int i = 0; i < gram.length; i += q.rows() + 1) {
                gram[i] -= 1;
            }
            return gram;
        }
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    /**
     * Tangent projection in place: turns G into {@code P(G) = G - sym(G Q^T) Q}.
     *
     * @param q (k, n) matrix with orthonormal rows
     * @param g (k, n) matrix, overwritten; fastest in 'c' order and of q's type
     * @throws IllegalArgumentException if the shapes are not these, or an entry of G (or of {@code G Q^T}) is not
     *         finite; then g is left as it is
     */
    public static void projectToTangent(INDArray q, INDArray g) {
        Rows.requireWide(q, "Q");
        Rows.requireSameShape(g, "G", q, "Q");
        DataType type = Rows.computing(g.dataType());
        try (Scratch scratch = new Scratch()) {
            INDArray point = scratch.dense(q, type);
            INDArray projected = scratch.dense(g, type);
            double[] products = scratch.outerProducts(projected, point);
            Rows.requireFinite(products, g, "G", "G Q^T");
            Triangular.symmetrise(products, q.rows());
            scratch.multiply(scratch.square(type, products, q.rows()), point, projected, false, false, -1, 1);
            if (projected != g) {
                g.assign(projected);
            }
        }
    }

    /**
     * QR retraction in the form of a training step that will be subtracted: turns U into {@code Q - qf(Q - U)}.
     *
     * <p>A step too small to change any entry of Q leaves it as it is, bit for bit.
     *
     * @param q (k, n) matrix with orthonormal rows
     * @param update (k, n) matrix of q's type, overwritten; fastest in 'c' order. Undefined after an exception
     * @throws IllegalArgumentException if the shapes are not these, or an entry of {@code q - update} is not finite
     */
    public static void retractUpdate(INDArray q, INDArray update) {
        Rows.requireWide(q, "Q");
        Rows.requireSameShape(update, "the update", q, "Q");
        try (Scratch scratch = new Scratch()) {
            DataType type = Rows.computing(q.dataType());
            INDArray point = scratch.dense(q, type);
            INDArray moved = scratch.dense(update, type);
            Differences.subtract(point, moved, moved);
            INDArray single = scratch.matrix(type, q.rows(), q.columns());
            if (SinglePass.suits(moved)
                    && !Differences.sameValues(point, moved)
                    && new SinglePass(scratch, moved).factor(single) != null) {
                Differences.subtract(point, single, moved);
            } else {
                INDArray factor = scratch.matrix(DataType.DOUBLE, q.rows(), q.columns());
                Factorisation.of(scratch, scratch.dense(moved, DataType.DOUBLE), factor, q.dataType(), "Q - update");
                moved.assign(factor);
                Differences.subtract(point, moved, moved);
            }
            if (moved != update) {
                update.assign(moved);
            }
        }
    }
}
