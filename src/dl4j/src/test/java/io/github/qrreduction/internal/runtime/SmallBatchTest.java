package io.github.qrreduction.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.internal.nd4j.Matmul;
import io.github.qrreduction.internal.nd4j.SmallBatch;
import io.github.qrreduction.internal.nd4j.Transposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SmallBatchTest {

    /** Of a sum of 768 products of normal numbers, relative to its size. */
    private static final double ROUNDING = 1e-4;

    @ParameterizedTest(name = "{0} rows of {2} by {1} components, {3}")
    @CsvSource({
        "2, 64, 768, FLOAT",
        "7, 64, 768, FLOAT",
        "4, 64, 768, DOUBLE",
        "7, 64, 768, DOUBLE",
        "2, 4, 30000, FLOAT",
    })
    void fewRowsAreTransposed(long rows, long components, long size, DataType type) {
        assertThat(SmallBatch.isFasterTransposed(rows, components, size, type)).isTrue();
    }

    @ParameterizedTest(name = "{0} rows of {2} by {1} components, {3}")
    @CsvSource({
        "1, 64, 768, FLOAT",
        "8, 64, 768, FLOAT",
        "2, 16, 768, FLOAT",
        "2, 3, 30000, FLOAT",
        "2, 64, 768, HALF",
        "3, 64, 768, DOUBLE",
        "8, 256, 4096, DOUBLE",
        "8, 63, 4200, FLOAT",
        "8, 128, 2047, FLOAT",
        "33, 512, 4096, FLOAT",
    })
    void othersAreNot(long rows, long components, long size, DataType type) {
        assertThat(SmallBatch.isFasterTransposed(rows, components, size, type)).isFalse();
    }

    @Test
    void someMoreAreWhereBlasHasThreads() {
        boolean threads = Nd4j.factory().blas().getMaxThreads() > 1;
        for (int rows : new int[] {8, 32}) {
            assertThat(SmallBatch.isFasterTransposed(rows, 256, 4096, DataType.FLOAT))
                    .as("%d rows", rows)
                    .isEqualTo(threads);
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT", "DOUBLE"})
    void theProductIsTheSameInEitherForm(DataType type) {
        Matmul matmul = new Matmul(false, true, false);
        INDArray q = Nd4j.randn(DataType.FLOAT, 64, 768).castTo(type);
        for (int rows : new int[] {1, 4, 7, 8}) {
            INDArray x = Nd4j.randn(DataType.FLOAT, rows, 768).castTo(type);
            INDArray expected = x.mmul(q.transpose());
            assertThat(matmul.isFasterTransposed(x, q)).isEqualTo(rows == 4 || rows == 7);
            // Arrays in workspaces are views of one buffer.
            INDArray whole = Nd4j.create(type, 5 + rows * 64L);
            INDArray out = whole.get(NDArrayIndex.interval(5, 5 + rows * 64L)).reshape('c', rows, 64);
            new PlanStep.Product("x", "q", "z", matmul).run(out, shape -> Nd4j.create(type, shape), x, q);
            assertThat(out.equalsWithEps(expected, ROUNDING * Math.sqrt(768))).isTrue();
            assertThat(whole.get(NDArrayIndex.interval(0, 5)).sumNumber().doubleValue())
                    .isZero();
        }
    }

    @Test
    void otherFormsOfProductAreLeftAlone() {
        INDArray x = Nd4j.create(DataType.FLOAT, 4, 768);
        INDArray q = Nd4j.create(DataType.FLOAT, 64, 768);
        assertThat(new Matmul(false, true, false).accumulating().isFasterTransposed(x, q))
                .isFalse();
        assertThat(new Matmul(false, false, false).isFasterTransposed(x, q.transpose()))
                .isFalse();
        assertThat(new Matmul(true, true, false).isFasterTransposed(x.transpose(), q))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"FLOAT, 1, 1", "FLOAT, 3, 70", "FLOAT, 130, 65", "DOUBLE, 7, 300"})
    void copiesTransposed(DataType type, int rows, int columns) {
        INDArray flat = Nd4j.randn(DataType.DOUBLE, rows * (long) columns + 3).castTo(type);
        INDArray from =
                flat.get(NDArrayIndex.interval(3, 3 + rows * (long) columns)).reshape('c', rows, columns);
        INDArray to = Nd4j.create(type, columns, rows);
        Transposition.copy(from, to);
        assertThat(to).isEqualTo(from.transpose());
    }
}
