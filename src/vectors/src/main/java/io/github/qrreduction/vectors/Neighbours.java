package io.github.qrreduction.vectors;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The nearest of some vectors to each of them, by cosine. Float32 products choose those that can be among the nearest,
 * float64 ones decide.
 */
final class Neighbours {
    /** Queries that pass over the vectors together. */
    private static final int TILE = 16;
    /** Vectors of a block, transposed, which stay in the cache for a tile of queries. */
    private static final int BLOCK = 256;
    /** Two errors of a {@link Product} of unit vectors, 1.7e-6 each, and of rounding these. */
    private static final float MARGIN = 4e-6f;
    /** Cosines are compared in steps of its inverse. */
    private static final double STEPS = 1e12;

    private final float[][] vectors;
    private final double[] scales;
    private final Product[] blocks;

    Neighbours(float[][] vectors, String what) {
        this.vectors = vectors;
        this.scales = new double[vectors.length];
        int width = vectors[0] == null ? 0 : vectors[0].length;
        for (int r = 0; r < vectors.length; r++) {
            scales[r] = 1 / Math.sqrt(squares(vectors[r], width, what, r));
            if (Double.isInfinite(scales[r])) {
                // A vector of zeros: all its cosines are 0.
                scales[r] = 0;
            }
        }
        blocks = IntStream.range(0, (vectors.length + BLOCK - 1) / BLOCK)
                .parallel()
                .mapToObj(b -> block(b * BLOCK, width))
                .toArray(Product[]::new);
    }

    private static double squares(float[] v, int width, String what, int row) {
        if (v == null || v.length != width || width == 0) {
            throw new IllegalArgumentException(what + ": row " + (row + 1) + ": expected as many numbers as row 1 has, "
                    + width + ", at least 1, got " + (v == null ? "null" : v.length));
        }
        double squares = 0;
        for (int i = 0; i < v.length; i++) {
            if (!Float.isFinite(v[i])) {
                throw new IllegalArgumentException(what + ": row " + (row + 1) + ", number " + (i + 1)
                        + ": expected a finite number, got " + v[i]);
            }
            squares += (double) v[i] * v[i];
        }
        return squares;
    }

    private Product block(int first, int width) {
        int count = Math.min(BLOCK, vectors.length - first);
        float[][] transposed = new float[width][count];
        for (int j = 0; j < count; j++) {
            for (int i = 0; i < width; i++) {
                transposed[i][j] = (float) (vectors[first + j][i] * scales[first + j]);
            }
        }
        return new Product(transposed, null);
    }

    int tiles() {
        return (vectors.length + TILE - 1) / TILE;
    }

    /** For each query of a tile the k nearest others, in no order. */
    int[][] nearest(int tile, int k) {
        int first = tile * TILE;
        int count = Math.min(TILE, vectors.length - first);
        float[][] cosines = new float[count][vectors.length];
        for (int b = 0; b < blocks.length; b++) {
            for (int q = 0; q < count; q++) {
                double[] products = blocks[b].of(vectors[first + q], scales[first + q]);
                for (int j = 0; j < products.length; j++) {
                    cosines[q][b * BLOCK + j] = (float) products[j];
                }
            }
        }
        int[][] nearest = new int[count][];
        for (int q = 0; q < count; q++) {
            nearest[q] = nearest(first + q, cosines[q], k);
        }
        return nearest;
    }

    private int[] nearest(int query, float[] cosines, int k) {
        cosines[query] = Float.NEGATIVE_INFINITY;
        float least = kthLargest(cosines, k) - MARGIN;
        int[] candidates = IntStream.range(0, cosines.length)
                .filter(i -> cosines[i] >= least)
                .toArray();
        if (candidates.length == k) {
            return candidates;
        }
        // The nearer one comes first.
        record Scored(double cosine, int index) implements Comparable<Scored> {
            @Override
            public int compareTo(Scored other) {
                int byCosine = Double.compare(other.cosine, cosine);
                return byCosine != 0 ? byCosine : Integer.compare(index, other.index);
            }
        }
        return Arrays.stream(candidates)
                .mapToObj(i -> new Scored(Math.rint(cosine(query, i) * STEPS) + 0.0, i))
                .sorted()
                .limit(k)
                .mapToInt(Scored::index)
                .toArray();
    }

    private double cosine(int a, int b) {
        double sum = 0;
        for (int i = 0; i < vectors[a].length; i++) {
            sum += (double) vectors[a][i] * vectors[b][i];
        }
        return sum * (scales[a] * scales[b]);
    }

    /** By a heap of the k largest so far, its least on top. */
    private static float kthLargest(float[] values, int k) {
        float[] heap = new float[k];
        Arrays.fill(heap, Float.NEGATIVE_INFINITY);
        for (float v : values) {
            if (v > heap[0]) {
                int hole = 0;
                for (int child = 1; child < k; child = 2 * hole + 1) {
                    if (child + 1 < k && heap[child + 1] < heap[child]) {
                        child++;
                    }
                    if (heap[child] >= v) {
                        break;
                    }
                    heap[hole] = heap[child];
                    hole = child;
                }
                heap[hole] = v;
            }
        }
        return heap[0];
    }
}
