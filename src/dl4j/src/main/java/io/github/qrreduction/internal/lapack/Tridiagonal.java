package io.github.qrreduction.internal.lapack;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dlarfg;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpteqr;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dstemr;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsterf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsytrd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas.cblas_ddot;
import static org.bytedeco.openblas.global.openblas.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;
import static org.bytedeco.openblas.global.openblas.cblas_dswap;
import static org.bytedeco.openblas.global.openblas.cblas_dsymv;
import static org.bytedeco.openblas.global.openblas.cblas_dsyr2k;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A symmetric matrix as {@code A = Q T Q^T} with T tridiagonal, from which all eigenvalues cost O(n^2), and k
 * eigenvectors O(n k) and the product with Q, {@code 2 n^2 k}.
 *
 * <p>The reduction, {@code 4/3 n^3} operations, is LAPACK's dsytrd (Dongarra, Sorensen, Hammarling 1989, <i>Block
 * reduction of matrices to condensed forms</i>): panels of columns are reduced while the rest is touched by products
 * with one vector only, and the rest follows by one product of matrices. The panels are taken here and not by dsytrd,
 * so that an interrupted thread stops within one of them. Eigenvalues come from dsterf, eigenvectors from dstemr
 * (multiple relatively robust representations, Dhillon and Parlett 2004), both of which LAPACK's dsyevr uses too.
 * Needs {@link OpenBlas}.
 */
final class Tridiagonal implements AutoCloseable {
    private static final int PANEL = BlockReflector.SIZE;
    /** Below this, what is left is done by one call of dsytrd. */
    private static final int REST = 128;

    private static final double ORTHONORMAL = 1e-13;

    private final int n;
    private final INDArray matrix;
    /** The matrix's first number; below the subdiagonal stand the reflectors whose product is Q. */
    private final DoublePointer a;

    private final DoublePointer diagonal;
    private final DoublePointer offDiagonal;
    private final DoublePointer tau;

    /**
     * Reduces a matrix.
     *
     * @param lower DOUBLE 'f' [n, n], of which the lower triangle is read; overwritten, and in use until the end
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    Tridiagonal(INDArray lower) {
        this.n = lower.rows();
        this.matrix = lower;
        this.a = OpenBlas.pointer(lower);
        this.diagonal = new DoublePointer(n);
        this.offDiagonal = new DoublePointer(n);
        this.tau = new DoublePointer(n);
        try {
            reduce();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** All eigenvalues, rising. */
    double[] values() {
        try (DoublePointer d = copy(diagonal);
                DoublePointer e = copy(offDiagonal)) {
            OpenBlas.require("dsterf", n, LAPACKE_dsterf(n, d, e));
            double[] values = new double[n];
            d.get(values);
            return values;
        }
    }

    /**
     * The largest eigenvalues and their eigenvectors.
     *
     * @param values k numbers, filled with the largest eigenvalues, falling
     * @return DOUBLE 'c' [k, n], eigenvectors in rows
     */
    INDArray largest(double[] values) {
        int k = values.length;
        INDArray rows = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', k, n);
        DoublePointer z = OpenBlas.pointer(rows);
        try (DoublePointer d = copy(diagonal);
                DoublePointer e = copy(offDiagonal);
                DoublePointer w = new DoublePointer(n);
                IntPointer found = new IntPointer(1L);
                IntPointer support = new IntPointer(2L * k);
                IntPointer relative = new IntPointer(1L).put(1)) {
            int status = LAPACKE_dstemr(
                    LAPACK_COL_MAJOR,
                    (byte) 'V',
                    (byte) 'I',
                    n,
                    d,
                    e,
                    0,
                    0,
                    n - k + 1,
                    n,
                    found,
                    w,
                    z,
                    n,
                    k,
                    support,
                    relative);
            OpenBlas.require("dstemr", n, status);
            for (int i = 0; i < k; i++) {
                values[i] = w.get(k - 1 - i);
            }
        }
        for (int i = 0; i < k / 2; i++) {
            cblas_dswap(n, at(z, 0, i, n), 1, at(z, 0, k - 1 - i, n), 1);
        }
        INDArray vectors = orthonormal(rows) ? rows : OrthonormalRows.of(rows);
        multiplyByQ(OpenBlas.pointer(vectors), k);
        return vectors;
    }

    /**
     * All pairs of a positive definite matrix, to high relative accuracy as far as T determines them: by the singular
     * values of T's Cholesky factor, LAPACK's dpteqr (Barlow and Demmel 1990, <i>Computing accurate eigensystems of
     * scaled diagonally dominant matrices</i>). Takes some {@code 6 n^3} operations, and cannot be interrupted.
     *
     * @param values n numbers, filled with the eigenvalues, falling
     * @return DOUBLE 'c' [n, n], eigenvectors in rows; null where T is not positive definite to rounding
     */
    INDArray allPositive(double[] values) {
        INDArray rows = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', n, n);
        DoublePointer z = OpenBlas.pointer(rows);
        try (DoublePointer d = copy(diagonal);
                DoublePointer e = copy(offDiagonal)) {
            int status = LAPACKE_dpteqr(LAPACK_COL_MAJOR, (byte) 'I', n, d, e, z, n);
            if (status > 0) {
                return null;
            }
            OpenBlas.require("dpteqr", n, status);
            d.get(values);
        }
        multiplyByQ(z, n);
        return rows;
    }

