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
        multiply(a, b, result, false, transposeB, 0);
        return result;
    }

    /** Adds {@code a^T b} to an array, which may be a view. */
    public static void addTransposed(INDArray a, INDArray b, INDArray sum) {
        multiply(a, b, sum, true, false, 1);
    }

    private static void multiply(
            INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB, double beta) {
        Nd4j.exec(new Mmul(
                a,
                b,
                c,
                1,
                beta,
                MMulTranspose.builder()
                        .transposeA(transposeA)
                        .transposeB(transposeB)
                        .build()));
    }
}
