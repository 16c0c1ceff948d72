package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the benchmarks and writes results.json, the report benchmarks.md and its picture.
 *
 * <p>Each contender is timed by JMH in a JVM of its own, which inherits this one's environment and options; the
 * contenders of one operation and size follow each other, so that their ratios compare neighbours in time.
 */
@Command(
        name = "BenchmarkRun",
        description = "Times QRReductionLayer beside bare products, DenseLayer and PyTorch.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class BenchmarkRun implements Callable<Integer> {

    @Option(
            names = "--full",
            description = "Every contender at every size, some two hours, instead of what the bounds are about.")
    private boolean full;

    @Option(
            names = "--operation",
            paramLabel = "OP",
            split = ",",
            description = "Only these: ${COMPLETION-CANDIDATES}; several with commas, as with the next three.")
    private List<Operation> operations = List.of();

    @Option(names = "--pair", paramLabel = "NINxNOUT", split = ",", description = "Only these, as in 768x64.")
    private List<String> pairs = List.of();

    @Option(names = "--batch", paramLabel = "N", split = ",", description = "Only these batches.")
    private List<Long> batches = List.of();

    @Option(
            names = "--contender",
            paramLabel = "NAME",
            split = ",",
            description = "Only these: matmul, qr-none, qr-retraction, qr-parametrization, qr-session, textbook, "
                    + "dense, pytorch.")
    private List<String> contenders = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Times that everything is run; the report takes medians (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--warmup",
            paramLabel = "MS",
            defaultValue = "3000",
            description =
                    "Milliseconds of warm-up for fit, whose JIT compilation takes a thousand steps; a third for the "
                            + "rest (default: "
                            + "${DEFAULT-VALUE}).")
    private int warmup;

    @Option(
            names = "--time",
            paramLabel = "MS",
            defaultValue = "400",
            description = "Milliseconds of each of three iterations (default: ${DEFAULT-VALUE}).")
    private int time;

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "1",
            description = "JVMs for each contender, 0 for this one (default: ${DEFAULT-VALUE}).")
    private int forks;

    @Option(
            names = "--python",
            paramLabel = "COMMAND",
            defaultValue = "python3",
            description = "A Python with torch, for src/jmh/python/orthogonal.py (default: ${DEFAULT-VALUE}).")
    private String python;

    @Option(names = "--report-only", description = "Writes the report of the results that are there.")
    private boolean reportOnly;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "target/benchmarks",
            description = "Folder for results and report (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--docs", paramLabel = "DIR", description = "Also writes report and picture there, as in docs.")
    private Path docs;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private final List<String> arguments;

    private BenchmarkRun(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Runs the command; the JVM exits with its code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new BenchmarkRun(List.of(args))).execute(args));
    }

    @Override
    public Integer call() throws IOException, RunnerException, InterruptedException {
        Files.createDirectories(output);
        if (!reportOnly) {
            run();
            Machine.write(output.resolve(Machine.FILE), command(), measurement());
            OrthogonalPeers.run(python, output.resolve(OrthogonalPeers.FILE));
        }
        BenchmarkReport.write(output, output);
        if (docs != null) {
            BenchmarkReport.write(output, docs);
        }
        System.out.println("Report: " + output.resolve(BenchmarkReport.FILE));
        return 0;
    }

    private void run() throws RunnerException {
        List<String> names =
                ContenderFactory.all().flatMap(f -> f.names().stream()).collect(Collectors.toList());
        List<BenchmarkPlan.Block> blocks = (full ? BenchmarkPlan.full() : BenchmarkPlan.bounds())
                .blocks(operations, pairs, batches, contenders, names::contains);
        List<RunResult> results = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < blocks.size(); i++) {
                Collection<RunResult> found = run(blocks.get(i));
                results.addAll(found);
                System.out.printf(
                        Locale.ROOT,
                        "%d/%d, %d/%d  %s%n",
                        round,
                        rounds,
                        i + 1,
                        blocks.size(),
                        line(blocks.get(i), found));
                // After each block, so that a run that is broken off has not been for nothing.
                ResultFormatFactory.getInstance(
                                ResultFormatType.JSON,
                                output.resolve(Results.FILE).toString())
                        .writeOut(results);
            }
        }
    }

    private Collection<RunResult> run(BenchmarkPlan.Block block) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + ReductionBenchmark.class.getName() + "."
                        + block.operation().method() + "$")
                .param("pair", block.row().pair())
                .param("batch", "" + block.row().batch())
                .param("contender", block.contenders().toArray(String[]::new))
                .forks(forks)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(block.operation() == Operation.FIT ? warmup : warmup / 3))
                .measurementIterations(3)
                .measurementTime(TimeValue.milliseconds(time))
                .verbosity(VerboseMode.SILENT);
        if (block.operation() == Operation.FIT) {
            options.addProfiler(GCProfiler.class).addProfiler(NativeMemoryProfiler.class);
        }
        return new Runner(options.build()).run();
    }

    private static String line(BenchmarkPlan.Block block, Collection<RunResult> found) {
        return block.operation().method() + " " + block.row() + ", microseconds: "
                + found.stream()
                        .map(r -> String.format(
                                Locale.ROOT,
                                "%s %.0f",
                                r.getParams().getParam("contender"),
                                r.getPrimaryResult().getStatistics().getPercentile(50)))
                        .collect(Collectors.joining(", "));
    }

    private String command() {
        return "./mvnw -q -P benchmark test-compile exec:exec"
                + Stream.of(String.join(" ", arguments))
                        .filter(a -> !a.isEmpty())
                        .map(a -> " -Dbenchmark.args=\"" + a + "\"")
                        .findFirst()
                        .orElse("");
    }

    private String measurement() {
        return String.format(
                Locale.ROOT,
                "%d round(s) of %d JVM(s) a contender, %d ms warm-up (a third where not fit), 3 x %d ms",
                rounds,
                forks,
                warmup,
                time);
    }
}
