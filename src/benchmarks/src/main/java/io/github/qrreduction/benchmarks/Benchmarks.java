package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The command. Without a subcommand it times the layers and writes figures.csv, the report benchmarks.md and its
 * picture. Times and the bytes of the heap are {@link Paired}.
 */
@Command(
        name = "benchmarks",
        description = "Times QRReductionLayer beside bare products, DenseLayer and PyTorch.%n",
        footer = "%nStepBenchmark is plain JMH, by -Dbenchmark.main=org.openjdk.jmh.Main.",
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = {SmallBatches.class, PcaShapes.class})
public final class Benchmarks implements Callable<Integer> {

    private static final String NAMES = ": ${COMPLETION-CANDIDATES}, several with commas.";
    private static final String DEFAULT = " (default: ${DEFAULT-VALUE}).";

    @Option(names = "--quick", description = "One minute: fit and output beside DENSE at 32 and 1024 x 768 -> 64.")
    private boolean quick;

    @Option(names = "--operation", paramLabel = "OP", split = ",", description = "Only these" + NAMES)
    private List<Operation> operations = List.of();

    @Option(names = "--contender", paramLabel = "NAME", split = ",", description = "Only these" + NAMES)
    private List<Contender> contenders = List.of();

    @Option(names = "--size", paramLabel = "BATCHxNINxNOUT", split = ",", description = "Only these, as 32x768x64.")
    private List<Row> sizes = List.of();

    @Option(names = "--rounds", defaultValue = "9", description = "Rounds on near cores that count" + DEFAULT)
    private int rounds;

    @Option(names = "--warmup", defaultValue = "3000", description = "Milliseconds for new code" + DEFAULT)
    private int warmup;

    @Option(names = "--time", defaultValue = "120", description = "Milliseconds that a turn measures" + DEFAULT)
    private int time;

    @Option(names = "--python", defaultValue = "python3", description = "A Python with torch" + DEFAULT)
    private String python;

    @Option(names = "--report-only", description = "Writes the report of the figures that are there.")
    private boolean reportOnly;

    @Option(names = "--output", defaultValue = "target/benchmarks", description = "Folder to write to" + DEFAULT)
    private Path output;

    @Option(names = "--docs", paramLabel = "DIR", description = "Also writes report and picture there, as in docs.")
    private Path docs;

    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private final List<String> arguments;

    private Benchmarks(String... arguments) {
        this.arguments = List.of(arguments);
    }

    /** Runs the command; the JVM exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine(args).execute(args));
    }

    static CommandLine commandLine(String... args) {
        return new CommandLine(new Benchmarks(args)).registerConverter(Row.class, Row::of);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Files.createDirectories(output);
        if (!reportOnly) {
            measure();
        }
        for (Path folder : docs == null ? List.of(output) : List.of(output, docs)) {
            Report.write(output, folder);
        }
        System.out.println("Report: " + output.resolve(Report.FILE));
        return 0;
    }

    private List<Comparison> comparisons() {
        if (quick) {
            List<Row> rows = List.of(Row.of("32x768x64"), Comparison.REFERENCE);
            List<Contender> both = List.of(Contender.NONE, Contender.DENSE);
            return Comparison.of(List.of(Operation.FIT, Operation.OUTPUT), rows, both);
        }
        return operations.isEmpty() && sizes.isEmpty() && contenders.isEmpty()
                ? Comparison.bounds()
                : Comparison.of(
                        operations.isEmpty() ? List.of(Operation.values()) : operations,
                        sizes.isEmpty() ? Comparison.GRID : sizes,
                        contenders.isEmpty() ? List.of(Contender.values()) : contenders);
    }

    private void measure() throws IOException, InterruptedException {
        List<Comparison> comparisons = comparisons();
        Paired paired = new Paired(warmup, time, rounds);
        Map<Comparison, List<Paired.Round>> taken = paired.run(comparisons, Comparison::start, (comparison, all) -> {
            System.out.printf("%d/%d  ", comparisons.indexOf(comparison) + 1, comparisons.size());
            print(comparison, paired.counted(all.get(comparison)));
            // After each, so that a run that is broken off has not been for nothing.
            Results.of(paired, all).write(output);
        });
        Map<String, String> lines = new LinkedHashMap<>();
        String options = arguments.isEmpty() ? "" : " -Dbenchmark.args=\"" + String.join(" ", arguments) + "\"";
        lines.put("Command", "`./mvnw -q -P benchmark test-compile exec:exec" + options + "`");
        lines.put("From core to core", distances(taken.values().stream().flatMap(List::stream)));
        lines.put(
                "Measurement",
                "one JVM, " + rounds + " rounds of turns of " + time + " ms (warm-up: " + warmup
                        + " ms a contender and operation, then a third of a turn)");
        lines.put("Rounds", paired.summary(taken));
        Machine.write(output, lines);
        if (!quick) {
            OrthogonalPeers.run(python, output);
        }
    }

    private static void print(Comparison comparison, List<Paired.Round> rounds) {
        StringBuilder line = new StringBuilder(comparison.operation().title()).append(", microseconds: ");
        List<Comparison.Cell> cells = comparison.cells();
        for (int i = 0; i < cells.size(); i++) {
            Comparison.Cell cell = cells.get(i);
            double time = Paired.time(rounds, i);
            line.append(String.format(Locale.ROOT, "%s %s %.0f", cell.contender(), cell.row(), time));
            int reference =
                    cells.indexOf(new Comparison.Cell(comparison.operation().reference(), cell.row()));
            if (reference >= 0 && reference != i) {
                line.append(String.format(Locale.ROOT, " (%.2f)", Paired.ratio(rounds, i, reference)));
            }
            line.append(", ");
        }
        System.out.println(line.append("cores apart ").append(distances(rounds.stream())));
    }

    private static String distances(Stream<Paired.Round> rounds) {
        double[] d = rounds.mapToDouble(Paired.Round::coreDistance).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%.0f ns there and back (median of the rounds; %.0f to %.0f)",
                Paired.median(d),
                d[0],
                d[d.length - 1]);
    }
}
