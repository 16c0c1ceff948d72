package io.github.qrreduction.spark;

import java.nio.DoubleBuffer;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Vectors in the rows of one native DOUBLE matrix, filled again and again. Not safe for concurrent use. */
final class VectorBlock implements AutoCloseable {
    /** Enough rows for a matrix product at full speed; more would only wait in memory. */
    private static final int MAX_ROWS = 1024;

    private static final int MIN_ROWS = 16;
    /** A block takes at most 4 MB, which stays in the cache, unless MIN_ROWS alone take more. */
    private static final long MAX_VALUES = 1L << 19;

    private final int columns;
    private final int capacity;
    private final INDArray block;
    private final DoubleBuffer values;
    private final double[] zeros;
    private int filled;

    VectorBlock(int columns) {
        this.columns = columns;
        this.capacity = (int) Math.max(MIN_ROWS, Math.min(MAX_ROWS, MAX_VALUES / Math.max(1, columns)));
        this.block = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', capacity, columns);
        this.values = block.data().asNioDouble();
        this.zeros = new double[columns];
    }

    /**
     * Why a vector is refused.
     *
     * @param vector what came
     * @param size the size that it should have
     * @return what was expected and what came, or null for a good vector
     */
    static String flaw(Vector vector, int size) {
        if (vector == null) {
            return "expected a vector, got null";
        }
        if (vector.size() != size) {
            return "expected a vector of size " + size + ", got one of size " + vector.size();
        }
        double[] stored = stored(vector);
        double sum = 0;
        for (double value : stored) {
            // 0 for a number, NaN otherwise; without a branch, so that it takes next to no time.
            sum += value * 0;
        }
        return sum == 0 ? null : notFinite(vector, stored);
    }

    private static String notFinite(Vector vector, double[] stored) {
        int i = 0;
        while (Double.isFinite(stored[i])) {
            i++;
        }
        int entry = vector instanceof SparseVector sparse ? sparse.indices()[i] : i;
        return "expected finite values, got " + stored[i] + " in entry " + entry;
    }

    private static double[] stored(Vector vector) {
        return vector instanceof SparseVector sparse ? sparse.values() : ((DenseVector) vector).values();
    }

    /** Adds a vector without flaws. */
    void add(Vector vector) {
        int from = filled * columns;
        if (vector instanceof SparseVector sparse) {
            values.put(from, zeros);
            int[] indices = sparse.indices();
            double[] stored = sparse.values();
            for (int i = 0; i < indices.length; i++) {
                values.put(from + indices[i], stored[i]);
            }
        } else {
            values.put(from, stored(vector));
        }
        filled++;
    }

    boolean isFull() {
        return filled == capacity;
    }

    int capacity() {
        return capacity;
    }

    /** The rows that are filled, a view; the next {@link #add} begins anew. */
    INDArray take() {
        INDArray rows = filled == capacity ? block : block.get(NDArrayIndex.interval(0, filled), NDArrayIndex.all());
        filled = 0;
        return rows;
    }

    /** Gives the memory back; views of it die with it. */
    @Override
    public void close() {
        if (!block.wasClosed()) {
            block.close();
        }
    }
}
