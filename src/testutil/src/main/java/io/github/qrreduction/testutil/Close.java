package io.github.qrreduction.testutil;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays that are equal but for rounding; compared in float64, whatever their types. */
public final class Close {

    private Close() {}

    /** Every difference is at most the tolerance; NaN is never close. */
    public static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        assertClose("array", actual, expected, tolerance);
    }

    /** As the other; a failure says what was compared. */
    public static void assertClose(String what, INDArray actual, INDArray expected, double tolerance) {
        if (!Arrays.equals(actual.shape(), expected.shape())) {
            throw new AssertionError(what + ": expected shape " + Arrays.toString(expected.shape()) + ", got "
                    + Arrays.toString(actual.shape()));
        }
        double difference = actual.castTo(DataType.DOUBLE)
                .sub(expected.castTo(DataType.DOUBLE))
                .amaxNumber()
                .doubleValue();
        if (!(difference <= tolerance) || actual.isNaN().any()) {
            throw new AssertionError(what + " of shape " + Arrays.toString(actual.shape()) + ": expected differences of"
                    + " at most " + tolerance + ", got " + difference);
        }
    }

    /** The tolerance is relative to the largest expected value, or to 1 where that is smaller. */
    public static void assertRelativelyClose(String what, INDArray actual, INDArray expected, double tolerance) {
        double largest = expected.castTo(DataType.DOUBLE).amaxNumber().doubleValue();
        assertClose(what, actual, expected, tolerance * Math.max(1, largest));
    }
}
