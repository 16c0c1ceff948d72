package io.github.qrreduction.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Each operation of each contender at each problem size; {@link BenchmarkPlan} says which of them make sense. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReductionBenchmark {

    /** Problem size, nIn x nOut. */
    @Param("768x64")
    public String pair;

    /** Rows of a batch. */
    @Param("1024")
    public String batch;

    /** Whose time is taken. */
    @Param(Nd4jContenders.FREE)
    public String contender;

    private Contender running;

    /** Makes the contender, or takes the one that an earlier turn has made, outside the time taken. */
    @Setup(Level.Trial)
    public void start() {
        running = ContenderCache.get(contender, Row.of(batch, pair));
    }

    /** {@link Contender#forward}. */
    @Benchmark
    public void forward() {
        running.forward();
    }

    /** {@link Contender#forwardBackward}. */
    @Benchmark
    public void forwardBackward() {
        running.forwardBackward();
    }

    /** {@link Contender#fit}. */
    @Benchmark
    public void fit() {
        running.fit();
    }

    /** {@link Contender#output}. */
    @Benchmark
    public void output() {
        running.output();
    }
}
