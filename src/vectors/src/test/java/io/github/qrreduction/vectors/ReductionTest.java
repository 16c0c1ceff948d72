package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReductionTest {
    /** What the class promises, of ||x - mean|| ||q_j|| + |b_j|. */
    private static final double BOUND = 2e-6;
    /** A few roundings of float32. */
    private static final float ULPS = 1e-6f;

    private static final int THREADS = 16;

    private static final float[][] Q = {{1, 0, 2}, {0, 3, 0}};

    @TempDir
    private Path folder;

    private static float[][] random(Random random, int rows, int columns) {
        float[][] m = new float[rows][columns];
        for (float[] row : m) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return m;
    }

    @Test
    void takesTheMeanOffMultipliesAndAddsTheBias() {
        float[] x = {1, 2, 3};
        assertThat(Reduction.of(Q, null, null).apply(x)).containsExactly(7, 6);
        assertThat(Reduction.of(Q, new float[] {10, 20}, null).apply(x)).containsExactly(17, 26);
        assertThat(Reduction.of(Q, new float[] {10, 20}, new float[] {1, 1, 1}).apply(x))
                .containsExactly(14, 23);
        assertThat(x).containsExactly(1, 2, 3);
    }

    /** All numbers of one sign, so that errors of rounding cannot cancel, and of both signs. */
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "2, 1",
        "3, 2",
        "5, 5",
        "17, 3",
        "96, 4",
        "97, 33",
        "384, 64",
        "1000, 7",
        "3072, 256",
        "20001, 2"
    })
    void isAsNearToTheExactResultAsItPromises(int nIn, int nOut) {
        Random random = new Random(nIn);
        for (int sign = 0; sign < 3; sign++) {
            float[][] q = random(random, nOut, nIn);
            float[] x = random(random, 1, nIn)[0];
            float[] mean = random(random, 1, nIn)[0];
            float[] bias = random(random, 1, nOut)[0];
            for (int i = 0; sign > 0 && i < nIn; i++) {
                x[i] = sign == 1 ? Math.abs(x[i]) : 1.1f;
                mean[i] = 0;
                for (float[] row : q) {
                    row[i] = sign == 1 ? Math.abs(row[i]) : 0.3f;
                }
            }
            float[] z = Reduction.of(q, bias, mean).apply(x);
            for (int j = 0; j < nOut; j++) {
                double exact = 0;
                double xx = 0;
                double qq = 0;
                for (int i = 0; i < nIn; i++) {
                    double d = (double) x[i] - mean[i];
                    exact += d * q[j][i];
                    xx += d * d;
                    qq += (double) q[j][i] * q[j][i];
                }
                double scale = Math.sqrt(xx * qq) + Math.abs(bias[j]);
                assertThat((double) z[j]).isCloseTo(exact + bias[j], within(BOUND * scale));
            }
        }
    }

    @Test
    void largeMeansCostNoDigits() {
        float[] mean = {100_000, 100_000, 100_000};
        float[] x = {100_001, 100_002, 100_003};
        assertThat(Reduction.of(Q, null, mean).apply(x)).containsExactly(7, 6);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void manyRowsAreReducedAsOneIsOnAnyNumberOfThreads(int threads) throws Exception {
        Random random = new Random(1);
        float[][] rows = random(random, 333, 130);
        Reduction r = Reduction.of(random(random, 37, 130), random(random, 1, 37)[0], random(random, 1, 130)[0])
                .normalizing(true, true);
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
            float[][] reduced = pool.submit(() -> r.apply(rows)).get();
            for (int i = 0; i < rows.length; i++) {
                assertThat(reduced[i]).isEqualTo(r.apply(rows[i]));
            }
        } finally {
            pool.shutdown();
        }
        assertThat(r.apply(new float[0][])).isEmpty();
    }

    /** One reduction for all, as a service has it; the first way back is computed by whoever comes first. */
    @Test
    void sixteenThreadsGetWhatOneGetsBitForBit() throws Exception {
        Random random = new Random(2);
        float[][] rows = random(random, 200, 130);
        float[][] q = random(random, 37, 130);
        float[] bias = random(random, 1, 37)[0];
        float[] mean = random(random, 1, 130)[0];
        Reduction alone = Reduction.of(q, bias, mean).normalizing(true, false);
        float[][] expected = new float[rows.length][];
        float[][] back = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            expected[i] = alone.apply(rows[i]);
            back[i] = alone.inverse(expected[i]);
        }
        Reduction shared = Reduction.of(q, bias, mean).normalizing(true, false);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                calls.add(pool.submit(() -> {
                    float[] z = new float[37];
                    start.await();
                    for (int call = 0; call < 5 * rows.length; call++) {
                        int i = (first + call) % rows.length;
                        shared.apply(rows[i], z);
                        assertThat(z).isEqualTo(expected[i]);
                        assertThat(shared.inverse(z)).isEqualTo(back[i]);
                        if (call % 100 == first) {
                            assertThat(shared.apply(rows)).isDeepEqualTo(expected);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void theArrayForTheResultMayBeTheOneThatIsReduced() {
        Reduction r = Reduction.of(new float[][] {{0, 1}, {1, 0}}, null, null);
        float[] x = {1, 2};
        r.apply(x, x);
        assertThat(x).containsExactly(2, 1);
    }

    @Test
    void bringsVectorsToUnitLengthBeforeAndAfter() {
        Reduction r = Reduction.of(Q, null, null);
        float[] x = {3, 0, 4};
        assertThat(r.normalizing(true, false).apply(x)).containsExactly(new float[] {2.2f, 0}, within(ULPS));
        assertThat(r.normalizing(false, true).apply(x)).containsExactly(1, 0);
        assertThat(r.normalizing(true, true).normalizing(false, false)).isEqualTo(r);
        // Lengths that float32 cannot square.
        assertThat(r.normalizing(true, false).apply(new float[] {3e-30f, 0, 4e-30f}))
                .containsExactly(new float[] {2.2f, 0}, within(ULPS));
        assertThat(r.normalizing(true, false).apply(new float[] {3e30f, 0, 4e30f}))
                .containsExactly(new float[] {2.2f, 0}, within(ULPS));
    }

    @Test
    void zerosHaveNoDirectionAndNaNGoesThrough() {
        Reduction r = Reduction.of(Q, null, null);
        assertThat(r.normalizing(true, true).apply(new float[3])).containsExactly(0, 0);
        for (Reduction each : new Reduction[] {r, r.normalizing(true, false), r.normalizing(true, true)}) {
            assertThat(each.apply(new float[] {1, Float.NaN, 1})).containsExactly(Float.NaN, Float.NaN);
            for (float z : each.apply(new float[] {1, Float.POSITIVE_INFINITY, 1})) {
                assertThat(Float.isFinite(z)).isFalse();
            }
        }
    }

    @Test
    void goesBackFromOrthonormalComponents() {
        float h = (float) Math.sqrt(0.5);
        Reduction r = Reduction.of(new float[][] {{h, h, 0}, {0, 0, 1}}, new float[] {1, 2}, new float[] {5, 6, 7});
        float[] x = {7, 8, 9};
        assertThat(r.inverse(r.apply(x))).containsExactly(x, within(8 * ULPS));
        // The nearest to the mean.
        assertThat(r.inverse(new float[] {1, 2})).containsExactly(new float[] {5, 6, 7}, within(8 * ULPS));
    }

    /** The shortest x with x Q^T = z: reduced again it is z, and it lies in the rows' span. */
    @Test
    void goesBackFromOtherComponentsByLeastSquares() {
        Random random = new Random(2);
        float[][] q = random(random, 5, 40);
        for (int i = 0; i < 40; i++) {
            q[1][i] *= 1e-5f;
            q[2][i] = q[0][i] + 0.01f * q[2][i];
        }
        Reduction r = Reduction.of(q, random(random, 1, 5)[0], random(random, 1, 40)[0]);
        float[] z = r.apply(random(random, 1, 40)[0]);
        float[] x = r.inverse(z);

        float[] again = r.apply(x);
        for (int j = 0; j < 5; j++) {
            // Row 1 adds nearly nothing to its bias; the angle of rows 0 and 2 magnifies roundings a hundredfold.
            assertThat(again[j]).isCloseTo(z[j], within(1e-3f));
        }
        assertThat(r.inverse(again)).containsExactly(x, within(0.3f));
    }

    @Test
    void dependentComponentsHaveNoWayBack() {
        Reduction r = Reduction.of(new float[][] {{1, 2, 3}, {2, 4, 6}}, null, null);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> r.inverse(new float[2]))
                .withMessageStartingWith(
                        "expected linearly independent components, got one whose angle to those before it"
                                + " has a sine of ");
        Reduction zero = Reduction.of(new float[1][3], null, null);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> zero.inverse(new float[1]));
    }

    @Test
    void truncatesToTheLeadingComponents() {
        Reduction r = Reduction.of(Q, new float[] {10, 20}, new float[] {1, 1, 1})
                .normalizing(true, false)
                .withMetadata(Map.of("method", "pca"));
        Reduction one = r.truncate(1);
        assertThat(one)
                .isEqualTo(Reduction.of(new float[][] {{1, 0, 2}}, new float[] {10}, new float[] {1, 1, 1})
                        .normalizing(true, false)
                        .withMetadata(Map.of("method", "pca")));
        assertThat(one.nOut()).isEqualTo(1);
        assertThat(r.truncate(2)).isEqualTo(r);
        for (int k : new int[] {0, 3}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> r.truncate(k))
                    .withMessage("expected k in 1..nOut = 2, got " + k);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "safetensors"})
    void comesBackFromFilesAndStreams(String format) throws IOException {
        boolean safetensors = format.equals("safetensors");
        boolean npy = format.equals("npy");
        Reduction r = Reduction.of(Q, npy ? null : new float[] {1, 2}, npy ? null : new float[] {3, 4, 5});
        if (safetensors) {
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("method", "neighbours");
            metadata.put("a \"quoted\" \\ key\n", "\u00e4\ud83d\ude00\u0001");
            r = r.normalizing(true, true).withMetadata(metadata);
        }
        Path file = folder.resolve("r." + format);
        r.save(file);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        r.save(bytes, format);

        assertThat(Reduction.load(file)).isEqualTo(r).hasSameHashCodeAs(r);
        assertThat(Reduction.load(new ByteArrayInputStream(bytes.toByteArray()), format))
                .isEqualTo(r);
        assertThat(Reduction.load(file).metadata()).isEqualTo(r.metadata());
    }

    @Test
    void whatAFormatCannotHoldIsRefused() {
        Reduction r = Reduction.of(Q, new float[] {1, 2}, null);
        Path npy = folder.resolve("r.npy");
        Path npz = folder.resolve("r.npz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.save(npy))
                .withMessage(
                        npy + ": expected components without bias and mean, since .npy holds one array, got some with"
                                + " a bias; save as .npz or .safetensors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.normalizing(false, true).save(npz))
                .withMessage(npz + ": expected a reduction without normalisation, since .npz does not hold it, got one"
                        + " with; save as .safetensors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.withMetadata(Map.of("a", "b")).save(npz))
                .withMessage(
                        npz + ": expected no metadata, since .npz holds arrays only, got [a]; save as .safetensors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.withMetadata(Map.of("normalize_after", "true")))
                .withMessage("expected metadata without the key normalize_after, got it; normalizing(..) sets it");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void otherLengthsAreRefused() {
        Reduction r = Reduction.of(Q, null, null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.apply(new float[2]))
                .withMessage("expected x of length nIn = 3, got length 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.apply(new float[3], new float[3]))
                .withMessage("expected z of length nOut = 2, got length 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.inverse(new float[3]))
                .withMessage("expected z of length nOut = 2, got length 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.apply(new float[][] {{1, 2, 3}, {1, 2}}))
                .withMessage("row 2: expected x of length nIn = 3, got length 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> r.apply(new float[][] {null}))
                .withMessage("row 1: expected x of length nIn = 3, got null");
        assertThatNullPointerException()
                .isThrownBy(() -> r.apply((float[]) null))
                .withMessage("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reduction.of(new float[][] {{1, 2}, {3}}, null, null))
                .withMessage("row 2: expected components of length nIn = 2, got length 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reduction.of(new float[0][], null, null))
                .withMessage("expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reduction.of(new float[3][2], null, null))
                .withMessage("expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got shape [3, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reduction.of(Q, new float[3], null))
                .withMessage("expected a bias of length nOut = 2, got shape [3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reduction.of(Q, null, new float[2]))
                .withMessage("expected a mean of length nIn = 3, got shape [2]");
    }

    @Test
    void isAnImmutableValue() {
        float[][] q = {{1, 2}};
        float[] bias = {3};
        float[] mean = {4, 5};
        Reduction r = Reduction.of(q, bias, mean);
        q[0][0] = 9;
        bias[0] = 9;
        mean[0] = 9;
        r.matrix()[0][0] = 9;

        assertThat(r).isEqualTo(Reduction.of(new float[][] {{1, 2}}, new float[] {3}, new float[] {4, 5}));
        assertThat(r.matrix()).isDeepEqualTo(new float[][] {{1, 2}});
        assertThat(r).isNotEqualTo(Reduction.of(new float[][] {{1, 2}}, new float[] {3}, null));
        assertThat(r).isNotEqualTo(r.normalizing(true, false)).isNotEqualTo("r");
        assertThat(r.normalizing(true, true).withMetadata(Map.of("k", "v")))
                .hasToString("Reduction(nOut=1, nIn=2, with bias, with mean, unit length before, unit length after,"
                        + " {k=v})");
        assertThat(Reduction.of(q, null, null)).hasToString("Reduction(nOut=1, nIn=2)");
    }

    /** The thread's own count of bytes, from the JDK; a few are left for the counter itself. */
    @Test
    void reducingIntoAnArrayAllocatesNothing() {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        Reduction r =
                Reduction.of(new float[64][384], new float[64], new float[384]).normalizing(true, true);
        float[] x = new float[384];
        float[] z = new float[64];
        r.apply(x, z);
        long id = Thread.currentThread().getId();
        threads.getThreadAllocatedBytes(id);
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < 1000; i++) {
            r.apply(x, z);
        }
        assertThat(threads.getThreadAllocatedBytes(id) - before).isLessThan(1000);
    }
}
