package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.internal.stiefel.QRFactor;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Components that do not depend on the data. */
final class Fixed {
    private Fixed() {}

    /** The first k rows of the identity, FLOAT. */
    static Components truncation(int nIn, int k) {
        requireSize(k, nIn);
        return Workspaces.outside(() -> {
            INDArray matrix = Nd4j.create(DataType.FLOAT, k, nIn);
            for (int i = 0; i < k; i++) {
                matrix.putScalar(i, i, 1);
            }
            return Components.of(matrix);
        });
    }

    /** Orthonormal rows, uniform (Haar): the QR factor of a Gaussian matrix, FLOAT. */
    static Components random(int nIn, int k, long seed) {
        requireSize(k, nIn);
        return Components.of(orthonormal(k, nIn, seed));
    }

    /** Orthonormal rows, uniform (Haar), by a seed that is no one else's; FLOAT (k, n). */
    static INDArray orthonormal(int k, int n, long seed) {
        Random random = new Random(seed);
        double[][] gaussian = new double[k][n];
        for (double[] row : gaussian) {
            for (int i = 0; i < n; i++) {
                row[i] = random.nextGaussian();
            }
        }
        return Workspaces.outside(
                () -> QRFactor.of(Nd4j.createFromArray(gaussian)).q().castTo(DataType.FLOAT));
    }

    private static void requireSize(int k, int nIn) {
        if (k < 1 || k > nIn) {
            throw new IllegalArgumentException("expected k in 1..nIn = " + nIn + ", got " + k);
        }
    }
}
