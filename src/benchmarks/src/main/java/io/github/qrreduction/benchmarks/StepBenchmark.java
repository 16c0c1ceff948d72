package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.memory.AllocationsTracker;
import org.nd4j.linalg.api.memory.enums.AllocationKind;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A training step alone in its process: plain JMH, for what is no ratio of neighbours. That is the memory of a process,
 * its settings (docs/threads.md), and with the sizes below what a step on the manifold costs. RETRACTION less NONE is
 * the tangent projection and the retraction, PARAMETRIZATION less NONE the QR factor and its gradient; with one row,
 * the layer itself is next to nothing beside them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 3) // One, as JMH would add up the memory of several.
public class StepBenchmark {

    /** Batch x nIn x nOut. */
    @Param({"1x768x64", "1x784x128", "1x30000x50"})
    public String size;

    /** Name of a {@link Contender}. */
    @Param({"NONE", "RETRACTION", "PARAMETRIZATION"})
    public String contender;

    /** Threads that ND4J's own operations and OpenBLAS's products are told to use; 0 leaves them alone. */
    @Param("0")
    public int ompThreads;

    @Param("0")
    public int blasThreads;

    private Work work;

    /** Bytes beside the Java heap. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Memory {
        public double workspaces;
        public double residentPeak;

        /** What the process holds by now. */
        @TearDown(Level.Iteration)
        public void look() throws IOException {
            workspaces = AllocationsTracker.getInstance().bytesOnDevice(AllocationKind.WORKSPACE, 0);
            residentPeak = ResidentMemory.peak();
        }
    }

    /** Makes the contender, in the thread that will work: OpenMP keeps its settings by thread. */
    @Setup
    public void start() {
        work = Contender.valueOf(contender).start(Row.of(size));
        if (ompThreads > 0) {
            NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(ompThreads);
        }
        if (blasThreads > 0) {
            Nd4j.factory().blas().setMaxThreads(blasThreads);
        }
    }

    /** One step. */
    @Benchmark
    public void fit(Memory memory) {
        work.run(Operation.FIT);
    }
}
