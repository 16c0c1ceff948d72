package io.github.qrreduction.benchmarks;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Each operation of each contender at each problem size; {@link BenchmarkPlan} says which of them make sense. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReductionBenchmark {

    private static final long SEED = 7;

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

    /** Makes the contender, outside the time taken. */
    @Setup(Level.Trial)
    public void start() {
        // ND4J starts, with threads of its own choice, before a setting can change them.
        Nd4j.getRandom().setSeed(SEED);
        ThreadSetting.current().apply();
        running = ContenderFactory.find(contender, Row.of(batch, pair));
    }

    /** Lets the contender go. */
    @TearDown(Level.Trial)
    public void end() {
        running.close();
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
