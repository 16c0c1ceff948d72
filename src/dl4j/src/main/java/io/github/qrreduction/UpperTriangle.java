package io.github.qrreduction;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Upper triangular matrices; ND4J's own triangular solver is some hundred times slower. */
final class UpperTriangle {
    private UpperTriangle() {}

    /** The inverse of a DOUBLE [k, k] matrix without zeros on the diagonal: back substitution, k^3 / 3 operations. */
    static INDArray inverse(INDArray r) {
        int k = r.rows();
        double[][] u = r.toDoubleMatrix();
        double[][] inverse = new double[k][k];
        for (int i = k - 1; i >= 0; i--) {
            double[] row = inverse[i];
            row[i] = 1;
            for (int m = i + 1; m < k; m++) {
                for (int j = m; j < k; j++) {
                    row[j] -= u[i][m] * inverse[m][j];
                }
            }
            for (int j = i; j < k; j++) {
                row[j] /= u[i][i];
            }
        }
        INDArray result = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', k, k);
        for (int i = 0; i < k; i++) {
            result.getRow(i).assign(Nd4j.createFromArray(inverse[i]));
        }
        return result;
    }
}
