package io.github.qrreduction.benchmarks;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/** Takes the memory of one contender in a JVM where it is alone. Nobody looks at the time, which has no warm-up. */
final class Footprint {

    private static final int MILLISECONDS = 500;

    private Footprint() {}

    static RunResult run(Operation operation, BenchmarkPlan.Cell cell) throws RunnerException {
        return new Runner(Turns.options(operation, cell)
                        .addProfiler(NativeMemoryProfiler.class)
                        .forks(1)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(MILLISECONDS))
                        .build())
                .runSingle();
    }
}
