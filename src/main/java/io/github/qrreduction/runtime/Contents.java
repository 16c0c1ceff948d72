package io.github.qrreduction.runtime;

import io.github.qrreduction.stiefel.Differences;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.ManhattanDistance;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A copy of a matrix's values, to notice writes that nobody announces: DL4J, GradientCheckUtil and users write into
 * parameters in place. Comparing costs one pass, far less than a factorisation or a Gram matrix.
 */
final class Contents {

    private INDArray copy;
    private boolean valid;

    /** Whether a matrix in 'c' order, of the remembered one's type, has the same values. */
    boolean equal(INDArray array) {
        if (!valid) {
            return false;
        }
        int length = (int) array.length();
        boolean addressable = array.data().offset() + array.length() < Integer.MAX_VALUE / Double.BYTES;
        if (addressable && array.dataType() == DataType.FLOAT) {
            return values(copy.data().asNioFloat(), length)
                            .mismatch(values(array.data().asNioFloat(), length))
                    < 0;
        }
        if (addressable && array.dataType() == DataType.DOUBLE) {
            return values(copy.data().asNioDouble(), length)
                            .mismatch(values(array.data().asNioDouble(), length))
                    < 0;
        }
        // Zero for equal values only; NaN compares as different.
        return Nd4j.getExecutioner().exec(new ManhattanDistance(copy, array)).getDouble(0) == 0.0;
    }

    /** Slices of JDK buffers compare many times faster than ND4J's operations. */
    private static FloatBuffer values(FloatBuffer buffer, int length) {
        return buffer.slice().limit(length);
    }

    private static DoubleBuffer values(DoubleBuffer buffer, int length) {
        return buffer.slice().limit(length);
    }

    void remember(INDArray array) {
        try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            if (copy == null) {
                copy = array.dup('c');
            } else {
                copy.assign(array);
            }
            valid = true;
        }
    }

    /** Remembers {@code minuend - subtrahend} as DL4J's step function computes it. */
    void rememberDifference(INDArray minuend, INDArray subtrahend) {
        if (copy == null) {
            remember(minuend);
        }
        Differences.subtract(minuend, subtrahend, copy);
        valid = true;
    }

    /** Equals nothing until the next remember, which uses the same memory again. */
    void forget() {
        valid = false;
    }
}
