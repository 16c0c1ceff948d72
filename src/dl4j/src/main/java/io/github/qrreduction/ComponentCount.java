package io.github.qrreduction;

import java.util.Arrays;

/** How many components to keep: a number, or the smallest number that reaches a share of the variance. */
final class ComponentCount {
    /** Numbers of components among which a share of the variance is looked for, before all eigenvalues are found. */
    private static final int[] GUESSES = {64, 256};

    private final long k;
    private final double share;

    private ComponentCount(long k, double share) {
        this.k = k;
        this.share = share;
    }

    static ComponentCount of(long k) {
        if (k < 1) {
            throw new IllegalArgumentException("expected k of at least 1, got " + k);
        }
        return new ComponentCount(k, Double.NaN);
    }

    static ComponentCount forVariance(double shareOfVariance) {
        if (!(shareOfVariance > 0 && shareOfVariance <= 1)) {
            throw new IllegalArgumentException("expected a share of variance in (0, 1], got " + shareOfVariance);
        }
        return new ComponentCount(0, shareOfVariance);
    }

    void requireAtMost(int nIn) {
        if (k > nIn) {
            throw new IllegalArgumentException("expected k of at most nIn = " + nIn + ", got " + k);
        }
    }

    boolean isKnown() {
        return k > 0;
    }

    /** The number, or 0 where it depends on the eigenvalues. */
    int known() {
        return (int) k;
    }

    /** The same, or n if that is fewer. */
    ComponentCount atMost(int n) {
        return k > n ? of(n) : this;
    }

    /** The number of eigenvalues to look at first, then second, each at most n. */
    int[] guesses(int n) {
        return isKnown()
                ? new int[] {(int) k}
                : Arrays.stream(GUESSES).filter(guess -> guess <= n).toArray();
    }

    /** The number, from the largest eigenvalues and the sum of all; 0 where these are too few to tell. */
    int among(double[] largest, double total) {
        if (isKnown()) {
            return k <= largest.length ? (int) k : 0;
        }
        double sum = 0;
        for (int i = 0; i < largest.length; i++) {
            sum += largest[i];
            if (sum >= share * total) {
                return i + 1;
            }
        }
        return 0;
    }

    /** The number for all nIn eigenvalues, falling. */
    int choose(double[] eigenvalues) {
        requireAtMost(eigenvalues.length);
        if (k > 0) {
            return (int) k;
        }
        // Compared with their own last entry, so that a share of 1 is reached exactly where the zeros begin.
        double[] sums = eigenvalues.clone();
        for (int i = 1; i < sums.length; i++) {
            sums[i] += sums[i - 1];
        }
        double needed = share * sums[sums.length - 1];
        for (int i = 0; i < sums.length; i++) {
            if (sums[i] >= needed) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException(
                "expected eigenvalues with a finite sum, got " + Arrays.toString(eigenvalues));
    }
}
