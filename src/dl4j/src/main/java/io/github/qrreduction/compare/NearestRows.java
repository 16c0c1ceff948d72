package io.github.qrreduction.compare;

import io.github.qrreduction.internal.lapack.Interruption;
import io.github.qrreduction.internal.nd4j.Products;
import io.github.qrreduction.internal.nd4j.Workspaces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * For each of n queries the nearest of n stored vectors, by cosine, the one of its own index left out. One float32
 * product of matrices chooses those that can be among the nearest, float64 decides: what comes out is what
 * {@link io.github.qrreduction.vectors.Recall} counts, ties by index included.
 */
final class NearestRows {
    private static final int BLOCK = 512;
    /** Cosines are compared in steps of its inverse, as {@code Recall} compares them. */
    private static final double STEPS = 1e12;
    /** Times sqrt(d) 2^-24: two errors of a float32 sum of d products (Higham and Mary 2019, lambda = 4). */
    private static final double MARGIN = 8;

    private final float[][] queries;
    private final float[][] stored;
    private final double[] queryScales;
    private final double[] storedScales;

    NearestRows(float[][] queries, float[][] stored) {
        this.queries = queries;
        this.stored = stored;
        this.queryScales = scales(queries);
        this.storedScales = queries == stored ? queryScales : scales(stored);
    }

    private static double[] scales(float[][] rows) {
        return Arrays.stream(rows).parallel().mapToDouble(NearestRows::scale).toArray();
    }

    /** The inverse of the length; 0 for a vector of zeros, all of whose cosines are 0. */
    static double scale(float[] row) {
        double squares = 0;
        for (float value : row) {
            squares += (double) value * value;
        }
        return squares == 0 ? 0 : 1 / Math.sqrt(squares);
    }

    /** For each query the indices of the k nearest, nearest first. */
    int[][] nearest(int k) {
        int n = queries.length;
        int[][] nearest = new int[n][];
        INDArray left = unit(queries, queryScales);
        INDArray right = queries == stored ? left : unit(stored, storedScales);
        for (int from = 0; from < n; from += BLOCK) {
            Interruption.check("the search for neighbours");
            int first = from;
            INDArray rows = left.get(NDArrayIndex.interval(from, Math.min(n, from + BLOCK)), NDArrayIndex.all());
            INDArray products = Workspaces.outside(() -> Products.of(rows, right, true));
            float[] cosines = products.data().asFloat();
            // Not left to the collector, which does not see how much native memory waits for it.
            products.close();
            IntStream.range(0, rows.rows())
                    .parallel()
                    .forEach(i -> nearest[first + i] = nearest(first + i, cosines, i * stored.length, k));
        }
        left.close();
        if (right != left) {
            right.close();
        }
        return nearest;
    }

    /** Rows of unit length; those of zeros stay. */
    static float[][] unit(float[][] rows) {
        return unitRows(rows, scales(rows));
    }

    private static INDArray unit(float[][] rows, double[] scales) {
        return Workspaces.outside(() -> Nd4j.createFromArray(unitRows(rows, scales)));
    }

    private static float[][] unitRows(float[][] rows, double[] scales) {
        float[][] unit = new float[rows.length][];
        for (int r = 0; r < rows.length; r++) {
            unit[r] = rows[r].clone();
            for (int i = 0; i < unit[r].length; i++) {
                unit[r][i] = (float) (unit[r][i] * scales[r]);
            }
        }
        return unit;
    }

    /** The cosines of a query start at an offset, one for each stored vector. */
    private int[] nearest(int query, float[] cosines, int offset, int k) {
        int n = stored.length;
        cosines[offset + query] = Float.NEGATIVE_INFINITY;
        float[] largest = new float[k];
        Arrays.fill(largest, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i++) {
            replaceLeast(largest, cosines[offset + i]);
        }
        double least = largest[0] - MARGIN * Math.sqrt(queries[query].length) * 0x1p-24;
        List<Scored> candidates = new ArrayList<>(2 * k);
        for (int i = 0; i < n; i++) {
            if (cosines[offset + i] >= least && i != query) {
                candidates.add(new Scored(Math.rint(cosine(query, i) * STEPS) + 0.0, i));
            }
        }
        Collections.sort(candidates);
        int[] nearest = new int[k];
        for (int i = 0; i < k; i++) {
            nearest[i] = candidates.get(i).index();
        }
        return nearest;
    }

    /** The nearer one comes first. */
    private record Scored(double cosine, int index) implements Comparable<Scored> {
        @Override
        public int compareTo(Scored other) {
            int byCosine = Double.compare(other.cosine, cosine);
            return byCosine != 0 ? byCosine : Integer.compare(index, other.index);
        }
    }

    private double cosine(int query, int index) {
        float[] a = queries[query];
        float[] b = stored[index];
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum * (queryScales[query] * storedScales[index]);
    }

    /** A heap with its least on top. */
    private static void replaceLeast(float[] heap, float value) {
        if (value <= heap[0]) {
            return;
        }
        int hole = 0;
        for (int child = 1; child < heap.length; child = 2 * hole + 1) {
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= value) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = value;
    }
}
