package io.github.qrreduction.internal.lapack;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One sign for each component: its entry of largest magnitude is positive.
 *
 * <p>Entries whose magnitudes are equal to {@link #TOLERANCE} count as equal, and the first of them decides. Without
 * that, the last bit of a sum decides for pairs of standardised columns, whose entries are {@code +-sqrt(1/2)}.
 */
public final class Signs {
    /** Far above the rounding of float64 and float32 decompositions; components rarely have entries this close. */
    private static final double TOLERANCE = 1e-4;

    private Signs() {}

    /** Turns a row's sign, where needed; returns whether it was. */
    public static boolean fix(double[] row) {
        double largest = 0;
        for (double x : row) {
            largest = Math.max(largest, Math.abs(x));
        }
        double enough = (1 - TOLERANCE) * largest;
        int first = 0;
        while (first < row.length && !(Math.abs(row[first]) >= enough)) {
            first++;
        }
        boolean turn = first < row.length && row[first] < 0;
        for (int j = 0; turn && j < row.length; j++) {
            row[j] = -row[j];
        }
        return turn;
    }

    /** Turns the rows of a DOUBLE matrix in place. */
    public static void fixRows(INDArray rows) {
        for (int i = 0; i < rows.rows(); i++) {
            INDArray row = rows.getRow(i);
            if (fix(row.toDoubleVector())) {
                row.negi();
            }
        }
    }
}
