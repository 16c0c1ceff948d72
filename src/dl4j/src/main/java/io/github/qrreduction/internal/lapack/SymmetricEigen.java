package io.github.qrreduction.internal.lapack;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Eigenvalues and eigenvectors of a covariance: {@linkplain #of all values} by {@link Tridiagonal}, or
 * {@linkplain #largest the largest pairs only} by {@link BlockLanczos}. Without {@link OpenBlas}, all pairs come from
 * dsyev, the one routine that ND4J offers.
 *
 * <p>Eigenvalues below max(n, 64) eps times the largest are 0: they are rounding, of either sign, by the decomposition
 * (n) and by sums over many samples (64). Where the variances of the variables themselves differ that much, rounding
 * differs as much between directions, and a value is 0 only below {@code max(n, 64) eps (sum_i |v_i| sqrt(S_ii))^2},
 * the rounding along its own eigenvector v: independent variables of spread 1e8 and 1 keep both variances. That takes
 * all n eigenvectors. Such variables are put in falling order first, which keeps small ones clear of large ones'
 * rounding (Barlow and Demmel 1990, <i>Computing accurate eigensystems of scaled diagonally dominant matrices</i>).
 * Variables of variance 0 are left out, since their unit vectors are eigenvectors to the value 0.
 */
public final class SymmetricEigen {
    /** Sums over 100000 samples were seen to leave 3 eps where an eigenvalue is 0, whatever n. */
    private static final int SUMMATION = 64;
    /** Operations a second of panels, block products and small decompositions, as measured; only ratios matter. */
    private static final double PANEL_RATE = 35;

    private static final double BLOCK_RATE = 60;
    private static final double SMALL_RATE = 10;

    private SymmetricEigen() {}

    /**
     * All eigenvalues, and as many vectors as a rule asks for once it has seen them.
     *
     * @param lower DOUBLE 'f' [n, n], positive semidefinite, of which the lower triangle is read; overwritten
     * @param count from all n eigenvalues, falling and none negative, to 1..n
     * @return n values, and the vectors
     * @throws java.util.concurrent.CancellationException if the thread is interrupted, its flag still set; without
     *     OpenBlas at the next chance only, since dsyev cannot be interrupted
     */
    public static EigenPairs of(INDArray lower, ToIntFunction<double[]> count) {
        int n = lower.rows();
        double[] variances =
                IntStream.range(0, n).mapToDouble(i -> lower.getDouble(i, i)).toArray();
        int[] active = IntStream.range(0, n).filter(i -> variances[i] > 0).toArray();
        if (active.length == 0) {
            double[] zeros = new double[n];
            return new EigenPairs(zeros, scatter(null, active, n, count.applyAsInt(zeros)), 0, 0);
        }
        double largest = Arrays.stream(variances).max().orElseThrow();
        double smallest =
                Arrays.stream(active).mapToDouble(i -> variances[i]).min().orElseThrow();
        boolean graded = smallest < n * threshold(n) * largest;
        if (graded) {
            active = IntStream.of(active)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> variances[i])
                            .reversed())
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
        boolean whole = active.length == n && !graded;
        INDArray matrix = whole ? lower : part(lower, active);
        Raw raw = raw(matrix, graded, rounded -> count.applyAsInt(Arrays.copyOf(rounded, n)), variances, active, n);
        double[] values = Arrays.copyOf(raw.values, n);
        INDArray rows =
                whole && raw.vectors.rows() == raw.wanted ? raw.vectors : scatter(raw.vectors, active, n, raw.wanted);
        Signs.fixRows(rows);
        return new EigenPairs(values, rows, Arrays.stream(values).sum(), threshold(n));
    }

    /**
     * The k largest pairs where {@link BlockLanczos} finds them, and should need less than a share of the time of
     * {@link #of}.
     *
     * @param lower as there; afterwards its upper triangle is that of the symmetric matrix
     * @param k 1..n
     * @param share of that time
     * @return k values and vectors, with the residual that was measured; null where they are not to be had in that way
     * @throws java.util.concurrent.CancellationException if the thread is interrupted, its flag still set
     */
    public static EigenPairs largest(INDArray lower, int k, double share) {
        int n = lower.rows();
        if (!OpenBlas.isPresent() || !lanczosTakesLess(n, k, share)) {
            return null;
        }
        double trace =
                IntStream.range(0, n).mapToDouble(i -> lower.getDouble(i, i)).sum();
        double[] values = new double[k];
        double[] residual = new double[1];
        INDArray vectors = trace > 0 ? BlockLanczos.find(lower, k, values, residual) : null;
        if (vectors == null || values[k - 1] < threshold(n) * values[0]) {
            return null;
        }
        Signs.fixRows(vectors);
        return new EigenPairs(values, vectors, trace, residual[0]);
    }

    private static boolean lanczosTakesLess(double n, int k, double share) {
        double m = BlockLanczos.expectedVectors(k);
        double lanczos = (2 * n * n * m + 4 * n * m * m) / BLOCK_RATE + 2 * m * m * m / SMALL_RATE;
        double panels = 4 / 3.0 * n * n * n / PANEL_RATE + 2 * n * n * k / BLOCK_RATE;
        return 2 * m < n && lanczos < share * panels;
    }

    /** Pairs of the active variables. */
    private record Raw(double[] values, INDArray vectors, int wanted) {}

    private static Raw raw(
            INDArray matrix, boolean graded, ToIntFunction<double[]> count, double[] variances, int[] active, int n) {
        int m = matrix.rows();
        if (!OpenBlas.isPresent()) {
            double[] values = new double[m];
            INDArray vectors = viaNd4j(matrix, values);
            settle(values, vectors, graded, variances, active, n);
            return new Raw(values, vectors, count.applyAsInt(values));
        }
        try (Tridiagonal tridiagonal = new Tridiagonal(matrix)) {
            if (graded) {
                double[] values = new double[m];
                INDArray positive = tridiagonal.allPositive(values);
                INDArray vectors = positive != null ? positive : tridiagonal.largest(values);
                settle(values, vectors, true, variances, active, n);
                return new Raw(values, vectors, count.applyAsInt(values));
            }
            double[] values = falling(tridiagonal.values());
            zeroBelow(threshold(n) * values[0], values);
            int wanted = count.applyAsInt(values);
            INDArray vectors = tridiagonal.largest(new double[Math.min(wanted, m)]);
            return new Raw(values, vectors, wanted);
        }
    }

    private static double threshold(int n) {
        return Math.max(n, SUMMATION) * Math.ulp(1.0);
    }

    private static void zeroBelow(double smallest, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] < smallest) {
                values[i] = 0;
            }
        }
    }

    /** Values that are rounding become 0; then all are in order again. */
    private static void settle(
            double[] values, INDArray vectors, boolean graded, double[] variances, int[] active, int n) {
        double least = threshold(n) * values[0];
        for (int i = 0; i < values.length; i++) {
            double floor = least;
            if (graded && values[i] < least) {
                double[] v = vectors.getRow(i).toDoubleVector();
                double sum = 0;
                for (int j = 0; j < v.length; j++) {
                    sum += Math.abs(v[j]) * Math.sqrt(variances[active[j]]);
                }
                floor = Math.min(least, threshold(n) * sum * sum);
            }
            if (values[i] < floor) {
                values[i] = 0;
            }
        }
        sortFalling(values, vectors);
    }

    /** A value that became 0 may stand before one that is small but real. */
    private static void sortFalling(double[] values, INDArray vectors) {
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        if (Arrays.equals(order, IntStream.range(0, order.length).toArray())) {
            return;
        }
        double[] unsorted = values.clone();
        INDArray copy = vectors.dup('c');
        for (int i = 0; i < order.length; i++) {
            values[i] = unsorted[order[i]];
            vectors.getRow(i).assign(copy.getRow(order[i]));
        }
    }

    private static INDArray viaNd4j(INDArray matrix, double[] values) {
        int m = matrix.rows();
        INDArray rising = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', m);
        OpenBlas.require("dsyev", m, Nd4j.getBlasWrapper().lapack().syev('V', 'L', matrix, rising));
        System.arraycopy(falling(rising.toDoubleVector()), 0, values, 0, m);
        INDArray rows = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', m, m);
        for (int i = 0; i < m; i++) {
            rows.getRow(i).assign(matrix.getColumn(m - 1 - i));
        }
        return rows;
    }

    private static double[] falling(double[] rising) {
        double[] falling = new double[rising.length];
        for (int i = 0; i < falling.length; i++) {
            falling[i] = rising[falling.length - 1 - i];
        }
        return falling;
    }

    /** The rows and columns of the chosen variables, in their order; O(n) heap. */
    private static INDArray part(INDArray lower, int[] chosen) {
        int m = chosen.length;
        INDArray part = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', m, m);
        double[] values = new double[m];
        for (int j = 0; j < m; j++) {
            double[] below = lower.getColumn(chosen[j]).toDoubleVector();
            double[] before = lower.getRow(chosen[j]).toDoubleVector();
            for (int i = 0; i < m; i++) {
                values[i] = chosen[i] >= chosen[j] ? below[chosen[i]] : before[chosen[i]];
            }
            part.getColumn(j).assign(Nd4j.createFromArray(values));
        }
        return part;
    }

    /** Vectors of the active variables as k vectors of all n; then the unit vectors of the constant ones. */
    private static INDArray scatter(INDArray vectors, int[] active, int n, int k) {
        boolean[] used = new boolean[n];
        Arrays.stream(active).forEach(i -> used[i] = true);
        int[] constant = IntStream.range(0, n).filter(i -> !used[i]).toArray();
        INDArray rows = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', k, n);
        for (int i = 0; i < k; i++) {
            double[] row = new double[n];
            if (i < active.length) {
                double[] v = vectors.getRow(i).toDoubleVector();
                for (int j = 0; j < v.length; j++) {
                    row[active[j]] = v[j];
                }
            } else {
                row[constant[i - active.length]] = 1;
            }
            rows.getRow(i).assign(Nd4j.createFromArray(row));
        }
        return rows;
    }
}
