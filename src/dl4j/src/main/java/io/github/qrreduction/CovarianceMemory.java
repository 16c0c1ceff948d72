package io.github.qrreduction;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Whether the covariance of a number of columns fits into memory, asked before anything is allocated. */
final class CovarianceMemory {
    /** The matrix, and the copy of it that is decomposed; eigenvectors and a copy on the heap come on top. */
    private static final int MATRICES = 2;
    /** Beyond this, a matrix has more entries than LAPACK's and Java's 32-bit indices reach. */
    static final int MAX_COLUMNS = 46_340;

    private CovarianceMemory() {}

    /**
     * Compares with what this machine, or container, has.
     *
     * @throws IllegalArgumentException if that is too little
     */
    static void require(int columns) {
        require(columns, ofMachine());
    }

    /** The bytes of memory that this machine, or container, has. */
    static long ofMachine() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /** Whether a matrix of so many columns can be decomposed within a number of bytes. */
    static boolean holds(int columns, long limit) {
        return columns <= MAX_COLUMNS && needed(columns) <= limit;
    }

    private static double needed(int columns) {
        return (double) MATRICES * Double.BYTES * columns * columns;
    }

    static void require(int columns, long limit) {
        if (!holds(columns, limit)) {
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
                    needed(columns) / 1e9));
        }
    }

    /** Why samples that cannot be run over again are refused where neither they nor their covariance fit. */
    static IllegalArgumentException notRepeatable(int columns, long limit) {
        return new IllegalArgumentException(String.format(
                Locale.ROOT,
                "expected an iterator that can be reset, since neither the covariance of nIn = %d columns (%.1f GB) nor"
                        + " the samples fit into %.1f GB of memory, and the components are then found in several passes"
                        + " over the data, got one that cannot be reset",
                columns,
                needed(columns) / 1e9,
                limit / 1e9));
    }
}
