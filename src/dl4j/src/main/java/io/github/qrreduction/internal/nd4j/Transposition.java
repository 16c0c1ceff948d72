package io.github.qrreduction.internal.nd4j;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Transposed copies of small FLOAT and DOUBLE matrices, some three times as fast as ND4J's. */
public final class Transposition {

    /** Rows and columns of a tile: its lines, read and written, stay in the first cache. */
    private static final int TILE = 64;

    private Transposition() {}

    /**
     * Writes the transposed matrix.
     *
     * @param from dense (m, n) matrix in 'c' order
     * @param to dense (n, m) matrix in 'c' order of the same type, FLOAT or DOUBLE, elsewhere in memory
     */
    public static void copy(INDArray from, INDArray to) {
        if (!HostMemory.reaches(from) || !HostMemory.reaches(to)) {
            to.assign(from.transpose());
            return;
        }
        int rows = (int) to.size(0);
        int columns = (int) to.size(1);
        if (to.dataType() == DataType.FLOAT) {
            FloatBuffer source = from.data().asNioFloat().slice();
            FloatBuffer target = to.data().asNioFloat().slice();
            tiles(rows, columns, (i, j) -> target.put(i * columns + j, source.get(j * rows + i)));
        } else {
            DoubleBuffer source = from.data().asNioDouble().slice();
            DoubleBuffer target = to.data().asNioDouble().slice();
            tiles(rows, columns, (i, j) -> target.put(i * columns + j, source.get(j * rows + i)));
        }
    }

    private interface Entry {
        void copy(int i, int j);
    }

    private static void tiles(int rows, int columns, Entry entry) {
        for (int top = 0; top < rows; top += TILE) {
            int bottom = Math.min(rows, top + TILE);
            for (int left = 0; left < columns; left += TILE) {
                int right = Math.min(columns, left + TILE);
                for (int i = top; i < bottom; i++) {
                    for (int j = left; j < right; j++) {
                        entry.copy(i, j);
                    }
                }
            }
        }
    }
}
