package io.github.qrreduction.vectors;

import java.util.Objects;
import java.util.stream.IntStream;

/**
 * How many of the true nearest neighbours are found again after a reduction.
 *
 * <p>Exact: every vector is compared with every other one, by the cosine of their angle, and itself left out. O(n^2 d)
 * time on all cores, those of {@link java.util.concurrent.ForkJoinPool#commonPool()}; a copy of the vectors and O(n)
 * memory a core. The result does not depend on the number of threads.
 *
 * <p>Ties: cosines are computed in float64 and compared after rounding to twelve digits; of equal ones the vector that
 * comes first in the array is the nearer one, among the originals and among the reduced alike. The cosine with a vector
 * of zeros is 0.
 */
public final class Recall {
    private Recall() {}

    /**
     * The share of the true k nearest that are among the k nearest of the reduced vectors, averaged over all vectors.
     *
     * @param k how many neighbours, 1..n - 1
     * @param originals n vectors of one length
     * @param reduced n vectors of one length, in the same order
     * @return 0..1
     * @throws IllegalArgumentException if there are not as many reduced as originals, k is out of range, lengths
     *     differ, or a number is NaN or infinite
     */
    public static double at(int k, float[][] originals, float[][] reduced) {
        return rescoredAt(k, k, originals, reduced);
    }

    /**
     * The share of the true k nearest that are found where the best candidates of the reduced vectors are scored again
     * with the originals. Since the new scores are the true ones, those of the true k nearest are found that are among
     * the candidates.
     *
     * @param k how many neighbours, 1..candidates
     * @param candidates how many of the nearest of the reduced vectors are scored again, k..n - 1
     * @param originals n vectors of one length
     * @param reduced n vectors of one length, in the same order
     * @return 0..1
     * @throws IllegalArgumentException as {@link #at}, and if there are fewer candidates than k
     */
    public static double rescoredAt(int k, int candidates, float[][] originals, float[][] reduced) {
        Objects.requireNonNull(originals, "originals");
        Objects.requireNonNull(reduced, "reduced");
        int n = originals.length;
        if (reduced.length != n) {
            throw new IllegalArgumentException(
                    "expected as many reduced vectors as originals, " + n + ", got " + reduced.length);
        }
        if (k < 1 || k > candidates || candidates > n - 1) {
            throw new IllegalArgumentException("expected 1 <= k <= candidates <= n - 1 = " + (n - 1) + ", got k = " + k
                    + (candidates == k ? "" : ", candidates = " + candidates));
        }
        Neighbours truth = new Neighbours(originals, "originals");
        Neighbours found = new Neighbours(reduced, "reduced");
        long hits = IntStream.range(0, truth.tiles())
                .parallel()
                .mapToLong(tile -> hits(truth.nearest(tile, k), found.nearest(tile, candidates)))
                .sum();
        return hits / ((double) n * k);
    }

    private static long hits(int[][] truth, int[][] found) {
        long hits = 0;
        for (int q = 0; q < truth.length; q++) {
            for (int t : truth[q]) {
                for (int f : found[q]) {
                    if (t == f) {
                        hits++;
                    }
                }
            }
        }
        return hits;
    }
}
