package io.github.qrreduction.internal.lapack;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas.cblas_dger;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;
import static org.bytedeco.openblas.global.openblas.cblas_dsyr;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.DoubleRawIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The BLAS and LAPACK routines that ND4J's own wrapper lacks, on ND4J's DOUBLE arrays in place.
 *
 * <p>They come from JavaCPP's {@code openblas}, the class through which nd4j-native itself calls BLAS and LAPACK, so it
 * is the same native library with the same threads. Its integers have 32 bits: each side of a matrix must fit. Only
 * routines that were right on every processor are called: not dtrmm and dsymm, which are wrong on some, and not dsyev,
 * dsyevd, dormtr and dorgqr, which use them. Elsewhere, as on a GPU, it is not {@linkplain #isPresent present}, and
 * callers go through ND4J.
 */
public final class OpenBlas {
    private static final boolean PRESENT = find();

    private OpenBlas() {}

    /** Whether ND4J computes on the processor and JavaCPP's openblas is on the class path. */
    public static boolean isPresent() {
        return PRESENT;
    }

    private static boolean find() {
        if (!Nd4j.getEnvironment().isCPU()) {
            return false;
        }
        try (DoublePointer nothing = new DoublePointer(1L)) {
            cblas_dscal(0, 1, nothing, 1);
            return true;
        } catch (LinkageError e) {
            return false;
        }
    }

    /** The first number of an array, which may be a view; the array must stay reachable. */
    public static DoublePointer pointer(INDArray array) {
        return (DoublePointer) array.data().addressPointer();
    }

    /** {@code mean = (1 / m) sum of the rows} of a dense 'c' block [m, n]; ones and mean are vectors of m and n. */
    public static void columnMeans(INDArray block, INDArray ones, INDArray mean) {
        int m = block.rows();
        int n = block.columns();
        cblas_dgemv(
                CblasColMajor, CblasNoTrans, n, m, 1.0 / m, pointer(block), n, pointer(ones), 1, 0, pointer(mean), 1);
    }

    /** Subtracts a row from every row of a dense 'c' block [m, n]. */
    public static void subtractRow(INDArray block, INDArray ones, INDArray row) {
        int n = block.columns();
        cblas_dger(CblasColMajor, n, block.rows(), -1, pointer(row), 1, pointer(ones), 1, pointer(block), n);
    }

    /** Adds {@code B^T B} for a dense 'c' block B [m, n] to the lower triangle of an 'f' matrix [n, n]. */
    public static void addInnerProducts(INDArray block, INDArray lower) {
        int n = block.columns();
        cblas_dsyrk(
                CblasColMajor, CblasLower, CblasNoTrans, n, block.rows(), 1, pointer(block), n, 1, pointer(lower), n);
    }

    /** Adds {@code weight v v^T} to the lower triangle of an 'f' matrix. */
    public static void addOuterProduct(double weight, INDArray v, INDArray lower) {
        int n = lower.rows();
        cblas_dsyr(CblasColMajor, CblasLower, n, weight, pointer(v), 1, pointer(lower), n);
    }

    /** Adds {@code B B^T} for a dense 'c' block B [n, m] to the lower triangle of an 'f' matrix [n, n]. */
    public static void addOuterProducts(INDArray block, INDArray lower) {
        int n = block.rows();
        int m = block.columns();
        cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, n, m, 1, pointer(block), m, 1, pointer(lower), n);
    }

    /** Adds {@code (B Q^T)^T B} to the image [l, n], for B [m, n] and Q [l, n]; all dense, in 'c' order. */
    public static void addImage(INDArray block, INDArray basis, INDArray image) {
        int n = block.columns();
        int m = block.rows();
        int l = basis.rows();
        try (DoublePointer scores = new DoublePointer((long) m * l)) {
            multiply(true, m, l, n, 1, pointer(block), n, pointer(basis), n, 0, scores, m);
            multiply(false, n, l, m, 1, pointer(block), n, scores, m, 1, pointer(image), n);
        }
    }

    /** {@code C = alpha op(A) B + beta C} for matrices in 'f' order, each with the stride between its columns. */
    static void multiply(
            boolean transposeA,
            int rows,
            int columns,
            int inner,
            double alpha,
            DoublePointer a,
            int strideA,
            DoublePointer b,
            int strideB,
            double beta,
            DoublePointer c,
            int strideC) {
        int turn = transposeA ? CblasTrans : CblasNoTrans;
        cblas_dgemm(
                CblasColMajor,
                turn,
                CblasNoTrans,
                rows,
                columns,
                inner,
                alpha,
                a,
                strideA,
                b,
                strideB,
                beta,
                c,
                strideC);
    }

    /** Copies the lower triangle of an 'f' matrix onto the upper one, tile by tile. */
    static void mirror(INDArray lower) {
        int n = lower.rows();
        int tile = 64;
        DoubleIndexer a = DoubleRawIndexer.create(new DoublePointer(pointer(lower)).capacity((long) n * n));
        for (int left = 0; left < n; left += tile) {
            for (int top = left; top < n; top += tile) {
                for (int j = left; j < Math.min(n, left + tile); j++) {
                    for (int i = Math.max(top, j + 1); i < Math.min(n, top + tile); i++) {
                        a.put(j + (long) i * n, a.get(i + (long) j * n));
                    }
                }
            }
        }
    }

    /** Turns a status of LAPACK into an exception. */
    static void require(String routine, int n, int status) {
        if (status != 0) {
            throw new IllegalStateException(
                    "expected status 0 from LAPACK's " + routine + " with n = " + n + ", got " + status);
        }
    }
}
