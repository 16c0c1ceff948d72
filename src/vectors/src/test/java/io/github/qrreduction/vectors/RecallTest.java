package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecallTest {
    /** A sum of whole numbers over a whole number. */
    private static final double ROUNDING = 1e-12;

    private static float[][] random(long seed, int n, int d) {
        Random random = new Random(seed);
        float[][] rows = new float[n][d];
        for (float[] row : rows) {
            for (int i = 0; i < d; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    private static float[][] cut(float[][] rows, int d) {
        return Arrays.stream(rows).map(r -> Arrays.copyOf(r, d)).toArray(float[][]::new);
    }

    @ParameterizedTest
    @CsvSource({"5, 3, 2, 1", "60, 8, 4, 10", "300, 20, 10, 10", "520, 5, 2, 3", "40, 6, 3, 39"})
    void equalsTheDefinition(int n, int d, int reducedTo, int k) {
        float[][] originals = random(n, n, d);
        float[][] reduced = cut(originals, reducedTo);

        assertThat(Recall.at(k, originals, reduced))
                .isCloseTo(byDefinition(k, k, originals, reduced), within(ROUNDING));
        int candidates = Math.min(3 * k, n - 1);
        assertThat(Recall.rescoredAt(k, candidates, originals, reduced))
                .isCloseTo(byDefinition(k, candidates, originals, reduced), within(ROUNDING));
    }

    private static double byDefinition(int k, int candidates, float[][] originals, float[][] reduced) {
        double hits = 0;
        for (int q = 0; q < originals.length; q++) {
            Set<Integer> both = new HashSet<>(sorted(q, originals).subList(0, k));
            both.retainAll(sorted(q, reduced).subList(0, candidates));
            hits += both.size();
        }
        return hits / originals.length / k;
    }

    private static List<Integer> sorted(int query, float[][] rows) {
        return IntStream.range(0, rows.length)
                .filter(i -> i != query)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -cosine(rows[query], rows[i])))
                .toList();
    }

    private static double cosine(float[] a, float[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return aa == 0 || bb == 0 ? 0 : Math.rint(ab / Math.sqrt(aa * bb) * 1e12) / 1e12;
    }

    @Test
    void isOneForTheSameDirectionsAndLengthsDoNotCount() {
        float[][] originals = random(1, 100, 7);
        float[][] longer = Arrays.stream(originals).map(float[]::clone).toArray(float[][]::new);
        for (int r = 0; r < longer.length; r++) {
            for (int i = 0; i < 7; i++) {
                longer[r][i] *= 1 << r % 20;
            }
        }
        assertThat(Recall.at(10, originals, longer)).isEqualTo(1);
        assertThat(Recall.at(99, originals, random(2, 100, 3))).isEqualTo(1);
    }

    @Test
    void doesNotDependOnTheNumberOfThreads() throws Exception {
        float[][] originals = random(3, 700, 24);
        float[][] reduced = cut(originals, 6);
        double here = Recall.at(10, originals, reduced);
        for (int threads : new int[] {1, 3, 8}) {
            ForkJoinPool pool = new ForkJoinPool(threads);
            try {
                assertThat(pool.submit(() -> Recall.at(10, originals, reduced)).get())
                        .isEqualTo(here);
            } finally {
                pool.shutdown();
            }
        }
    }

    /** Vectors that are multiples of each other, whose cosines differ by rounding alone. */
    @Test
    void ofTwoThatAreEquallyNearTheFirstCounts() {
        float[][] originals = {{1, 0}, {1, 1}, {1, -1}};
        float[][] reduced = {{1, 0}, {1, 0.1f}, {0, 1}};
        // 0 finds 1, the first of two; 1 finds 0; 2 finds 1 in the place of 0.
        assertThat(Recall.at(1, originals, reduced)).isEqualTo(2 / 3.0);
    }

    @Test
    void tiesAreDecidedByOrderOnBothSides() {
        Random random = new Random(4);
        float[][] base = random(5, 4, 5);
        float[][] originals = new float[80][];
        for (int r = 0; r < originals.length; r++) {
            float factor = 1 + random.nextInt(9);
            originals[r] = base[r % 4].clone();
            for (int i = 0; i < 5; i++) {
                originals[r][i] = originals[r][i] * factor;
            }
        }
        float[][] other = Arrays.stream(originals)
                .map(v -> new float[] {v[4] * 3, v[3] * 3, v[2] * 3, v[1] * 3, v[0] * 3})
                .toArray(float[][]::new);

        assertThat(Recall.at(7, originals, other)).isEqualTo(1);
    }

    @Test
    void theCosineWithZerosIsZero() {
        float[][] originals = {{0, 0}, {1, 0}, {-1, 0.1f}, {1, 0.1f}};
        // To (-1, 0.1) zeros are nearest, with 0, and to zeros the first one.
        float[][] reduced = {{0}, {1}, {-1}, {1}};
        assertThat(Recall.at(1, originals, reduced)).isEqualTo(1);
        assertThat(Recall.at(1, new float[5][3], new float[5][3])).isEqualTo(1);
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        float[][] rows = random(6, 5, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Recall.at(1, rows, random(6, 4, 3)))
                .withMessage("expected as many reduced vectors as originals, 5, got 4");
        for (int k : new int[] {0, 5}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Recall.at(k, rows, rows))
                    .withMessage("expected 1 <= k <= candidates <= n - 1 = 4, got k = " + k);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Recall.rescoredAt(3, 2, rows, rows))
                .withMessage("expected 1 <= k <= candidates <= n - 1 = 4, got k = 3, candidates = 2");
        float[][] ragged = random(6, 5, 3);
        ragged[2] = new float[2];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Recall.at(1, rows, ragged))
                .withMessage("reduced: row 3: expected as many numbers as row 1 has, 3, at least 1, got 2");
        ragged[2] = null;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Recall.at(1, ragged, rows))
                .withMessage("originals: row 3: expected as many numbers as row 1 has, 3, at least 1, got null");
        float[][] nan = random(6, 5, 3);
        nan[3][1] = Float.NaN;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Recall.at(1, nan, rows))
                .withMessage("originals: row 4, number 2: expected a finite number, got NaN");
    }
}
