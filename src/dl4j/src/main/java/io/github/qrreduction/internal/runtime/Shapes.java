package io.github.qrreduction.internal.runtime;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks of what comes in, with messages that name layer, expected and actual shape. */
final class Shapes {

    private Shapes() {}

    static void checkInput(INDArray input, long nIn, RNNFormat format, String layerId) {
        if (input.rank() != 2 && input.rank() != 3) {
            throw new DL4JInvalidInputException("expected input of rank 2 [batch, " + nIn + "] or rank 3 "
                    + sequences(format, nIn) + ", got rank " + input.rank() + " with shape "
                    + Arrays.toString(input.shape()) + ". Missing preprocessor or wrong input type? " + layerId);
        }
        if (input.length() == 0) {
            throw new DL4JInvalidInputException("expected a batch of at least 1 example, got input with shape "
                    + Arrays.toString(input.shape()) + " " + layerId);
        }
        long size = input.rank() == 2 ? input.size(1) : TimeSteps.size(input, format);
        if (size != nIn) {
            throw new DL4JInvalidInputException("expected input of shape "
                    + (input.rank() == 2 ? "[batch, " + nIn + "]" : sequences(format, nIn)) + ", got size " + size
                    + " with shape " + Arrays.toString(input.shape()) + " " + layerId);
        }
    }

    private static String sequences(RNNFormat format, long nIn) {
        return format == RNNFormat.NCW ? "[batch, " + nIn + ", time] (NCW)" : "[batch, time, " + nIn + "] (NWC)";
    }

    /** A mask has one value an example, or one a time step. */
    static void checkMask(INDArray mask, INDArray input, long rows, String layerId) {
        boolean ofSequences = input.rank() == 3;
        long batch = input.size(0);
        boolean fits = mask.size(0) == batch && mask.length() == rows && (!ofSequences || mask.rank() == 2);
        if (!fits) {
            String expected = ofSequences ? "[" + batch + ", " + rows / batch + "]" : "[" + batch + ", 1]";
            throw new DL4JInvalidInputException("expected a mask of shape " + expected + " for input of shape "
                    + Arrays.toString(input.shape()) + ", got shape " + Arrays.toString(mask.shape()) + " " + layerId);
        }
    }
}
