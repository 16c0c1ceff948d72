package io.github.qrreduction.internal.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

class MatmulTest {

    private static final int THREADS = 4;
    private static final int CALLS = 500;
    private static final double ROUNDING = 1e-5;

    @ParameterizedTest(name = "{2}: {0}, {1}")
    @CsvSource({
        "false, false, FLOAT",
        "false, true, FLOAT",
        "true, false, FLOAT",
        "true, true, FLOAT",
        "false, true, DOUBLE",
        "true, false, DOUBLE"
    })
    void isNd4jsProductAtEverySizeThatFollowsAnother(boolean transposeA, boolean transposeB, DataType type) {
        Matmul set = new Matmul(transposeA, transposeB, false);
        for (int rows : new int[] {3, 1, 8}) {
            INDArray a = Nd4j.randn(DataType.FLOAT, transposeA ? 5 : rows, transposeA ? rows : 5)
                    .castTo(type);
            INDArray b = Nd4j.randn(DataType.FLOAT, transposeB ? 4 : 5, transposeB ? 5 : 4)
                    .castTo(type);
            assertThat(set.rows(a)).isEqualTo(rows);
            assertThat(set.columns(b)).isEqualTo(4);
            INDArray expected = Nd4j.exec(new Mmul(a, b, transposeA, transposeB, false))[0];
            INDArray c = Nd4j.create(type, rows, 4);
            set.run(a, b, c);
            assertThat(c).isEqualTo(expected);
            INDArray twice = c.dup();
            set.accumulating().run(a, b, twice);
            assertThat(twice.equalsWithEps(expected.mul(2), ROUNDING)).isTrue();
        }
    }

    @Test
    void afterAFailureTheNextProductIsRight() {
        Matmul matmul = new Matmul(false, false, false);
        INDArray c = Nd4j.create(DataType.FLOAT, 2, 2);
        INDArray one = Nd4j.eye(2).castTo(DataType.FLOAT);
        INDArray closed = Nd4j.create(DataType.FLOAT, 2, 2);
        closed.close();
        assertThatThrownBy(() -> matmul.run(one, closed, c)).hasMessageContaining("released");
        matmul.run(one, one, c);
        assertThat(c).isEqualTo(one);
    }

    @Test
    void threadsDoNotDisturbEachOther() throws Exception {
        Matmul matmul = new Matmul(false, true, false);
        List<INDArray> a = IntStream.range(0, THREADS)
                .mapToObj(i -> Nd4j.randn(DataType.FLOAT, 3 + i, 5))
                .toList();
        List<INDArray> expected = a.stream()
                .map(x -> Nd4j.exec(new Mmul(x, x, false, true, false))[0])
                .toList();
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<INDArray>> results = IntStream.range(0, THREADS)
                    .mapToObj(i -> pool.submit(() -> {
                        INDArray c = Nd4j.create(DataType.FLOAT, 3 + i, 3 + i);
                        for (int call = 0; call < CALLS; call++) {
                            matmul.run(a.get(i), a.get(i), c);
                        }
                        return c;
                    }))
                    .toList();
            for (int i = 0; i < THREADS; i++) {
                assertThat(results.get(i).get()).isEqualTo(expected.get(i));
            }
        } finally {
            pool.shutdown();
        }
    }
}
