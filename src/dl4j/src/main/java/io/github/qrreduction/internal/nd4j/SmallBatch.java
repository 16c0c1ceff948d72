package io.github.qrreduction.internal.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * When {@code Z = X Q^T} is better computed as {@code Z^T = Q X^T}, with few rows of X and a wide Q. OpenBLAS packs the
 * first factor of Z^T, as it stands in memory, more slowly than the second: where X has few rows, the product itself
 * does not hide that. With 2 to 7 rows the transposed product takes 0.4 to 0.9 of the time, on however many threads.
 * From 8 rows on, what counts is that it is the one that OpenBLAS shares between its threads: 0.5 to 0.9 on two of
 * them, but 1.0 to 1.5 on one. Measured with OpenBLAS's kernels for AVX2 and AVX-512.
 */
public final class SmallBatch {

    /** Rows up to which the packing decides. */
    private static final int FEW = 7;
    /** DOUBLE's kernels gain nothing below. */
    private static final int FEWEST_IN_DOUBLE = 4;
    /** Entries of Q from which on what is gained is more than a copy of the result. */
    private static final long WIDE = 1 << 15;

    /** Rows up to which the threads decide; components for each of them; entries of Q. */
    private static final int SEVERAL = 32;

    private static final int COMPONENTS_A_ROW = 8;
    private static final long VERY_WIDE = 1 << 18;

    private SmallBatch() {}

    /**
     * Whether the transposed product, and a transposed copy of it, take less time.
     *
     * @param rows of X
     * @param components rows of Q
     * @param size of a row
     */
    public static boolean isFasterTransposed(long rows, long components, long size, DataType type) {
        if (rows <= FEW) {
            return rows > 1
                    && 2 * rows <= components
                    && components * size >= WIDE
                    && (type == DataType.FLOAT || (type == DataType.DOUBLE && rows >= FEWEST_IN_DOUBLE));
        }
        return rows <= SEVERAL
                && COMPONENTS_A_ROW * rows <= components
                && components * size >= VERY_WIDE
                && type == DataType.FLOAT
                && Nd4j.factory().blas().getMaxThreads() > 1;
    }
}
