package io.github.qrreduction.internal.lapack;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqr2;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import org.bytedeco.javacpp.DoublePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Orthonormal rows that span, each with those before it, what the given rows span: Householder QR of the transposed
 * matrix, in blocks of {@link BlockReflector#SIZE} (Golub and Van Loan 2013, <i>Matrix Computations</i>, section 5.2).
 * Where a row depends on those before it, a unit vector orthogonal to them takes its place.
 */
public final class OrthonormalRows {
    private OrthonormalRows() {}

    /**
     * Factors a matrix.
     *
     * @param rows DOUBLE 'c' [k, n], k at most n; overwritten
     * @return DOUBLE 'c' [k, n], orthonormal rows; their signs are as they come
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public static INDArray of(INDArray rows) {
        return of(rows, null);
    }

    /** Whether LAPACK can be called past the routines that are wrong on some processors. */
    public static boolean areRightEverywhere() {
        return OpenBlas.isPresent();
    }

    /**
     * As {@link #of(INDArray)}, with the triangular factor of the transposed matrix.
     *
     * @param rows DOUBLE 'c' [k, n], k at most n; overwritten
     * @param upper filled with the factor, on the diagonal and above, if not null and {@link #areRightEverywhere()}
     * @return DOUBLE 'c' [k, n], orthonormal rows; their signs are those of the factor
     */
    public static INDArray of(INDArray rows, INDArray upper) {
        int k = rows.rows();
        int n = rows.columns();
        if (!OpenBlas.isPresent()) {
            // The thin Q in place, of the matrix [n, k] that the same memory is in 'f' order.
            INDArray r = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', k, k);
            Nd4j.getBlasWrapper().lapack().geqrf(rows.transpose(), r);
            return rows;
        }
        INDArray result =
                Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', k, n).assign(0);
        for (int i = 0; i < k; i++) {
            result.putScalar(i, i, 1);
        }
        DoublePointer a = OpenBlas.pointer(rows);
        DoublePointer q = OpenBlas.pointer(result);
        try (DoublePointer tau = new DoublePointer(k)) {
            for (int from = 0; from < k; from += BlockReflector.SIZE) {
                Interruption.check("the orthonormalisation of components");
                int size = Math.min(BlockReflector.SIZE, k - from);
                DoublePointer panel = a.getPointer(from + (long) from * n);
                OpenBlas.require(
                        "dgeqr2", n, LAPACKE_dgeqr2(LAPACK_COL_MAJOR, n - from, size, panel, n, tau.getPointer(from)));
                int left = k - from - size;
                if (left > 0) {
                    try (BlockReflector block = new BlockReflector(panel, n, n - from, size, tau.getPointer(from))) {
                        block.apply(true, panel.getPointer((long) size * n), n, left);
                    }
                }
            }
            if (upper != null) {
                upper.assign(rows.get(NDArrayIndex.all(), NDArrayIndex.interval(0, k))
                        .transpose());
            }
            for (int from = (k - 1) / BlockReflector.SIZE * BlockReflector.SIZE;
                    from >= 0;
                    from -= BlockReflector.SIZE) {
                Interruption.check("the orthonormalisation of components");
                int size = Math.min(BlockReflector.SIZE, k - from);
                long corner = from + (long) from * n;
                try (BlockReflector block =
                        new BlockReflector(a.getPointer(corner), n, n - from, size, tau.getPointer(from))) {
                    block.apply(false, q.getPointer(corner), n, k - from);
                }
            }
        }
        return result;
    }
}
