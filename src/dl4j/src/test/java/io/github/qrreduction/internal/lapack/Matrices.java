package io.github.qrreduction.internal.lapack;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Matrices whose eigenvalues are known, and the checks that all decompositions share. */
public final class Matrices {
    private Matrices() {}

    public static INDArray gaussian(int rows, int columns, long seed) {
        Random random = new Random(seed);
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape('c', rows, columns);
    }

    /** {@code H diag(values) H} in 'f' order, H a product of four Householder reflections. */
    public static INDArray withEigenvalues(int n, IntToDoubleFunction value, long seed) {
        INDArray matrix = Nd4j.zeros(DataType.DOUBLE, n, n).dup('f');
        for (int i = 0; i < n; i++) {
            matrix.putScalar(i, i, value.applyAsDouble(i));
        }
        for (int r = 0; r < 4; r++) {
            INDArray v = gaussian(1, n, seed + r);
            v.divi(v.norm2Number());
            matrix.subi(matrix.mmul(v.transpose()).mmul(v).muli(2));
            matrix.subi(v.transpose().mmul(v.mmul(matrix)).muli(2));
        }
        return matrix.add(matrix.transpose()).muli(0.5).dup('f');
    }

    /** The same with NaN above the diagonal, where nobody should look. */
    public static INDArray lower(INDArray matrix) {
        INDArray lower = matrix.dup('f');
        for (int j = 1; j < lower.columns(); j++) {
            for (int i = 0; i < j; i++) {
                lower.putScalar(i, j, Double.NaN);
            }
        }
        return lower;
    }

    public static double orthonormalityError(INDArray rows) {
        return rows.mmul(rows.transpose())
                .subi(Nd4j.eye(rows.rows()).castTo(DataType.DOUBLE))
                .norm2Number()
                .doubleValue();
    }

    /** The largest {@code ||S v - lambda v||} relative to the first value. */
    public static double residual(INDArray matrix, INDArray rows, double[] values) {
        double largest = 0;
        INDArray image = rows.mmul(matrix);
        for (int i = 0; i < rows.rows(); i++) {
            largest = Math.max(
                    largest,
                    image.getRow(i)
                            .sub(rows.getRow(i).mul(values[i]))
                            .norm2Number()
                            .doubleValue());
        }
        return largest / values[0];
    }

    /** Frobenius norm of the difference of two projectors, from k-dimensional bases in rows. */
    public static double projectorDistance(INDArray a, INDArray b) {
        INDArray outside = a.sub(a.mmul(b.transpose()).mmul(b));
        return Math.sqrt(2) * outside.norm2Number().doubleValue();
    }
}
