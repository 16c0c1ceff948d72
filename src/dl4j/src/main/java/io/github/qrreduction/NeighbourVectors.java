package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.RowRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The vectors of a fit in FLOAT, scaled to length 1, split into those to train on and those that are held out.
 * Vectors of zeros, which are nobody's neighbours, are left out.
 *
 * @param training [n, nIn]
 * @param heldOut [m, nIn]; a tenth, at least 50 where that is at most half, at most 2000
 * @param all how many vectors came, those that were not drawn and zeros too
 */
record NeighbourVectors(INDArray training, INDArray heldOut, long all) {
    /** Two to train on, two to measure on. */
    static final int FEWEST = 4;

    private static final int MOST_HELD_OUT = 2000;
    private static final int FEWEST_HELD_OUT = 50;

    static NeighbourVectors of(Samples samples, RNNFormat format, int most, long seed) {
        Reservoir reservoir = new Reservoir(most, seed);
        long all = samples.forEachBlock(format, seen -> {}, reservoir::add);
        float[][] rows = reservoir.rows();
        if (rows.length < FEWEST) {
            throw new IllegalArgumentException("expected at least " + FEWEST
                    + " vectors that are not zero, some to train on and some to hold out, got " + rows.length);
        }
        // The order in which they came may mean something.
        Random random = new Random(seed);
        for (int i = rows.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            float[] row = rows[i];
            rows[i] = rows[j];
            rows[j] = row;
        }
        int heldOut = Math.min(Math.max(rows.length / 10, Math.min(FEWEST_HELD_OUT, rows.length / 2)), MOST_HELD_OUT);
        return new NeighbourVectors(
                Nd4j.createFromArray(Arrays.copyOfRange(rows, heldOut, rows.length)),
                Nd4j.createFromArray(Arrays.copyOf(rows, heldOut)),
                all);
    }

    INDArray together() {
        return Nd4j.vstack(training, heldOut);
    }

    /** Of all rows that are not zero at most so many, each with the same chance: Vitter 1985, algorithm R. */
    private static final class Reservoir {
        private final int most;
        private final Random random;
        private final List<float[]> rows = new ArrayList<>();
        private long seen;

        Reservoir(int most, long seed) {
            this.most = most;
            random = new Random(seed);
        }

        void add(INDArray block) {
            INDArray lengths = block.norm2(true, 1);
            for (int i = 0; i < block.rows(); i++) {
                double length = lengths.getDouble(i);
                if (length == 0) {
                    continue;
                }
                seen++;
                if (rows.size() < most) {
                    rows.add(unit(block, i, length));
                } else {
                    long place = random.nextLong(seen);
                    if (place < most) {
                        rows.set((int) place, unit(block, i, length));
                    }
                }
            }
        }

        private static float[] unit(INDArray block, int row, double length) {
            return RowRange.of(block, row, row + 1)
                    .div(length)
                    .castTo(DataType.FLOAT)
                    .toFloatVector();
        }

        float[][] rows() {
            return rows.toArray(float[][]::new);
        }
    }
}
