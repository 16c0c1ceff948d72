package io.github.qrreduction.internal.stiefel;

import io.github.qrreduction.internal.nd4j.HostMemory;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.ManhattanDistance;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Differences by BLAS, whose threads are awake, and comparison by the JDK: for matrices of components ND4J's own
 * operations spend most of their time on starting a team of threads.
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

    /**
     * Whether two arrays hold the same values, 0 and -0 being one.
     *
     * @param a dense array in 'c' order
     * @param b the same, of that type and length
     * @return false as soon as a value differs; unspecified for arrays with NaN
     */
    public static boolean sameValues(INDArray a, INDArray b) {
        int length = (int) a.length();
        if (HostMemory.reaches(a) && HostMemory.reaches(b)) {
            if (a.dataType() == DataType.FLOAT) {
                return values(a.data().asNioFloat(), length)
                                .mismatch(values(b.data().asNioFloat(), length))
                        < 0;
            }
            if (a.dataType() == DataType.DOUBLE) {
                return values(a.data().asNioDouble(), length)
                                .mismatch(values(b.data().asNioDouble(), length))
                        < 0;
            }
        }
        return Nd4j.getExecutioner().exec(new ManhattanDistance(a, b)).getDouble(0) == 0.0;
    }

    /** Slices of JDK buffers compare many times faster than the buffers. */
    private static FloatBuffer values(FloatBuffer buffer, int length) {
        return buffer.slice().limit(length);
    }

    private static DoubleBuffer values(DoubleBuffer buffer, int length) {
        return buffer.slice().limit(length);
    }
}
