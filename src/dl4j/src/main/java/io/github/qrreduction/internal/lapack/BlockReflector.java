package io.github.qrreduction.internal.lapack;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dlarft;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

import org.bytedeco.javacpp.DoublePointer;

/**
 * A product of Householder reflectors as {@code I - V T V^T} (Schreiber and Van Loan 1989, <i>A storage-efficient WY
 * representation for products of Householder transformations</i>).
 *
 * <p>As LAPACK's dlarfb, but with dgemm throughout, on a V whose ones and zeros are written out: OpenBLAS 0.3.19, which
 * nd4j-native 1.0.0-M2.1 brings, computes wrong triangular products (dtrmm) on some AVX-512 processors, and so do
 * dormtr, dorgtr and dorgqr there. Needs {@link OpenBlas}.
 */
final class BlockReflector implements AutoCloseable {
    /** Reflectors in a block, as in OpenBLAS's LAPACK. */
    static final int SIZE = 32;

    private final int rows;
    private final int size;
    private final DoublePointer v;
    private final DoublePointer t;

    /**
     * Takes reflectors as LAPACK leaves them, in the columns of a matrix below its diagonal.
     *
     * @param columns the entry on the diagonal, where the first reflector has its 1
     * @param stride between two columns
     * @param rows length of the first reflector
     * @param size number of reflectors, at most {@link #SIZE}
     * @param tau their factors
     */
    BlockReflector(DoublePointer columns, int stride, int rows, int size, DoublePointer tau) {
        this.rows = rows;
        this.size = size;
        this.v = new DoublePointer((long) rows * size);
        this.t = new DoublePointer((long) size * size);
        DoublePointer.memset(t, 0, (long) size * size * Double.BYTES);
        for (int j = 0; j < size; j++) {
            DoublePointer column = v.getPointer((long) j * rows);
            DoublePointer.memcpy(column, columns.getPointer((long) j * stride), (long) rows * Double.BYTES);
            double[] head = new double[j + 1];
            head[j] = 1;
            column.put(head);
        }
        OpenBlas.require(
                "dlarft",
                rows,
                LAPACKE_dlarft(LAPACK_COL_MAJOR, (byte) 'F', (byte) 'C', rows, size, v, rows, tau, t, size));
    }

    /**
     * Multiplies from the left, in place.
     *
     * @param transposed whether by the transposed product, {@code I - V T^T V^T}
     * @param c first entry of a matrix [rows, columns]
     * @param stride between two of its columns
     */
    void apply(boolean transposed, DoublePointer c, int stride, int columns) {
        long length = (long) size * columns;
        try (DoublePointer inner = new DoublePointer(length);
                DoublePointer scaled = new DoublePointer(length)) {
            int turn = transposed ? CblasTrans : CblasNoTrans;
            cblas_dgemm(
                    CblasColMajor,
                    CblasTrans,
                    CblasNoTrans,
                    size,
                    columns,
                    rows,
                    1,
                    v,
                    rows,
                    c,
                    stride,
                    0,
                    inner,
                    size);
            cblas_dgemm(
                    CblasColMajor, turn, CblasNoTrans, size, columns, size, 1, t, size, inner, size, 0, scaled, size);
            cblas_dgemm(
                    CblasColMajor,
                    CblasNoTrans,
                    CblasNoTrans,
                    rows,
                    columns,
                    size,
                    -1,
                    v,
                    rows,
                    scaled,
                    size,
                    1,
                    c,
                    stride);
        }
    }

    @Override
    public void close() {
        v.close();
        t.close();
    }
}
