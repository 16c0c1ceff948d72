package io.github.qrreduction.internal.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Some rows of a matrix that may be a view. */
public final class RowRange {
    private RowRange() {}

    /**
     * Rows from (inclusive) to (exclusive), a view. ND4J's {@code get(interval(from, to), all())} gives an empty array
     * where the matrix is a view and the rows begin further into the memory than it has values.
     */
    public static INDArray of(INDArray matrix, long from, long to) {
        return Nd4j.create(
                matrix.data(),
                new long[] {to - from, matrix.size(1)},
                matrix.stride(),
                matrix.offset() + from * matrix.stride(0),
                matrix.ordering());
    }
}
