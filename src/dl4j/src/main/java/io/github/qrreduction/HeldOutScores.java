package io.github.qrreduction;

import java.util.Arrays;

/** What the loss is for each held-out vector. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record HeldOutScores(double[] scores) {
    /** Of the mean: scores are sums in float32. */
    private static final double ROUNDING = 1e-5;

    double mean() {
        return Arrays.stream(scores).average().orElseThrow();
    }

    /**
     * Whether these are lower than others of the same vectors by more than chance: the mean of the differences exceeds
     * its standard error. On few vectors the least of many measurements is often below the start for no other reason.
     */
    boolean areClearlyBelow(HeldOutScores others) {
        int n = scores.length;
        double mean = others.mean() - mean();
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double deviation = others.scores[i] - scores[i] - mean;
            squares += deviation * deviation;
        }
        return mean > ROUNDING * others.mean() && mean > Math.sqrt(squares / n / (n - 1));
    }
}
