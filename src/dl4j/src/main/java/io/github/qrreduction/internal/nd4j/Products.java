package io.github.qrreduction.internal.nd4j;

import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/** Matrix products of arrays of one type. */
public final class Products {
    private Products() {}

    /** {@code a b} or {@code a b^T} as a new 'c' array. */
    public static INDArray of(INDArray a, INDArray b, boolean transposeB) {
        INDArray result =
                Nd4j.createUninitialized(a.dataType(), new long[] {a.rows(), transposeB ? b.rows() : b.columns()}, 'c');
        into(a, false, b, transposeB, 1, 0, result);
        return result;
    }

    /** Adds {@code a^T b} to an array, which may be a view. */
    public static void addTransposed(INDArray a, INDArray b, INDArray sum) {
        into(a, true, b, false, 1, 1, sum);
    }

    /** {@code c = alpha op(a) op(b) + beta c}; c may be a view. */
    public static void into(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, double alpha, double beta, INDArray c) {
        Nd4j.exec(new Mmul(
                a,
                b,
                c,
                alpha,
                beta,
                MMulTranspose.builder()
                        .transposeA(transposeA)
                        .transposeB(transposeB)
                        .build()));
    }
}
