package io.github.qrreduction.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Times {@code fit} under each {@link ThreadSetting}, each in a process of its own, and writes threads.md. */
@Command(
        name = "ThreadRun",
        description = "Times fit of QRReductionLayer and DenseLayer under settings of ND4J's threads.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class ThreadRun implements Callable<Integer> {

    private static final List<Row> ROWS = List.of(new Row(32, 768, 64), new Row(1024, 768, 64));
    private static final List<String> CONTENDERS = List.of(Nd4jContenders.FREE, Nd4jContenders.DENSE);
    /** All that the settings play with: a child starts without them. */
    private static final List<String> VARIABLES = List.of(
            "OMP_WAIT_POLICY", "OMP_NUM_THREADS", "GOMP_SPINCOUNT", "OPENBLAS_NUM_THREADS", "OPENBLAS_THREAD_TIMEOUT");

    private static final String MARK = "microseconds ";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Processes for each setting, in turn; the medians count (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--time",
            paramLabel = "MS",
            defaultValue = "800",
            description = "Milliseconds of warm-up, and of measurement (default: ${DEFAULT-VALUE}).")
    private int time;

    @Option(
            names = "--setting",
            paramLabel = "NAME",
            split = ",",
            description = "Only these beside the default: ${COMPLETION-CANDIDATES}.")
    private List<ThreadSetting> settings = List.of();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "target/benchmarks",
            description = "Folder for threads.md (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--child", hidden = true)
    private boolean child;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private record Key(Row row, String contender) {}

    private ThreadRun() {}

    /** Runs the command; the JVM exits with its code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ThreadRun()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (child) {
            measure();
            return 0;
        }
        Map<ThreadSetting, Map<Key, List<Double>>> times = new EnumMap<>(ThreadSetting.class);
        List<ThreadSetting> wanted = Stream.of(ThreadSetting.values())
                .filter(s -> settings.isEmpty() || s == ThreadSetting.DEFAULT || settings.contains(s))
                .toList();
        for (int round = 1; round <= rounds; round++) {
            for (ThreadSetting setting : wanted) {
                start(setting, times.computeIfAbsent(setting, s -> new HashMap<>()));
                System.out.println(round + "/" + rounds + "  " + setting.title());
            }
        }
        String table = table(times);
        Files.createDirectories(output);
        Files.writeString(output.resolve("threads.md"), table);
        System.out.println(table);
        return 0;
    }

    /** In the child, whose setting the benchmark applies: prints the medians. */
    private void measure() throws RunnerException {
        System.setProperty("jmh.ignoreLock", "true");
        for (Row row : ROWS) {
            for (RunResult r : new Runner(new OptionsBuilder()
                            .include("^" + ReductionBenchmark.class.getName() + "." + Operation.FIT.method() + "$")
                            .param("pair", row.pair())
                            .param("batch", "" + row.batch())
                            .param("contender", CONTENDERS.toArray(String[]::new))
                            .forks(0)
                            .warmupIterations(1)
                            .warmupTime(TimeValue.milliseconds(time))
                            .measurementIterations(1)
                            .measurementTime(TimeValue.milliseconds(time))
                            .verbosity(VerboseMode.SILENT)
                            .build())
                    .run()) {
                System.out.println(MARK + row.batch() + " " + row.pair() + " "
                        + r.getParams().getParam("contender") + " "
                        + r.getPrimaryResult().getStatistics().getPercentile(50));
            }
        }
    }

    private void start(ThreadSetting setting, Map<Key, List<Double>> times) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(setting.options());
        command.add("-D" + ThreadSetting.PROPERTY + "=" + setting.name());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ThreadRun.class.getName()));
        command.addAll(List.of("--child", "--time", "" + time));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        VARIABLES.forEach(builder.environment()::remove);
        builder.environment().putAll(setting.environment());
        Process process = builder.start();
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().filter(line -> line.startsWith(MARK)).forEach(line -> {
                String[] words = line.split(" ", -1);
                times.computeIfAbsent(new Key(Row.of(words[1], words[2]), words[3]), k -> new ArrayList<>())
                        .add(Double.parseDouble(words[4]));
            });
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException("The process for \"" + setting.title() + "\" failed");
        }
    }

    private static String table(Map<ThreadSetting, Map<Key, List<Double>>> times) {
        StringBuilder table =
                new StringBuilder("Median microseconds of `fit` (in brackets, multiples of the default).\n\n|");
        StringBuilder rule = new StringBuilder("|---|");
        table.append(" Set |");
        for (Row row : ROWS) {
            for (String contender : CONTENDERS) {
                table.append(' ')
                        .append(BenchmarkReport.HEADS.get(contender))
                        .append(", ")
                        .append(row)
                        .append(" |");
                rule.append("---:|");
            }
        }
        table.append('\n').append(rule).append('\n');
        times.forEach((setting, byKey) -> {
            table.append("| ").append(setting.title()).append(" |");
            for (Row row : ROWS) {
                for (String contender : CONTENDERS) {
                    Key key = new Key(row, contender);
                    double value = median(byKey.get(key));
                    table.append(String.format(
                            Locale.ROOT,
                            " %.0f (%.2f) |",
                            value,
                            value / median(times.get(ThreadSetting.DEFAULT).get(key))));
                }
            }
            table.append('\n');
        });
        return table.toString();
    }

    private static double median(List<Double> values) {
        return Results.median(values.stream().mapToDouble(v -> v).toArray());
    }
}