    /** dstemr was seen to leave 2e-12 at n = 3072, k = 256; the promise is 1e-12. */
    private static boolean orthonormal(INDArray rows) {
        int k = rows.rows();
        INDArray gram =
                Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', k, k).assign(0);
        OpenBlas.addOuterProducts(rows, gram);
        for (int i = 0; i < k; i++) {
            gram.putScalar(i, i, gram.getDouble(i, i) - 1);
        }
        double error = gram.norm2Number().doubleValue();
        gram.close();
        return error <= ORTHONORMAL;
    }

    /** Q is the product of n - 1 reflectors; the first has its 1 in the second row. */
    private void multiplyByQ(DoublePointer z, int k) {
        for (int from = (n - 2) / PANEL * PANEL; n > 1 && from >= 0; from -= PANEL) {
            Interruption.check("the computation of eigenvectors");
            int size = Math.min(PANEL, n - 1 - from);
            try (BlockReflector block =
                    new BlockReflector(at(a, from + 1, from, n), n, n - 1 - from, size, tau.getPointer(from))) {
                block.apply(false, at(z, from + 1, 0, n), n, k);
            }
        }
    }

    @Override
    public void close() {
        diagonal.close();
        offDiagonal.close();
        tau.close();
    }

    @Override
    public String toString() {
        return "Tridiagonal(n=" + n + ", of " + matrix.shapeInfoToString() + ")";
    }

    private void reduce() {
        int from = 0;
        try (DoublePointer w = new DoublePointer((long) n * PANEL)) {
            for (; n - from > REST; from += PANEL) {
                Interruption.check("the reduction of a covariance to tridiagonal form");
                reducePanel(from, w);
            }
        }
        OpenBlas.require(
                "dsytrd",
                n,
                LAPACKE_dsytrd(
                        LAPACK_COL_MAJOR,
                        (byte) 'L',
                        n - from,
                        at(a, from, from, n),
                        n,
                        diagonal.getPointer(from),
                        offDiagonal.getPointer(from),
                        tau.getPointer(from)));
    }

    /** As LAPACK's dlatrd: reduces the columns from.. of what is left, then brings the rest up to date. */
    private void reducePanel(int from, DoublePointer w) {
        int m = n - from;
        DoublePointer rest = at(a, from, from, n);
        for (int i = 0; i < PANEL; i++) {
            int below = m - i - 1;
            if (i > 0) {
                update(below + 1, i, at(rest, i, 0, n), n, at(w, i, 0, m), m, at(rest, i, i, n));
                update(below + 1, i, at(w, i, 0, m), m, at(rest, i, 0, n), n, at(rest, i, i, n));
            }
            DoublePointer v = at(rest, i + 1, i, n);
            DoublePointer scale = tau.getPointer(from + i);
            OpenBlas.require(
                    "dlarfg", below, LAPACKE_dlarfg(below, v, at(rest, Math.min(i + 2, m - 1), i, n), 1, scale));
            offDiagonal.put(from + i, v.get());
            v.put(1);
            DoublePointer product = at(w, i + 1, i, m);
            cblas_dsymv(CblasColMajor, CblasLower, below, 1, at(rest, i + 1, i + 1, n), n, v, 1, 0, product, 1);
            if (i > 0) {
                DoublePointer scratch = at(w, 0, i, m);
                inner(below, i, at(w, i + 1, 0, m), m, v, scratch);
                update(below, i, at(rest, i + 1, 0, n), n, scratch, 1, product);
                inner(below, i, at(rest, i + 1, 0, n), n, v, scratch);
                update(below, i, at(w, i + 1, 0, m), m, scratch, 1, product);
            }
            cblas_dscal(below, scale.get(), product, 1);
            cblas_daxpy(below, -scale.get() / 2 * cblas_ddot(below, product, 1, v, 1), v, 1, product, 1);
        }
        cblas_dsyr2k(
                CblasColMajor,
                CblasLower,
                CblasNoTrans,
                m - PANEL,
                PANEL,
                -1,
                at(rest, PANEL, 0, n),
                n,
                at(w, PANEL, 0, m),
                m,
                1,
                at(rest, PANEL, PANEL, n),
                n);
        for (int i = 0; i < PANEL; i++) {
            at(rest, i + 1, i, n).put(offDiagonal.get(from + i));
            diagonal.put(from + i, at(rest, i, i, n).get());
        }
    }

    /** {@code y -= M x} for M [rows, columns]. */
    private static void update(
            int rows, int columns, DoublePointer m, int stride, DoublePointer x, int step, DoublePointer y) {
        cblas_dgemv(CblasColMajor, CblasNoTrans, rows, columns, -1, m, stride, x, step, 1, y, 1);
    }

    /** {@code y = M^T x} for M [rows, columns]. */
    private static void inner(int rows, int columns, DoublePointer m, int stride, DoublePointer x, DoublePointer y) {
        cblas_dgemv(CblasColMajor, CblasTrans, rows, columns, 1, m, stride, x, 1, 0, y, 1);
    }

    private static DoublePointer at(DoublePointer matrix, long row, long column, long stride) {
        return matrix.getPointer(row + column * stride);
    }

    private DoublePointer copy(DoublePointer vector) {
        DoublePointer copy = new DoublePointer(n);
        DoublePointer.memcpy(copy, vector, (long) n * Double.BYTES);
        return copy;
    }
}
