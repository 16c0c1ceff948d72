package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.RowRange;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers batches of any size into DOUBLE blocks of one size, so that what is computed from them costs the same, and
 * gives the same, however the data are cut.
 *
 * <p>A sample is a row of a batch [batch, nIn], or a time step of one [batch, nIn, time] (NCW) or [batch, time, nIn]
 * (NWC); where there is a mask, only those whose mask is not zero. The blocks, [m, nIn] in 'c' order, are scratch: the
 * sink may overwrite them and must not keep them.
 */
final class SampleBlocks {
    /** Enough rows for a matrix product at full speed. */
    private static final int MAX_ROWS = 2048;

    private static final int MIN_ROWS = 128;
    /** A block takes at most 16 MB, unless MIN_ROWS alone take more. */
    private static final long MAX_VALUES = 1L << 21;

    private final RNNFormat format;
    private final Consumer<INDArray> sink;
    private INDArray block;
    private int filled;
    private long batches;
    private long samples;

    SampleBlocks(RNNFormat format, Consumer<INDArray> sink) {
        this.format = format;
        this.sink = sink;
    }

    /** Samples so far, in blocks given to the sink or waiting. */
    long samples() {
        return samples;
    }

    /**
     * Adds a batch.
     *
     * @param features as above, any numeric type; not modified
     * @param mask [batch, time] for sequences, [batch] or [batch, 1] for rows, or null
     * @throws IllegalArgumentException naming the batch, for another shape or a value that is NaN or infinite
     */
    void add(INDArray features, INDArray mask) {
        if (features == null) {
            throw refused("features", "none");
        }
        boolean sequence = features.rank() == 3;
        if (!sequence && features.rank() != 2) {
            throw refused(
                    "features of shape [batch, nIn] or, for sequences, of rank 3",
                    "shape " + Arrays.toString(features.shape())
                            + (features.rank() == 4
                                    ? ". For pictures set iterator.setPreProcessor(new"
                                            + " ImageFlatteningDataSetPreProcessor())"
                                    : ""));
        }
        if (features.length() == 0) {
            batches++;
            return;
        }
        INDArray rows = sequence ? timeSteps(features) : features;
        if (mask != null) {
            long[] shape = {features.size(0), sequence ? rows.rows() / features.size(0) : 1};
            rows = unmasked(rows, mask, shape);
        }
        if (rows != null) {
            gather(rows);
        }
        batches++;
    }

    /** Refuses what an iterator yields in place of a batch. */
    void requireBatch(Object batch) {
        if (batch == null) {
            throw refused("a data set from the iterator", "null");
        }
    }

    /** Gives what is waiting to the sink. */
    void finish() {
        if (filled > 0) {
            sink.accept(RowRange.of(block, 0, filled));
            filled = 0;
        }
    }

    private INDArray timeSteps(INDArray features) {
        INDArray stepsFirst = format == RNNFormat.NWC ? features : features.permute(0, 2, 1);
        return stepsFirst.dup('c').reshape('c', stepsFirst.size(0) * stepsFirst.size(1), stepsFirst.size(2));
    }

    private INDArray unmasked(INDArray rows, INDArray mask, long[] shape) {
        boolean column = mask.rank() == 1 && shape[1] == 1 && mask.length() == shape[0];
        if (!column && !Arrays.equals(mask.shape(), shape)) {
            throw refused("a mask of shape " + Arrays.toString(shape), "shape " + Arrays.toString(mask.shape()));
        }
        float[] weights = Nd4j.toFlattened('c', mask).castTo(DataType.FLOAT).toFloatVector();
        int[] kept = new int[weights.length];
        int count = 0;
        for (int i = 0; i < weights.length; i++) {
            if (Float.isNaN(weights[i])) {
                throw refused("a mask of numbers", "NaN in entry " + i);
            }
            if (weights[i] != 0) {
                kept[count++] = i;
            }
        }
        if (count == weights.length) {
            return rows;
        }
        return count == 0 ? null : Nd4j.pullRows(rows, 1, Arrays.copyOf(kept, count), 'c');
    }

    private void gather(INDArray rows) {
        int nIn = rows.columns();
        if (block == null) {
            int size = (int) Math.max(MIN_ROWS, Math.min(MAX_ROWS, MAX_VALUES / nIn));
            block = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', size, nIn);
        } else if (block.columns() != nIn) {
            throw refused("nIn = " + block.columns() + ", as before", "nIn = " + nIn);
        }
        long from = 0;
        while (from < rows.rows()) {
            requireNotInterrupted();
            int n = (int) Math.min(block.rows() - filled, rows.rows() - from);
            INDArray part = RowRange.of(block, filled, filled + n);
            part.assign(RowRange.of(rows, from, from + n));
            // A NaN or an infinity always shows in the sum; a sum may also overflow, so look before refusing.
            if (!Double.isFinite(part.sumNumber().doubleValue())) {
                requireFinite(part, from);
            }
            filled += n;
            from += n;
            samples += n;
            if (filled == block.rows()) {
                finish();
            }
        }
    }

    /** Leaves the flag set, so that the owner of the thread sees it too. */
    private void requireNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted after " + samples + " samples");
        }
    }

    private void requireFinite(INDArray part, long firstRow) {
        for (int i = 0; i < part.rows(); i++) {
            double[] row = part.getRow(i).toDoubleVector();
            for (int j = 0; j < row.length; j++) {
                if (!Double.isFinite(row[j])) {
                    throw refused("finite values", row[j] + " in sample " + (firstRow + i) + ", column " + j);
                }
            }
        }
    }

    private IllegalArgumentException refused(String expected, String actual) {
        return new IllegalArgumentException("batch " + batches + ": expected " + expected + ", got " + actual);
    }
}
