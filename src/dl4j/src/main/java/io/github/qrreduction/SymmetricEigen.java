package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.HostMemory;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Eigenvalues and eigenvectors of a covariance matrix, by LAPACK's dsyev.
 *
 * <p>Eigenvalues fall; those below max(n, 64) eps times the largest are 0: they are rounding, of either sign, by the
 * decomposition (n) and by sums over many samples (64). Variables whose variance is 0 are left out of the
 * decomposition, since their own unit vectors are eigenvectors to the value 0; that saves time on images with empty
 * borders and keeps the zeros exact.
 */
final class SymmetricEigen {
    /** Sums over 100000 samples were seen to leave 3 eps where an eigenvalue is 0, whatever n. */
    private static final int SUMMATION = 64;

    private final double[] values;
    /** Eigenvectors of the active variables in columns, by rising eigenvalue, 'f' order. */
    private final INDArray vectors;

    private final int[] active;
    private final int[] constant;

    private SymmetricEigen(double[] values, INDArray vectors, int[] active, int[] constant) {
        this.values = values;
        this.vectors = vectors;
        this.active = active;
        this.constant = constant;
    }

    /**
     * Decomposes a positive semidefinite matrix.
     *
     * @param lower DOUBLE [n, n] in 'f' order, of which only the lower triangle is read; overwritten
     */
    static SymmetricEigen of(INDArray lower) {
        int n = lower.rows();
        int[] active = new int[n];
        int[] constant = new int[n];
        int count = 0;
        for (int i = 0; i < n; i++) {
            if (lower.getDouble(i, i) == 0) {
                constant[i - count] = i;
            } else {
                active[count++] = i;
            }
        }
        active = Arrays.copyOf(active, count);
        constant = Arrays.copyOf(constant, n - count);
        double[] values = new double[n];
        if (count == 0) {
            return new SymmetricEigen(values, null, active, constant);
        }
        INDArray matrix = count == n ? lower : part(lower, active);
        INDArray rising = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', count);
        // Twice as fast as from the upper triangle.
        int status = Nd4j.getBlasWrapper().lapack().syev('V', 'L', matrix, rising);
        if (status != 0) {
            throw new IllegalStateException("the eigen-decomposition of a " + count + " x " + count
                    + " covariance matrix failed: LAPACK's dsyev returned " + status);
        }
        double smallest = Math.max(n, SUMMATION) * Math.ulp(1.0) * rising.getDouble(count - 1);
        for (int i = 0; i < count; i++) {
            double value = rising.getDouble(count - 1 - i);
            values[i] = value < smallest ? 0 : value;
        }
        return new SymmetricEigen(values, matrix, active, constant);
    }

    /** All n eigenvalues, falling, none negative; not a copy. */
    double[] values() {
        return values;
    }

    /**
     * The eigenvectors to the k largest eigenvalues in the rows of a new DOUBLE [k, n] array, with signs as
     * {@link #fixSign} has them.
     */
    INDArray rows(int k) {
        int n = values.length;
        INDArray rows = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', k, n);
        for (int i = 0; i < k; i++) {
            double[] row = new double[n];
            if (i < active.length) {
                double[] column = vectors.getColumn(active.length - 1 - i).toDoubleVector();
                for (int j = 0; j < column.length; j++) {
                    row[active[j]] = column[j];
                }
            } else {
                row[constant[i - active.length]] = 1;
            }
            fixSign(row);
            rows.getRow(i).assign(Nd4j.createFromArray(row));
        }
        return rows;
    }

    /** Turns a row's sign, where needed, so that its entry of largest magnitude, the first of equals, is positive. */
    static boolean fixSign(double[] row) {
        int largest = 0;
        for (int j = 1; j < row.length; j++) {
            if (Math.abs(row[j]) > Math.abs(row[largest])) {
                largest = j;
            }
        }
        boolean turn = row[largest] < 0;
        for (int j = 0; turn && j < row.length; j++) {
            row[j] = -row[j];
        }
        return turn;
    }

    private static INDArray part(INDArray lower, int[] active) {
        double[] all = lower.data().asDouble();
        int n = lower.rows();
        int m = active.length;
        double[] chosen = new double[m * m];
        for (int j = 0; j < m; j++) {
            for (int i = j; i < m; i++) {
                chosen[j * m + i] = all[active[j] * n + active[i]];
            }
        }
        INDArray result = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', m, m);
        HostMemory.write(result, chosen);
        return result;
    }
}
