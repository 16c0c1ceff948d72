package io.github.qrreduction;

import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** Whether the covariance of so many columns fits into memory, asked before anything is allocated. */
final class CovarianceMemory {
    /** The matrix, and the copy of it that is decomposed. */
    private static final int MATRICES = 2;
    /** Beyond this, a matrix has more entries than LAPACK's and Java's 32-bit indices reach. */
    private static final int MAX_COLUMNS = 46_340;

    private CovarianceMemory() {}

    /**
     * Asks what ND4J may use outside the heap.
     *
     * @throws IllegalArgumentException if that is too little
     */
    static void require(int columns) {
        long limit = Pointer.maxBytes() > 0 ? Pointer.maxBytes() : Pointer.totalPhysicalBytes();
        require(columns, limit);
    }

    static void require(int columns, long limit) {
        double needed = (double) MATRICES * Double.BYTES * columns * columns;
        if (columns > MAX_COLUMNS || needed > limit) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the covariance of nIn = %d columns takes %.1f GB in float64 with the copy that is decomposed, more "
                            + "than %s. Use fewer columns, for example after a random QRReductionLayer, "
                            + "or train a QRReconstructionLayer with Orthonormality.RETRACTION, which finds the same "
                            + "subspace in O(nIn nOut) memory",
                    columns,
                    needed / 1e9,
                    columns > MAX_COLUMNS
                            ? "the " + MAX_COLUMNS + " columns that can be decomposed"
                            : String.format(
                                    Locale.ROOT,
                                    "the %.1f GB that ND4J may take outside the heap "
                                            + "(raise -Dorg.bytedeco.javacpp.maxbytes)",
                                    limit / 1e9)));
        }
    }
}
