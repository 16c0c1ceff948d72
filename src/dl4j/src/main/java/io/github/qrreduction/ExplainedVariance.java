package io.github.qrreduction;

import java.util.Arrays;
import java.util.Locale;

/**
 * How the variance of some data is spread over components.
 *
 * <p>Variances are those of the orthonormal rows y_j of {@code qf(Q)}, in row order: {@code var_j = y_j S y_j^T} with
 * the covariance S (divisor n - 1). So each component counts only by the direction that it adds to those before it,
 * and {@code sum_j var_j} is the variance of the data's projection on the subspace, whatever its basis. This is the
 * adjustment that Zou, Hastie and Tibshirani (2006), <i>Sparse Principal Component Analysis</i>, section 3.4, ask for
 * where components are not orthogonal or their scores correlated; they orthogonalise the scores, here the components
 * are orthogonalised, which keeps {@code cumulative + residual = 1}. For principal components both are the eigenvalues
 * of S. Immutable.
 */
public final class ExplainedVariance {
    private final double[] variance;
    private final double total;

    ExplainedVariance(double[] variance, double total) {
        this.variance = variance.clone();
        this.total = total;
    }

    /**
     * The adjusted variance of each component.
     *
     * @return nOut values in the units of the data, squared; a copy
     */
    public double[] variance() {
        return variance.clone();
    }

    /**
     * The variance of the data, summed over their nIn columns.
     *
     * @return the trace of the covariance
     */
    public double total() {
        return total;
    }

    /**
     * The share of each component, {@code variance / total}.
     *
     * @return nOut values in [0, 1]; all 0 for data without variance
     */
    public double[] ratio() {
        return Arrays.stream(variance)
                .map(v -> total > 0 ? Math.min(1, v / total) : 0)
                .toArray();
    }

    /**
     * The share of the first component, of the first two, and so on.
     *
     * @return nOut values in [0, 1] that never fall
     */
    public double[] cumulative() {
        double[] sums = ratio();
        for (int i = 1; i < sums.length; i++) {
            // Rounding may carry a sum past the whole, which no fit would take as a share.
            sums[i] = Math.min(1, sums[i - 1] + sums[i]);
        }
        return sums;
    }

    /**
     * The share of the variance that lies outside the subspace: what no reconstruction from it can bring back.
     *
     * @return in [0, 1], {@code 1 - sum of the ratios}; 0 for data without variance
     */
    public double residual() {
        return total > 0 ? Math.max(0, (total - Arrays.stream(variance).sum()) / total) : 0;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ExplainedVariance other && total == other.total && Arrays.equals(variance, other.variance);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(variance) + Double.hashCode(total);
    }

    /** A table: component, variance, ratio, cumulative. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(
                String.format(Locale.ROOT, "%9s %13s %8s %10s%n", "component", "variance", "ratio", "cumulative"));
        double[] ratio = ratio();
        double[] cumulative = cumulative();
        for (int i = 0; i < variance.length; i++) {
            s.append(String.format(Locale.ROOT, "%9d %13.6g %8.4f %10.4f%n", i, variance[i], ratio[i], cumulative[i]));
        }
        return s.append(String.format(Locale.ROOT, "%9s %13.6g %8.4f", "residual", residual() * total, residual()))
                .toString();
    }
}
