package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import io.github.qrreduction.internal.nd4j.Workspaces;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One split of a sample: components are fitted to one part, neighbours are searched in the other. */
final class HeldOut {
    private final INDArray fitted;
    private final INDArray heldOut;
    private final int[][] truth;
    private final int neighbours;
    private final int candidates;

    HeldOut(float[][] fitted, float[][] heldOut, int neighbours, int candidates) {
        this.fitted = Workspaces.outside(() -> Nd4j.createFromArray(fitted));
        this.heldOut = Workspaces.outside(() -> Nd4j.createFromArray(heldOut));
        this.neighbours = neighbours;
        this.candidates = candidates;
        this.truth = new NearestRows(heldOut, heldOut).nearest(neighbours);
    }

    INDArray fitted() {
        return fitted;
    }

    /** Shares of the true neighbours, 0 to 1. */
    record Found(double recall, double rescored) {}

    /** The vectors of both parts, reduced. */
    record Reduced(float[][] fitted, float[][] heldOut) {}

    Reduced reduce(Components components) {
        return new Reduced(reduce(components, fitted), reduce(components, heldOut));
    }

    private static float[][] reduce(Components components, INDArray vectors) {
        INDArray reduced = Workspaces.outside(() -> components.transform(vectors));
        float[][] rows = reduced.toFloatMatrix();
        reduced.close();
        return rows;
    }

    /** As {@link Storage#rotated} says for one bit, but from vectors that are reduced already. */
    Found measure(Reduced reduced, Storage storage, long seed) {
        float[][] queries = switch (storage) {
            case FLOAT32, INT8 -> reduced.heldOut();
            case BIT_UNROTATED -> Codes.centred(reduced.heldOut(), reduced.fitted());
            case BIT -> Codes.turned(Codes.centred(reduced.heldOut(), reduced.fitted()), seed);
        };
        float[][] stored = switch (storage) {
            case FLOAT32 -> queries;
            case INT8 -> Codes.bytes(queries, reduced.fitted());
            case BIT, BIT_UNROTATED -> Codes.signs(queries);
        };
        int[][] found = new NearestRows(queries, stored).nearest(candidates);
        return new Found(share(found, neighbours), share(found, candidates));
    }

    private double share(int[][] found, int best) {
        long hits = 0;
        for (int q = 0; q < truth.length; q++) {
            int[] sorted = Arrays.copyOf(found[q], best);
            Arrays.sort(sorted);
            for (int t : truth[q]) {
                if (Arrays.binarySearch(sorted, t) >= 0) {
                    hits++;
                }
            }
        }
        return hits / ((double) truth.length * neighbours);
    }
}
