package io.github.qrreduction.vectors;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The product {@code y = sum over i of (x_i s - c_i) a_i} of one vector x with the rows a_i of a matrix.
 *
 * <p>Four rows at a time are scaled and added to all of y: the JIT compiler makes vector instructions of such a loop,
 * on Java 17 too, where it makes none of a dot product, of eight rows or of rows within one array. Sums run in float32
 * over {@value #BLOCK} inputs, and in float64 over these sums. So, with u = 2^-24 and v_i = x_i s - c_i,
 *
 * <pre>|y_j - exact_j| &lt;= 28 u sum_i |v_i a_ij| &lt;= 28 u ||v|| ||a_j|| = 1.7e-6 ||v|| ||a_j||</pre>
 *
 * whatever the length: 23 additions of groups, two within a group, a product, the difference and the last rounding
 * (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2). Each number of y is made by the same
 * operations in the same order in every way that this class computes it.
 */
final class Product {
    private static final int GROUP = 4;
    private static final int BLOCK = 96;
    /** Vectors that share a block of the matrix while it is in the cache. */
    private static final int TILE = 32;

    private final float[][] rows;
    /** Null where nothing is taken off. */
    private final float[] center;

    private final int nIn;
    private final int nOut;
    private final ThreadLocal<Scratch> scratch;

    /**
     * A product with some rows.
     *
     * @param rows of one length, not copied
     * @param center as many numbers as rows, or null
     */
    Product(float[][] rows, float[] center) {
        this.nIn = rows.length;
        this.nOut = rows[0].length;
        this.center = center;
        int padded = (nIn + GROUP - 1) / GROUP * GROUP;
        this.rows = Arrays.copyOf(rows, padded);
        Arrays.fill(this.rows, nIn, padded, new float[nOut]);
        int n = nOut;
        this.scratch = ThreadLocal.withInitial(() -> new Scratch(n));
    }

    /** What one thread adds up in. */
    private static final class Scratch {
        final float[] block;
        final double[] total;

        Scratch(int nOut) {
            block = new float[nOut];
            total = new double[nOut];
        }
    }

    /** What becomes of the sums of a vector. */
    interface Sink {
        void accept(int vector, double[] sums);
    }

    /** One vector; allocates nothing but on a thread's first call. The result stands until the thread's next call. */
    double[] of(float[] x, double scale) {
        Scratch s = scratch.get();
        Arrays.fill(s.total, 0);
        for (int from = 0; from < nIn; from += BLOCK) {
            addBlock(x, scale, from, s.block, s.total);
        }
        return s.total;
    }

    /** Many vectors, on all cores, in tiles; the sink is called by several threads, once for each vector. */
    void ofAll(float[][] xs, double[] scales, Sink sink) {
        int tiles = (xs.length + TILE - 1) / TILE;
        IntStream.range(0, tiles).parallel().forEach(tile -> {
            int first = tile * TILE;
            int count = Math.min(TILE, xs.length - first);
            double[][] totals = new double[count][nOut];
            float[] block = scratch.get().block;
            for (int from = 0; from < nIn; from += BLOCK) {
                for (int r = 0; r < count; r++) {
                    double scale = scales == null ? 1 : scales[first + r];
                    addBlock(xs[first + r], scale, from, block, totals[r]);
                }
            }
            for (int r = 0; r < count; r++) {
                sink.accept(first + r, totals[r]);
            }
        });
    }

    private void addBlock(float[] x, double scale, int from, float[] block, double[] total) {
        Arrays.fill(block, 0);
        int to = Math.min(from + BLOCK, nIn);
        for (int i = from; i < to; i += GROUP) {
            addGroup(
                    rows[i],
                    rows[i + 1],
                    rows[i + 2],
                    rows[i + 3],
                    value(x, scale, i),
                    value(x, scale, i + 1),
                    value(x, scale, i + 2),
                    value(x, scale, i + 3),
                    block);
        }
        for (int j = 0; j < total.length; j++) {
            total[j] += block[j];
        }
    }

    /** The rows behind the last one are zero. */
    private float value(float[] x, double scale, int i) {
        if (i >= nIn) {
            return 0;
        }
        float v = scale == 1 ? x[i] : (float) (x[i] * scale);
        return center == null ? v : v - center[i];
    }

    private static void addGroup(
            float[] a, float[] b, float[] c, float[] d, float x0, float x1, float x2, float x3, float[] y) {
        for (int j = 0; j < y.length; j++) {
            y[j] += (x0 * a[j] + x1 * b[j]) + (x2 * c[j] + x3 * d[j]);
        }
    }
}
