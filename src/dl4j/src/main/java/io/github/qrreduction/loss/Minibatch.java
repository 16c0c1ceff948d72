package io.github.qrreduction.loss;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.shape.Gather;
import org.nd4j.linalg.factory.Nd4j;

/** The unmasked rows of a loss function's arguments, checked, in the data type that is computed in. */
final class Minibatch {

    private final INDArray originals;
    private final INDArray preOutput;
    private final INDArray weights;
    private final int[] kept;
    private final long rows;
    private final DataType resultType;

    private Minibatch(INDArray labels, INDArray preOutput, INDArray mask) {
        rows = preOutput.size(0);
        resultType = preOutput.dataType();
        DataType type = resultType == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
        INDArray column = mask == null ? null : mask.castTo(type).reshape(rows, 1);
        kept = column == null ? null : unmasked(column);
        boolean none = kept != null && kept.length == 0;
        originals = none ? null : selected(labels).castTo(type);
        this.preOutput = none ? null : selected(preOutput).castTo(type);
        weights = none || column == null ? null : selected(column);
    }

    /**
     * Checks and selects.
     *
     * @throws DL4JInvalidInputException if labels or output are not of rank 2, differ in rows, or the mask is not one
     *     value a row
     */
    static Minibatch of(INDArray labels, INDArray preOutput, INDArray mask) {
        if (preOutput.rank() != 2) {
            throw new DL4JInvalidInputException("LossSimilarity: expected output of shape [batch, size], got "
                    + Arrays.toString(preOutput.shape()));
        }
        long rows = preOutput.size(0);
        if (labels.rank() != 2 || labels.size(0) != rows) {
            throw new DL4JInvalidInputException("LossSimilarity: expected labels, the original vectors, of shape ["
                    + rows + ", size], one row for each row of the output, got " + Arrays.toString(labels.shape()));
        }
        if (mask != null && !isOneValueARow(mask, rows)) {
            throw new DL4JInvalidInputException("LossSimilarity: expected a mask of one value a row, shape [" + rows
                    + "] or [" + rows + ", 1], got " + Arrays.toString(mask.shape()));
        }
        return new Minibatch(labels, preOutput, mask);
    }

    private static boolean isOneValueARow(INDArray mask, long rows) {
        return (mask.rank() == 1 || mask.rank() == 2) && mask.length() == rows && mask.size(0) == rows;
    }

    private static int[] unmasked(INDArray column) {
        int[] present = IntStream.range(0, (int) column.length())
                .filter(i -> column.getDouble(i) != 0)
                .toArray();
        return present.length == column.length() ? null : present;
    }

    private static INDArray rows(INDArray array, int[] indices) {
        return Nd4j.exec(new Gather(array, indices, 0))[0];
    }

    private INDArray selected(INDArray array) {
        return kept == null ? array : rows(array, kept);
    }

    /** The rows of the arguments, masked ones included. */
    long rows() {
        return rows;
    }

    /** Whether at least two rows are unmasked. */
    boolean hasNeighbours() {
        return (kept == null ? rows : kept.length) > 1;
    }

    INDArray originals() {
        return originals;
    }

    INDArray preOutput() {
        return preOutput;
    }

    /** What each row's score counts, a column; null for one each. */
    INDArray weights() {
        return weights;
    }

    /** Puts the unmasked rows back in their places, among zeros, in the data type of the arguments. */
    INDArray scatter(INDArray unmasked) {
        if (kept == null) {
            return unmasked.castTo(resultType);
        }
        INDArray zero = Nd4j.zeros(unmasked.dataType(), 1, unmasked.size(1));
        int[] source = new int[(int) rows];
        Arrays.fill(source, kept.length);
        for (int i = 0; i < kept.length; i++) {
            source[kept[i]] = i;
        }
        return rows(Nd4j.concat(0, unmasked, zero), source).castTo(resultType);
    }
}
