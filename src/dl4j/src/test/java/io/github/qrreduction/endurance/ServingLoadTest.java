package io.github.qrreduction.endurance;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.testutil.ChildJvm;
import io.github.qrreduction.testutil.Memory;
import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * One network asked by eight threads at once: each answer is what one thread alone gets, and memory does not grow. The
 * long form, some minutes for each of its fifteen rows, the last three of which are layers of DL4J to compare with:
 * {@code ./mvnw test -DincludedTags=long -DexcludedTags= -Dtest=ServingLoadTest}.
 */
class ServingLoadTest {

    private static final int THREADS = 8;
    private static final int CALLS = 400;
    private static final int MANY_CALLS = 100_000;
    /** Of all clients together: collections go on where one is stuck. */
    private static final int CALLS_A_COLLECTION = 8000;

    private static final int INPUTS = 32;
    private static final long SEED = 4711;
    /** A batch that DL4J puts together is multiplied in another order of additions: a few units in the last place. */
    private static final float ROUNDING = 1e-5f;
    /** One array kept a call would be 100 bytes and more: 80 MB after 800000 calls. */
    private static final long HEAP_GROWTH = 16_000_000;

    private static final long ARRAYS_GROWTH = 8_000_000;
    /** Stacks of lost clients; and pages that the allocator keeps where the JVM cannot make it give them back. */
    private static final long RESIDENT_GROWTH = 60_000_000;

    /** Seconds without an answer after which a call is lost. */
    private static final int PATIENCE = 10;
    /** Milliseconds between looks at a client. */
    private static final int TICK = 100;

    /**
     * Calls of {@code BATCHED} that may be lost. ParallelInference of M2.1 adds a caller's observer to a batch after
     * its input: where the batch is done in between, nobody tells the caller, who waits for ever, whatever the network.
     * That takes a worker who does not give up the core that the caller waits for. By the context switches that Linux
     * counts for a thread, DenseLayer's bias makes workers do so more often, and fewer are lost; without bias it loses
     * as many as this layer, a faster network more.
     */
    private static final int LOST_BY_DL4J = 200;

    /** A way to ask a network from many threads. */
    enum Way {
        /** DL4J lets one thread at a time into a network's output. */
        THREADS_ON_ONE_NETWORK(null),
        THREADS_ON_ONE_GRAPH(null),
        INPLACE(InferenceMode.INPLACE),
        SEQUENTIAL(InferenceMode.SEQUENTIAL),
        BATCHED(InferenceMode.BATCHED);

        private final InferenceMode mode;

