package io.github.qrreduction.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One snapshot in several threads, as when it serves. */
class ComponentsThreadsTest {
    private static final int N_IN = 7;
    private static final int N_OUT = 3;

    @Test
    void severalThreadsGetTheSame() throws Exception {
        Nd4j.getRandom().setSeed(12345);
        Components c = Components.of(Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN), Nd4j.randn(DataType.DOUBLE, N_OUT));
        INDArray x = Nd4j.randn(DataType.DOUBLE, 5, N_IN);
        INDArray z = Components.of(c.matrix(), c.bias()).transform(x);
        INDArray back = Components.of(c.matrix(), c.bias()).inverseTransform(z);
        int threads = 4;
        CyclicBarrier start = new CyclicBarrier(threads);
        // The first calls meet in what is computed once.
        Callable<Boolean> use = () -> {
            start.await();
            boolean same = true;
            for (int i = 0; i < 50; i++) {
                same &= c.inverseTransform(z).equals(back) && c.transform(x).equals(z);
                same &= c.inverseTransform(c.transform(x.getRow(0).toFloatVector())).length == N_IN;
            }
            return same;
        };
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(pool.submit(use));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
