package io.github.qrreduction.internal.stiefel;

import java.io.File;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Matrices that the tests of this package share. */
final class Matrices {
    private static final int[][] SIZES = {{1, 1}, {1, 7}, {5, 5}, {16, 64}, {64, 768}};

    private Matrices() {}

    /** Rows, columns, type, seed. */
    static Stream<Arguments> cases() {
        return Stream.of(SIZES)
                .flatMap(size -> Stream.of(DataType.FLOAT, DataType.DOUBLE)
                        .flatMap(type -> Stream.of(11, 12).map(seed -> Arguments.of(size[0], size[1], type, seed))));
    }

    static INDArray gaussian(int k, int n, DataType type, int seed) {
        Nd4j.getRandom().setSeed(seed);
        return Nd4j.randn(DataType.DOUBLE, k, n).castTo(type);
    }

    static INDArray uniform(int k, int n, DataType type, int seed) {
        Nd4j.getRandom().setSeed(seed);
        return Stiefel.uniform(k, n, type);
    }

    /** U diag(s) V with geometrically falling singular values from {@code condition} to 1. */
    static INDArray withCondition(int k, int n, double condition, int seed) {
        INDArray u = uniform(k, k, DataType.DOUBLE, seed);
        INDArray v = Stiefel.uniform(k, n, DataType.DOUBLE);
        for (int i = 0; i < k; i++) {
            u.getColumn(i).muli(k == 1 ? 1 : Math.pow(condition, 1 - i / (k - 1.0)));
        }
        return u.mmul(v);
    }

    /** The same values as views: of a part of a larger array, of a transposed one, and in 'f' order. */
    static Stream<INDArray> views(INDArray matrix) {
        int k = matrix.rows();
        int n = matrix.columns();
        INDArray part = Nd4j.valueArrayOf(new long[] {k + 2, n + 3}, -7.0, matrix.dataType())
                .get(NDArrayIndex.interval(1, k + 1), NDArrayIndex.interval(2, n + 2));
        part.assign(matrix);
        INDArray flat = Nd4j.valueArrayOf(new long[] {1, k * n + 5}, -7.0, matrix.dataType());
        INDArray inFlat = flat.get(NDArrayIndex.all(), NDArrayIndex.interval(3, k * n + 3))
                .reshape('c', k, n);
        inFlat.assign(matrix);
        return Stream.of(part, inFlat, matrix.transpose().dup('c').transpose(), matrix.dup('f'));
    }

    static INDArray fixture(String name) {
        return Nd4j.createFromNpyFile(new File("src/test/resources/fixtures/stiefel/" + name + ".npy"));
    }

    /** ||a - b||_F in float64. */
    static double distance(INDArray a, INDArray b) {
        return a.castTo(DataType.DOUBLE)
                .dup('c')
                .sub(b.castTo(DataType.DOUBLE).dup('c'))
                .norm2Number()
                .doubleValue();
    }

    static double norm(INDArray a) {
        return a.castTo(DataType.DOUBLE).norm2Number().doubleValue();
    }

    static double inner(INDArray a, INDArray b) {
        return a.castTo(DataType.DOUBLE)
                .dup('c')
                .mul(b.castTo(DataType.DOUBLE).dup('c'))
                .sumNumber()
                .doubleValue();
    }
}
