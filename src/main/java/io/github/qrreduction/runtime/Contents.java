package io.github.qrreduction.runtime;

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

    boolean equal(INDArray array) {
        if (copy == null) {
            return false;
        }
        // Zero for equal values only; NaN compares as different.
        return Nd4j.getExecutioner()
                        .exec(new ManhattanDistance(copy, array))
                        .getDouble(0)
                == 0.0;
    }

    void remember(INDArray array) {
        try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            if (copy == null) {
                copy = array.dup('c');
            } else {
                copy.assign(array);
            }
        }
    }

    /** Remembers {@code minuend - subtrahend} as DL4J's step function computes it. */
    void rememberDifference(INDArray minuend, INDArray subtrahend) {
        remember(minuend);
        copy.subi(subtrahend);
    }

    void forget() {
        copy = null;
    }
}
