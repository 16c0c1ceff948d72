package io.github.qrreduction.stiefel;

import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Differences by BLAS, whose threads are awake: for matrices of components ND4J's own elementwise operations spend most
 * of their time on starting a team of threads.
 */
public final class Differences {
    private Differences() {}

    /**
     * Writes {@code minuend - subtrahend}, rounded as any IEEE difference.
     *
     * @param minuend dense array in 'c' order
     * @param subtrahend the same, of that type and length
     * @param result the same; the subtrahend itself, or an array that shares no memory with either
     */
    public static void subtract(INDArray minuend, INDArray subtrahend, INDArray result) {
        DataType type = result.dataType();
        long length = result.length();
        if ((type != DataType.FLOAT && type != DataType.DOUBLE) || length > Integer.MAX_VALUE) {
            Nd4j.exec(new SubOp(minuend, subtrahend, result));
            return;
        }
        Level1 blas = Nd4j.getBlasWrapper().level1();
        if (result == subtrahend) {
            blas.scal(length, -1, result);
            blas.axpy(length, 1, minuend, result);
        } else {
            blas.copy(minuend, result);
            blas.axpy(length, -1, subtrahend, result);
        }
    }
}
