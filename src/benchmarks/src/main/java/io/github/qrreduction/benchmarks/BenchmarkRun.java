package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the benchmarks and writes results.json, far.json, memory.json and rounds.csv, the report benchmarks.md and its
 * picture.
 *
 * <p>Times are taken by JMH in this JVM, in {@link Turns}; {@link Footprint memory} in a JVM for each contender, which
 * inherits this one's environment and options.
 */
@Command(
        name = "BenchmarkRun",
        description = "Times QRReductionLayer beside bare products, DenseLayer and PyTorch.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class BenchmarkRun implements Callable<Integer> {

    /** All blocks once, then those that still lack rounds with near cores. */
    private static final int PASSES = 4;

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
            defaultValue = "9",
            description = "Turns of each contender on near cores; the medians count (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--warmup",
            paramLabel = "MS",
            defaultValue = "3000",
            description = "Milliseconds of warm-up for each operation of each contender at its first size, enough for "
                    + "some thousand steps of fit (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(
            names = "--time",
            paramLabel = "MS",
            defaultValue = "120",
            description = "Milliseconds that a turn measures, after a third of that as warm-up (default: "
                    + "${DEFAULT-VALUE}).")
    private int time;

    @Option(names = "--no-memory", description = "Without the part that takes memory, in a JVM for each contender.")
    private boolean noMemory;

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
            Rounds taken = run();
            Machine.write(
                    output.resolve(Machine.FILE),
                    command(),
                    distances(taken.coreDistances()),
                    taken.summary(),
                    measurement());
            OrthogonalPeers.run(python, output.resolve(OrthogonalPeers.FILE));
        }
        BenchmarkReport.write(output, output);
        if (docs != null) {
            BenchmarkReport.write(output, docs);
        }
        System.out.println("Report: " + output.resolve(BenchmarkReport.FILE));
        return 0;
    }

    private Rounds run() throws RunnerException, IOException {
        OneThread.use();
        // For JMH, the turns of this JVM and a fork beside it are two runs at a time.
        System.setProperty("jmh.ignoreLock", "true");
        List<String> names =
                ContenderFactory.all().flatMap(f -> f.names().stream()).collect(Collectors.toList());
        List<BenchmarkPlan.Block> blocks = (full ? BenchmarkPlan.full() : BenchmarkPlan.bounds())
                .blocks(operations, pairs, batches, contenders, names::contains);
        Turns turns = new Turns(warmup, time);
        Rounds taken = new Rounds(blocks, rounds);
        RoundsFile file = new RoundsFile(output);
        // The host moves cores for seconds or minutes: what came at such a time is asked for again after all others.
        for (int pass = 1; pass <= PASSES; pass++) {
            List<BenchmarkPlan.Block> pending =
                    blocks.stream().filter(block -> taken.missing(block) > 0).toList();
            for (int i = 0; i < pending.size(); i++) {
                BenchmarkPlan.Block block = pending.get(i);
                List<Round> found = turns.run(block, taken.missing(block));
                taken.add(block, found);
                System.out.printf(
                        Locale.ROOT,
                        "%s%d/%d  %s%n",
                        pass == 1 ? "" : "again ",
                        i + 1,
                        pending.size(),
                        line(block, found));
                System.out.println("        cores apart: "
                        + distances(
                                found.stream().mapToDouble(Round::coreDistance).toArray()));
                file.add(block, found);
                write(taken.results(true), Results.FILE);
                write(taken.results(false), Results.FAR_FILE);
            }
        }
        if (!noMemory) {
            runMemory(blocks);
        }
        return taken;
    }

    private void runMemory(List<BenchmarkPlan.Block> blocks) throws RunnerException {
        List<BenchmarkPlan.Cell> cells = blocks.stream()
                .filter(block -> block.operation() == Operation.FIT)
                .flatMap(block -> block.cells().stream())
                .filter(cell ->
                        BenchmarkPlan.inGrid(cell.row()) && BenchmarkReport.MEMORY_OF.contains(cell.contender()))
                .toList();
        List<RunResult> results = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            results.add(Footprint.run(Operation.FIT, cells.get(i)));
            System.out.printf(Locale.ROOT, "%d/%d  memory of %s%n", i + 1, cells.size(), cells.get(i));
            write(results, Results.MEMORY_FILE);
        }
    }

    /** After each block, so that a run that is broken off has not been for nothing. */
    private void write(List<RunResult> results, String file) {
        ResultFormatFactory.getInstance(
                        ResultFormatType.JSON, output.resolve(file).toString())
                .writeOut(results);
    }

    private static String line(BenchmarkPlan.Block block, List<Round> found) {
        return block.operation().method() + ", microseconds: "
                + IntStream.range(0, block.cells().size())
                        .mapToObj(i -> String.format(
                                Locale.ROOT,
                                "%s %.0f",
                                block.cells().get(i),
                                Results.median(found.stream()
                                        .mapToDouble(round ->
                                                Turns.median(round.results().get(i)))
                                        .toArray())))
                        .collect(Collectors.joining(", "));
    }

    private static String distances(double... nanoseconds) {
        return String.format(
                Locale.ROOT,
                "%.0f ns there and back (median of the rounds; %.0f to %.0f)",
                Results.median(nanoseconds),
                Arrays.stream(nanoseconds).min().orElse(Double.NaN),
                Arrays.stream(nanoseconds).max().orElse(Double.NaN));
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
                "one JVM, %d rounds of turns of %d ms (warm-up: %d ms a contender and operation, then a third of a "
                        + "turn)",
                rounds,
                time,
                warmup);
    }
}
