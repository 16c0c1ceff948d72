package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.internal.stiefel.Differences;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A copy of a matrix's values, to notice writes that nobody announces: DL4J, GradientCheckUtil and users write into
 * parameters in place. Comparing costs one pass, far less than a factorisation or a Gram matrix.
 */
final class Contents {

    private INDArray copy;
    private boolean valid;

    /** Whether a matrix in 'c' order, of the remembered one's type, has the same values. */
    boolean equal(INDArray array) {
        return valid && Differences.sameValues(copy, array);
    }

    void remember(INDArray array) {
        if (copy == null) {
            copy = Workspaces.outside(() -> array.dup('c'));
        } else {
            copy.assign(array);
        }
        valid = true;
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
