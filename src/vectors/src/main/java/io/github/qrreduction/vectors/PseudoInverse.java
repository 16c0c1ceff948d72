package io.github.qrreduction.vectors;

/**
 * The way back from components that need not be orthonormal: {@code P = (Q Q^T)^-1 Q}, with {@code z P} the shortest x
 * for which {@code x Q^T = z}.
 *
 * <p>By {@code Q = R^T Y} with orthonormal rows of Y, from modified Gram-Schmidt in float64, and {@code R P = Y}. What
 * it loses of orthogonality, some 1e-16 over the smallest sine (Bjorck, 1967), is less than float32's rounding for
 * every sine that is let through. O(nOut^2 nIn).
 */
final class PseudoInverse {
    private PseudoInverse() {}

    /**
     * Computes P.
     *
     * @param q (nOut, nIn)
     * @return P (nOut, nIn)
     * @throws IllegalStateException if the rows are linearly dependent, or not finite
     */
    static float[][] of(float[][] q) {
        int nOut = q.length;
        int nIn = q[0].length;
        double[][] y = new double[nOut][nIn];
        double[][] r = new double[nOut][nOut];
        for (int k = 0; k < nOut; k++) {
            double[] v = y[k];
            for (int i = 0; i < nIn; i++) {
                v[i] = q[k][i];
            }
            double length = Math.sqrt(dot(v, v));
            scale(v, 1 / length);
            for (int j = 0; j < k; j++) {
                double c = dot(y[j], v);
                r[j][k] = c * length;
                add(v, -c, y[j]);
            }
            double sine = Math.sqrt(dot(v, v));
            if (!(sine >= Math.ulp(1f) * Math.sqrt(nIn))) {
                throw new IllegalStateException("expected linearly independent components, got one whose angle to those"
                        + " before it has a sine of " + sine);
            }
            r[k][k] = sine * length;
            scale(v, 1 / sine);
        }
        float[][] p = new float[nOut][nIn];
        for (int k = nOut - 1; k >= 0; k--) {
            for (int j = k + 1; j < nOut; j++) {
                add(y[k], -r[k][j], y[j]);
            }
            scale(y[k], 1 / r[k][k]);
            for (int i = 0; i < nIn; i++) {
                p[k][i] = (float) y[k][i];
            }
        }
        return p;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] to, double factor, double[] a) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * a[i];
        }
    }

    private static void scale(double[] v, double factor) {
        for (int i = 0; i < v.length; i++) {
            v[i] *= factor;
        }
    }
}
