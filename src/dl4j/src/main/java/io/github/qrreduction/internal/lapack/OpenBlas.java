package io.github.qrreduction.internal.lapack;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import org.bytedeco.javacpp.DoublePointer;
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
final class OpenBlas {
    private static final boolean PRESENT = find();

    private OpenBlas() {}

    /** Whether ND4J computes on the processor and JavaCPP's openblas is on the class path. */
    static boolean isPresent() {
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
    static DoublePointer pointer(INDArray array) {
        return (DoublePointer) array.data().addressPointer();
    }

    /** Adds {@code B B^T} for a dense 'c' block B [n, m] to the lower triangle of an 'f' matrix [n, n]. */
    static void addOuterProducts(INDArray block, INDArray lower) {
        int n = block.rows();
        int m = block.columns();
        cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, n, m, 1, pointer(block), m, 1, pointer(lower), n);
    }

    /** Turns a status of LAPACK into an exception. */
    static void require(String routine, int n, int status) {
        if (status != 0) {
            throw new IllegalStateException(
                    "expected status 0 from LAPACK's " + routine + " with n = " + n + ", got " + status);
        }
    }
}
