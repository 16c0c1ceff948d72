package io.github.qrreduction;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Whether the covariance of a number of columns fits into memory, asked before anything is allocated. */
final class CovarianceMemory {
    /** The matrix, and the copy of it that is decomposed; eigenvectors and a copy on the heap come on top. */
    private static final int MATRICES = 2;
    /** Beyond this, a matrix has more entries than LAPACK's and Java's 32-bit indices reach. */
    private static final int MAX_COLUMNS = 46_340;

    private CovarianceMemory() {}

    /**
     * Compares with what this machine, or container, has.
     *
     * @throws IllegalArgumentException if that is too little
     */
    static void require(int columns) {
        require(
                columns,
                ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : Long.MAX_VALUE);
    }

    static void require(int columns, long limit) {
        double needed = (double) MATRICES * Double.BYTES * columns * columns;
        if (columns > MAX_COLUMNS || needed > limit) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "expected a covariance of at most %s, got one of nIn = %d columns, which takes %.1f GB in float64 "
                            + "with the copy that is decomposed. Use fewer columns, for example after a "
                            + "random QRReductionLayer, or train a QRReconstructionLayer with "
                            + "Orthonormality.RETRACTION, which finds the same subspace in O(nIn nOut) memory",
                    columns > MAX_COLUMNS
                            ? MAX_COLUMNS + " columns, which can be decomposed"
                            : String.format(Locale.ROOT, "%.1f GB, which this machine has", limit / 1e9),
                    columns,
                    needed / 1e9));
        }
    }
}
