package io.github.qrreduction.internal.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;

/** ND4J's {@code matmul} in one fixed form. */
public final class Matmul {

    private final boolean transposeA;
    private final boolean transposeB;
    private final boolean accumulates;
    private final ContextOp operation;

    /** {@code C = op(A) op(B)}, or with {@code accumulates} {@code C += op(A) op(B)}. */
    public Matmul(boolean transposeA, boolean transposeB, boolean accumulates) {
        this.transposeA = transposeA;
        this.transposeB = transposeB;
        this.accumulates = accumulates;
        this.operation = new ContextOp(new Mmul(), context -> {
            context.setIArguments(transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
            context.setTArguments(1.0, accumulates ? 1.0 : 0.0);
        });
    }

    /** The same product, added to what is in C. */
    public Matmul accumulating() {
        return new Matmul(transposeA, transposeB, true);
    }

    public long rows(INDArray a) {
        return a.size(transposeA ? 1 : 0);
    }

    public long columns(INDArray b) {
        return b.size(transposeB ? 0 : 1);
    }

    /** Whether {@link #runTransposed} and a transposed copy take less time. */
    public boolean isFasterTransposed(INDArray a, INDArray b) {
        return !transposeA
                && transposeB
                && !accumulates
                && SmallBatch.isFasterTransposed(a.size(0), b.size(0), a.size(1), a.dataType());
    }

    /** {@code C^T = B A^T} into an array of that shape; for {@code C = A B^T} only. */
    public void runTransposed(INDArray a, INDArray b, INDArray transposed) {
        run(b, a, transposed);
    }

    public void run(INDArray a, INDArray b, INDArray c) {
        operation.run(c, a, b);
    }
}
