package io.github.qrreduction.compare;

import io.github.qrreduction.internal.nd4j.Products;
import io.github.qrreduction.internal.nd4j.Workspaces;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What becomes of reduced vectors in a {@link Storage}, as numbers to compute with. */
final class Codes {
    private static final int LARGEST = 127;

    private Codes() {}

    /** The signs, as -1 and 1; 0 counts as positive. */
    static float[][] signs(float[][] rows) {
        return each(rows, (row, r) -> {
            for (int i = 0; i < row.length; i++) {
                row[i] = row[i] < 0 ? -1 : 1;
            }
        });
    }

    /** Whole numbers from -127 to 127 with one scale for all, which the vectors of the fit give. */
    static float[][] bytes(float[][] rows, float[][] fitted) {
        double largest = 0;
        for (float[] row : fitted) {
            double scale = NearestRows.scale(row);
            for (float value : row) {
                largest = Math.max(largest, Math.abs(value) * scale);
            }
        }
        double steps = largest == 0 ? 0 : LARGEST / largest;
        return each(rows, (row, scale) -> {
            for (int i = 0; i < row.length; i++) {
                double step = Math.rint(row[i] * scale * steps);
                row[i] = (float) Math.max(-LARGEST, Math.min(LARGEST, step));
            }
        });
    }

    /** Less the mean of the vectors of the fit. */
    static float[][] centred(float[][] rows, float[][] fitted) {
        double[] mean = new double[rows[0].length];
        for (float[] row : fitted) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i];
            }
        }
        return each(rows, (row, scale) -> {
            for (int i = 0; i < row.length; i++) {
                row[i] -= (float) (mean[i] / fitted.length);
            }
        });
    }

    /** Rotated at random. */
    static float[][] turned(float[][] rows, long seed) {
        int k = rows[0].length;
        return Workspaces.outside(() -> {
            INDArray all = Nd4j.createFromArray(rows);
            INDArray turned = Products.of(all, Fixed.orthonormal(k, k, seed), true);
            all.close();
            float[][] result = turned.toFloatMatrix();
            turned.close();
            return result;
        });
    }

    private interface Change {
        void apply(float[] row, double scale);
    }

    private static float[][] each(float[][] rows, Change change) {
        float[][] changed = new float[rows.length][];
        for (int r = 0; r < rows.length; r++) {
            changed[r] = rows[r].clone();
            change.apply(changed[r], NearestRows.scale(rows[r]));
        }
        return changed;
    }
}
