package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Memory;
import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Short-lived threads leave nothing behind: SameDiff by itself keeps a session, with its arrays, for each. */
class ThreadsTest {

    private static final int THREADS = 200;
    private static final int PASSES_PER_THREAD = 100;
    /** Each pass puts out 64 KB; one array kept a thread would be 13 MB, one a pass 1.3 GB. */
    private static final long ALLOWED_GROWTH = 6L << 20;

    @Test
    void twentyThousandPassesFromTwoHundredThreadsLeaveNoMemoryBehind() throws InterruptedException {
        MultiLayerNetwork net =
                withMse(DataType.FLOAT, new Sgd(0.1), reduction(32, 16).build());
        INDArray input = Nd4j.rand(DataType.FLOAT, 1024, 32);
        INDArray expected = net.output(input);
        passesFromThreads(net, input, expected, 20);
        Memory before = Memory.settled();
        passesFromThreads(net, input, expected, THREADS);
        Memory growth = Memory.settled().since(before);
        assertThat(growth.heap()).isLessThan(ALLOWED_GROWTH);
        assertThat(growth.arrays()).isLessThan(ALLOWED_GROWTH);
    }

    private static void passesFromThreads(MultiLayerNetwork net, INDArray input, INDArray expected, int threads)
            throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int t = 0; t < threads; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < PASSES_PER_THREAD; i++) {
                    assertThat(net.output(input)).isEqualTo(expected);
                }
                // DL4J keeps its own workspaces for a thread until it is told that the thread ends.
                Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
            });
            thread.setUncaughtExceptionHandler((where, e) -> failure.compareAndSet(null, e));
            thread.start();
            thread.join();
        }
        assertThat(failure.get()).isNull();
    }
}
