package io.github.qrreduction.benchmarks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Takes the times of a block's contenders in turns, round after round, all in this JVM: its compiler has then seen
 * each of them, and what the machine does to one round, it does to all in it.
 */
final class Turns {

    /** A turn warms up for this part of the time that it measures: the one before has left its data in the caches. */
    private static final int WARM_UP_PART = 3;

    private record Kind(Operation operation, String contender) {}

    private final int warmup;
    private final int time;
    private final Set<Kind> compiled = new HashSet<>();

    /**
     * Turns of a length.
     *
     * @param warmup milliseconds for each contender and operation when this JVM first meets it; DL4J's fit takes some
     *     thousand steps until the compiler is done
     * @param time milliseconds that a turn measures
     */
    Turns(int warmup, int time) {
        this.warmup = warmup;
        this.time = time;
    }

    /**
     * Takes rounds of a block.
     *
     * @param count how many
     */
    List<Round> run(BenchmarkPlan.Block block, int count) throws RunnerException {
        try {
            for (BenchmarkPlan.Cell cell : block.cells()) {
                if (compiled.add(new Kind(block.operation(), cell.contender()))) {
                    turn(block.operation(), cell, warmup, 0);
                }
            }
            List<Round> rounds = new ArrayList<>();
            double before = CoreDistance.nanoseconds();
            for (int i = 0; i < count; i++) {
                List<RunResult> results = new ArrayList<>();
                for (BenchmarkPlan.Cell cell : block.cells()) {
                    results.add(turn(block.operation(), cell, time / WARM_UP_PART, time));
                }
                double after = CoreDistance.nanoseconds();
                rounds.add(new Round(Math.max(before, after), results));
                before = after;
            }
            return rounds;
        } finally {
            ContenderCache.clear();
        }
    }

    private static RunResult turn(Operation operation, BenchmarkPlan.Cell cell, int warmup, int time)
            throws RunnerException {
        ChainedOptionsBuilder options = Turns.options(operation, cell)
                .forks(0)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(Math.max(1, warmup)))
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(Math.max(1, time)));
        if (operation == Operation.FIT) {
            options.addProfiler(GCProfiler.class);
        }
        return new Runner(options.build()).runSingle();
    }

    /** Microseconds, of the samples of one turn. */
    static double median(RunResult turn) {
        return turn.getPrimaryResult().getStatistics().getPercentile(50);
    }

    static ChainedOptionsBuilder options(Operation operation, BenchmarkPlan.Cell cell) {
        return new OptionsBuilder()
                .include("^" + ReductionBenchmark.class.getName() + "." + operation.method() + "$")
                .param("pair", cell.row().pair())
                .param("batch", "" + cell.row().batch())
                .param("contender", cell.contender())
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }
}
