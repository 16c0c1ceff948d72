package io.github.qrreduction.runtime;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J's {@code matmul} in one fixed form. {@code Nd4j.exec(new Mmul(..))} makes a native context for every call and
 * fills it with the random generator's state, flags and factors, some 9 microseconds; here each thread has one context,
 * filled once, and a call puts in its arrays only. Between calls a context holds none.
 */
final class Matmul {

    private final boolean transposeA;
    private final boolean transposeB;
    private final boolean accumulates;
    /** Names the operation; arrays and flags are in the contexts. */
    private final Mmul operation = new Mmul();

    private final ThreadLocal<OpContext> contexts = ThreadLocal.withInitial(this::context);

    /** {@code C = op(A) op(B)}, or with {@code accumulates} {@code C += op(A) op(B)}. */
    Matmul(boolean transposeA, boolean transposeB, boolean accumulates) {
        this.transposeA = transposeA;
        this.transposeB = transposeB;
        this.accumulates = accumulates;
    }

    private OpContext context() {
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setIArguments(transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
        context.setTArguments(1.0, accumulates ? 1.0 : 0.0);
        return context;
    }

    /** The same product, added to what is in C. */
    Matmul accumulating() {
        return new Matmul(transposeA, transposeB, true);
    }

    long rows(INDArray a) {
        return a.size(transposeA ? 1 : 0);
    }

    long columns(INDArray b) {
        return b.size(transposeB ? 0 : 1);
    }

    /** Whether {@link #runTransposed} and a transposed copy take less time. */
    boolean isFasterTransposed(INDArray a, INDArray b) {
        return !transposeA
                && transposeB
                && !accumulates
                && SmallBatch.isFasterTransposed(a.size(0), b.size(0), a.size(1), a.dataType());
    }

    /** {@code C^T = B A^T} into an array of that shape; for {@code C = A B^T} only. */
    void runTransposed(INDArray a, INDArray b, INDArray transposed) {
        run(b, a, transposed);
    }

    void run(INDArray a, INDArray b, INDArray c) {
        OpContext context = contexts.get();
        try {
            context.setInputArray(0, a);
            context.setInputArray(1, b);
            context.setOutputArray(0, c);
            Nd4j.getExecutioner().exec(operation, context);
        } finally {
            context.purge();
        }
    }
}
