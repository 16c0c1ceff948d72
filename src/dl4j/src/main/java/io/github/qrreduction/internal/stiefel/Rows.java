package io.github.qrreduction.internal.stiefel;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the matrices of this package must be, and the words for those that are not. */
final class Rows {
    private Rows() {}

    /** Refuses what is not a floating-point matrix with at most as many rows as columns. */
    static void requireWide(INDArray matrix, String name) {
        if (matrix.rank() != 2
                || !matrix.dataType().isFPType()
                || matrix.isEmpty()
                || matrix.rows() > matrix.columns()) {
            throw new IllegalArgumentException(
                    "expected " + name + " to be a floating-point matrix with at most as many rows"
                            + " as columns, got " + matrix.dataType() + " " + Arrays.toString(matrix.shape()));
        }
    }

    /** As {@link #requireWide}, for a second matrix that must have the first one's shape. */
    static void requireSameShape(INDArray matrix, String name, INDArray like, String likeName) {
        if (!Arrays.equals(matrix.shape(), like.shape()) || !matrix.dataType().isFPType()) {
            throw new IllegalArgumentException("expected " + name + " to be a floating-point matrix of the shape of "
                    + likeName + ", " + Arrays.toString(like.shape()) + ", got " + matrix.dataType() + " "
                    + Arrays.toString(matrix.shape()));
        }
    }

    /** The words for the first entry, row by row, that is NaN or infinite; null where all entries are finite. */
    static String firstNonFinite(INDArray matrix) {
        for (long i = 0; i < matrix.rows(); i++) {
            for (long j = 0; j < matrix.columns(); j++) {
                double entry = matrix.getDouble(i, j);
                if (!Double.isFinite(entry)) {
                    return entry + " at row " + i + ", column " + j + " of the " + matrix.rows() + " x "
                            + matrix.columns() + " matrix";
                }
            }
        }
        return null;
    }

    /** An entry of G that is not finite makes its whole row of G Q^T so: no pass over G is needed. */
    static void requireFinite(double[] products, INDArray g, String name, String namesOfProducts) {
        for (double product : products) {
            if (!Double.isFinite(product)) {
                String offender = firstNonFinite(g);
                throw new IllegalArgumentException(
                        offender == null
                                ? "expected finite numbers in " + namesOfProducts + ", got NaN or infinity"
                                : "expected finite entries of " + name + ", got " + offender);
            }
        }
    }

    /** The type in which products of such matrices are formed: DOUBLE for DOUBLE, otherwise FLOAT. */
    static DataType computing(DataType type) {
        return type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    }

    /** Spacing of numbers at 1 in the type in which such matrices are computed. */
    static double epsilon(DataType type) {
        return type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1.0f);
    }

    /**
     * The sine of an angle that the rounding of storage and of sums over n columns can make of 0: {@code eps sqrt(n)}.
     * Rounding is relative to each entry, so the lengths of rows do not matter.
     */
    static double smallestSine(DataType type, long columns) {
        return epsilon(type) * Math.sqrt((double) columns);
    }
}
