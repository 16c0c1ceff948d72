package io.github.qrreduction.internal.stiefel;

import java.util.Arrays;

/**
 * Float64 kernels on small square matrices, k x k, row-major in one array.
 *
 * <p>The inner loops run along rows, so that the JIT compiler can vectorise them. Each kernel takes O(k^3) time.
 */
final class Triangular {
    private static final double UNIT_ROUNDOFF = Math.ulp(1.0) / 2;
    private static final int POWER_STEPS = 8;

    private Triangular() {}

    /**
     * Cholesky factorisation {@code A = U^T U}: the upper triangle of A is overwritten with U, diag(U) &gt; 0, and the
     * strict lower triangle with zeros.
     *
     * @return false, with A spoiled, where A is not positive definite to rounding
     */
    static boolean cholesky(double[] a, int k) {
        double[] row = new double[k];
        for (int i = 0; i < k; i++) {
            int length = k - i;
            int at = i * k + i;
            System.arraycopy(a, at, row, 0, length);
            double whole = row[0];
            int p = 0;
            for (; p + 3 < i; p += 4) {
                int from = p * k + i;
                subtract(a[from], a[from + k], a[from + 2 * k], a[from + 3 * k], a, from, k, row, length);
            }
            for (; p < i; p++) {
                subtract(a[p * k + i], a, p * k + i, row, length);
            }
            double pivot = row[0];
            if (!(pivot > k * UNIT_ROUNDOFF * whole) || pivot == Double.POSITIVE_INFINITY) {
                return false;
            }
            double scale = 1 / Math.sqrt(pivot);
            for (int j = 0; j < length; j++) {
                a[at + j] = row[j] * scale;
            }
            Arrays.fill(a, i * k, at, 0);
        }
        return true;
    }

    static double[] identity(int k) {
        double[] identity = new double[k * k];
        for (int i = 0; i < identity.length; i += k + 1) {
            identity[i] = 1;
        }
        return identity;
    }

    /** The inverse of U^T, lower triangular, for an upper triangular U without a zero on its diagonal. */
    static double[] inverseOfTransposed(double[] u, int k) {
        double[] inverse = new double[k * k];
        double[] row = new double[k];
        for (int i = 0; i < k; i++) {
            Arrays.fill(row, 0, i + 1, 0);
            for (int p = 0; p < i; p++) {
                subtract(u[p * k + i], inverse, p * k, row, p + 1);
            }
            double scale = 1 / u[i * k + i];
            row[i] = 1;
            for (int j = 0; j <= i; j++) {
                inverse[i * k + j] = row[j] * scale;
            }
        }
        return inverse;
    }

    /** {@code row[j] -= factor * a[from + j]} for j &lt; length. */
    private static void subtract(double factor, double[] a, int from, double[] row, int length) {
        for (int j = 0; j < length; j++) {
            row[j] -= factor * a[from + j];
        }
    }

    /** The same for four rows of a that are {@code stride} apart, for one load and store of {@code row}. */
    private static void subtract(
            double first,
            double second,
            double third,
            double fourth,
            double[] a,
            int from,
            int stride,
            double[] row,
            int length) {
        int next = from + stride;
        int afterNext = next + stride;
        int last = afterNext + stride;
        for (int j = 0; j < length; j++) {
            row[j] -= first * a[from + j] + second * a[next + j] + third * a[afterNext + j] + fourth * a[last + j];
        }
    }

    /** {@code min_j |u_jj| / ||u_:j||} of an upper triangular matrix; 0 where a column is 0. */
    static double smallestSine(double[] u, int k) {
        double smallest = 1;
        double[] scaled = withUnitColumns(u, k);
        for (int j = 0; j < k; j++) {
            smallest = Math.min(smallest, Math.abs(scaled[j * k + j]));
        }
        return smallest;
    }

    /** A copy whose columns are scaled to length 1, but for those that are 0. No square overflows or vanishes. */
    static double[] withUnitColumns(double[] a, int k) {
        double[] scaled = a.clone();
        for (int j = 0; j < k; j++) {
            double largest = 0;
            for (int i = 0; i < k; i++) {
                largest = Math.max(largest, Math.abs(a[i * k + j]));
            }
            double sum = 0;
            for (int i = 0; i < k; i++) {
                double x = a[i * k + j] / largest;
                sum += x * x;
            }
            for (int i = 0; i < k && largest > 0; i++) {
                scaled[i * k + j] = a[i * k + j] / largest / Math.sqrt(sum);
            }
        }
        return scaled;
    }

    /** The largest absolute row sum, an upper bound of the spectral norm of a symmetric matrix. */
    static double maxRowSum(double[] a, int k) {
        double max = 0;
        for (int i = 0; i < k; i++) {
            double sum = 0;
            for (int j = 0; j < k; j++) {
                sum += Math.abs(a[i * k + j]);
            }
            max = Math.max(max, sum);
        }
        return max;
    }

    /** Upper bound of the square of the spectral norm: the largest row sum times the largest column sum. */
    static double squaredNormBound(double[] a, int k) {
        double[] columns = new double[k];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                columns[j] += Math.abs(a[i * k + j]);
            }
        }
        double max = 0;
        for (double column : columns) {
            max = Math.max(max, column);
        }
        return max * maxRowSum(a, k);
    }

    /**
     * Estimate of the square of the spectral norm, from below: power iteration on {@code A^T A} from a fixed vector of
     * +-1, which after these steps has found more than half of it unless that vector is all but orthogonal to the
     * singular vector (Kuczynski and Wozniakowski, SIAM J. Matrix Anal. Appl. 13, 1992).
     */
    static double squaredNormEstimate(double[] a, int k) {
        double[] v = new double[k];
        double[] next = new double[k];
        for (int i = 0; i < k; i++) {
            // The bits of a multiplicative hash: a vector with no pattern that a matrix would share.
            v[i] = ((i * 0x9E3779B9) >>> 31) == 0 ? 1 : -1;
        }
        double squaredLength = k;
        double estimate = 0;
        for (int step = 0; step < POWER_STEPS; step++) {
            Arrays.fill(next, 0);
            for (int i = 0; i < k; i++) {
                double product = 0;
                for (int j = 0; j < k; j++) {
                    product += a[i * k + j] * v[j];
                }
                for (int j = 0; j < k; j++) {
                    next[j] += product * a[i * k + j];
                }
            }
            double square = 0;
            for (double x : next) {
                square += x * x;
            }
            estimate = Math.sqrt(square / squaredLength);
            squaredLength = square;
            double[] swap = v;
            v = next;
            next = swap;
        }
        return estimate;
    }

    /** Replaces the matrix by its symmetric part, (A + A^T) / 2. */
    static void symmetrise(double[] a, int k) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < i; j++) {
                double mean = (a[i * k + j] + a[j * k + i]) / 2;
                a[i * k + j] = mean;
                a[j * k + i] = mean;
            }
        }
    }

    /** Copies the strict lower triangle onto the upper one. */
    static void mirrorLower(double[] a, int k) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < i; j++) {
                a[j * k + i] = a[i * k + j];
            }
        }
    }
}