        Way(InferenceMode mode) {
            this.mode = mode;
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "NONE,THREADS_ON_ONE_NETWORK",
        "NONE,INPLACE",
        "RETRACTION,SEQUENTIAL",
        "PARAMETRIZATION,INPLACE",
        "PARAMETRIZATION,THREADS_ON_ONE_NETWORK",
        "NONE,THREADS_ON_ONE_GRAPH",
        "RETRACTION,THREADS_ON_ONE_GRAPH",
        "PARAMETRIZATION,BATCHED"
    })
    void eightThreadsGetWhatOneGets(String layer, Way way) throws Exception {
        load(layer, way, CALLS);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "NONE,THREADS_ON_ONE_NETWORK",
        "NONE,INPLACE",
        "NONE,SEQUENTIAL",
        "RETRACTION,THREADS_ON_ONE_NETWORK",
        "RETRACTION,INPLACE",
        "RETRACTION,SEQUENTIAL",
        "PARAMETRIZATION,THREADS_ON_ONE_NETWORK",
        "PARAMETRIZATION,INPLACE",
        "PARAMETRIZATION,SEQUENTIAL"
    })
    void eightHundredThousandCallsGetWhatOneThreadGetsInFlatMemory(String layer, Way way) throws Exception {
        load(layer, way, MANY_CALLS);
    }

    /** In JVMs of their own: a client whose call is lost asks for its end without pause, as long as the JVM lives. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONE",
                "RETRACTION",
                "PARAMETRIZATION",
                "DenseLayer",
                "DenseLayer without bias",
                "ActivationLayer"
            })
    void eightHundredThousandCallsGetWhatOneThreadGetsByBatches(String layer) throws Exception {
        Process process = ChildJvm.with("-Xmx3g").start(ByBatches.class, layer);
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(System.out::println);
        }
        assertThat(process.waitFor()).isZero();
    }

    /** One layer under load. */
    static final class ByBatches {
        private ByBatches() {}

        public static void main(String[] args) throws Exception {
            load(args[0], Way.BATCHED, MANY_CALLS);
        }
    }

    /** A layer of DL4J, or this library's in the mode of that name. */
    private static Layer layer(String name) {
        return switch (name) {
            case "DenseLayer", "DenseLayer without bias" ->
                new DenseLayer.Builder()
                        .nIn(24)
                        .nOut(8)
                        .hasBias(name.equals("DenseLayer"))
                        .activation(Activation.IDENTITY)
                        .build();
            case "ActivationLayer" -> new ActivationLayer(Activation.IDENTITY);
            default ->
                reduction(24, 8)
                        .orthonormality(Orthonormality.valueOf(name))
                        .hasBias(true)
                        .build();
        };
    }

    private static void load(String layer, Way way, int calls) throws Exception {
        MultiLayerNetwork net = withMse(DataType.FLOAT, new Sgd(0.1), layer(layer));
        Nd4j.getRandom().setSeed(SEED);
        List<INDArray> inputs = new ArrayList<>();
        List<float[][]> expected = new ArrayList<>();
        for (int i = 0; i < INPUTS; i++) {
            inputs.add(Nd4j.randn(DataType.FLOAT, 1 + i % 5, 24));
            expected.add(net.output(inputs.get(i)).toFloatMatrix());
        }
        ParallelInference inference = way.mode == null
                ? null
                : new ParallelInference.Builder(net)
                        .inferenceMode(way.mode)
                        .workers(4)
                        .batchLimit(16)
                        .build();
        UnaryOperator<INDArray> output = switch (way) {
            case THREADS_ON_ONE_NETWORK -> net::output;
            case THREADS_ON_ONE_GRAPH -> net.toComputationGraph()::outputSingle;
            default -> inference::output;
        };
        try {
            // Until compiled code, and the allocator's pages for each thread, are there.
            new Load(output, inputs, expected, way, Math.max(100, calls / 4), new AtomicLong()).run();
            Memory before = Memory.settled();
            long start = System.nanoTime();
            int lost = new Load(output, inputs, expected, way, calls, new AtomicLong()).run();
            double seconds = (System.nanoTime() - start) / 1e9;
            Memory growth = Memory.settled().since(before);
            System.out.printf(
                    "%s, %s: %d threads x %d calls in %.1f s, %d without an answer; %.0f us alone; before %s; growth"
                            + " %s%n",
                    layer, way, THREADS, calls, seconds, lost, alone(net, inputs), before, growth);
            assertThat(growth.heap()).isLessThan(HEAP_GROWTH);
            assertThat(growth.arrays()).isLessThan(ARRAYS_GROWTH);
            assertThat(growth.resident()).isLessThan(RESIDENT_GROWTH);
        } finally {
            if (inference != null && way != Way.INPLACE) {
                inference.shutdown();
            }
        }
    }

    /** Microseconds of a call that is the only one. */
    private static double alone(MultiLayerNetwork net, List<INDArray> inputs) {
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            net.output(inputs.get(i % INPUTS));
        }
        return (System.nanoTime() - start) / 1e3 / CALLS;
    }

    /** Eight clients of one network. */
    private record Load(
            UnaryOperator<INDArray> output,
            List<INDArray> inputs,
            List<float[][]> expected,
            Way way,
            int calls,
            AtomicLong asked) {

        /** Returns the number of calls that were never answered: those that DL4J has lost. */
        int run() throws Exception {
            ExecutorService threads = Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "client");
                thread.setDaemon(true);
                return thread;
            });
            int lost = 0;
            try {
                List<Client> clients = new ArrayList<>();
                List<Future<?>> futures = new ArrayList<>();
                for (int t = 0; t < THREADS; t++) {
                    clients.add(new Client(this, 5 * t, 0));
                    futures.add(threads.submit(clients.get(t)));
                }
                for (boolean done = false; !done; ) {
                    done = true;
                    for (int t = 0; t < THREADS; t++) {
                        try {
                            futures.get(t).get(TICK, TimeUnit.MILLISECONDS);
                        } catch (TimeoutException e) {
                            done = false;
                            Client client = clients.get(t);
                            if (client.isLost()) {
                                assertThat(way)
                                        .as("no answer after call %d", client.answered)
                                        .isEqualTo(Way.BATCHED);
                                assertThat(++lost).as("calls without an answer").isLessThanOrEqualTo(LOST_BY_DL4J);
                                // At once: fewer clients at a time would lose fewer calls.
                                clients.set(t, new Client(this, 5 * t, client.answered + 1));
                                futures.set(t, threads.submit(clients.get(t)));
                            }
                        }
                    }
                }
            } finally {
                // Interrupted, a lost client would not sleep between its looks at the batch any more.
                threads.shutdown();
            }
            return lost;
        }

        private void call(int which, int i) {
            if (asked.getAndIncrement() % CALLS_A_COLLECTION == 0) {
                // ND4J frees arrays after the collector has found them unused.
                System.gc();
            }
            float[][] actual = output.apply(inputs.get(which)).toFloatMatrix();
            boolean same = way == Way.BATCHED
                    ? isClose(actual, expected.get(which))
                    : Arrays.deepEquals(actual, expected.get(which));
            if (!same) {
                assertThat(actual).as("call %d, input %d", i, which).isEqualTo(expected.get(which));
            }
        }
    }

    /** One thread's calls. */
    private static final class Client implements Runnable {

        private final Load load;
        private final int first;
        private volatile int answered;
        private volatile long latest = System.nanoTime();

        Client(Load load, int first, int answered) {
            this.load = load;
            this.first = first;
            this.answered = answered;
        }

        @Override
        public void run() {
            for (int i = answered; i < load.calls; i++) {
                load.call((first + i) % INPUTS, i);
                latest = System.nanoTime();
                answered = i + 1;
            }
            // DL4J keeps its own workspaces for a thread until it is told that the thread ends.
            Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
        }

        boolean isLost() {
            return System.nanoTime() - latest > TimeUnit.SECONDS.toNanos(PATIENCE);
        }
    }

    private static boolean isClose(float[][] actual, float[][] expected) {
        if (actual.length != expected.length) {
            return false;
        }
        for (int i = 0; i < actual.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                if (!(Math.abs(actual[i][j] - expected[i][j]) <= ROUNDING * Math.max(1, Math.abs(expected[i][j])))) {
                    return false;
                }
            }
        }
        return true;
    }
}
