package io.github.qrreduction.benchmarks;

import static io.github.qrreduction.benchmarks.Nd4jContenders.DENSE;
import static io.github.qrreduction.benchmarks.Nd4jContenders.FREE;
import static io.github.qrreduction.benchmarks.Nd4jContenders.MATMUL;
import static io.github.qrreduction.benchmarks.Nd4jContenders.PARAMETRIZATION;
import static io.github.qrreduction.benchmarks.Nd4jContenders.RETRACTION;
import static io.github.qrreduction.benchmarks.Nd4jContenders.SESSION;
import static io.github.qrreduction.benchmarks.Nd4jContenders.TEXTBOOK;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The results as a page of Markdown and a picture. */
final class BenchmarkReport {

    static final String FILE = "benchmarks.md";
    static final String PICTURE = "benchmarks.png";

    /** PyTorch keeps its memory where ND4J's figures do not see it. */
    static final List<String> MEMORY_OF = List.of(FREE, RETRACTION, PARAMETRIZATION, SESSION, TEXTBOOK, DENSE);

    /** Column heads by contender, in the order of the columns. */
    static final Map<String, String> HEADS = heads();

    private final Results results;
    private final StringBuilder page = new StringBuilder();

    private BenchmarkReport(Results results) {
        this.results = results;
    }

    private static Map<String, String> heads() {
        Map<String, String> heads = new LinkedHashMap<>();
        heads.put(MATMUL, "bare `matmul`");
        heads.put(FREE, "QRReductionLayer");
        heads.put(RETRACTION, "RETRACTION");
        heads.put(PARAMETRIZATION, "PARAMETRIZATION");
        heads.put(SESSION, "by session");
        heads.put(TEXTBOOK, "textbook");
        heads.put(DENSE, "DenseLayer");
        heads.put(BenchmarkPlan.PYTORCH, "PyTorch");
        return heads;
    }

    /** What an operation's times are given as multiples of. */
    static String reference(Operation operation) {
        return operation == Operation.FORWARD || operation == Operation.FORWARD_BACKWARD ? MATMUL : DENSE;
    }

    /**
     * Writes the page and the picture.
     *
     * @param from folder of results.json and machine.properties
     * @param to folder, made if need be
     */
    static void write(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        Results results = Results.read(from);
        Optional<OrthogonalPeers> peers = OrthogonalPeers.read(from.resolve(OrthogonalPeers.FILE));
        RatioPicture.write(results, to.resolve(PICTURE));
        BenchmarkReport report = new BenchmarkReport(results);
        report.introduction(Machine.read(from.resolve(Machine.FILE)));
        report.claims(Claims.of(results, peers));
        report.far(Claims.ofRatios(Results.readFar(from)));
        for (Operation operation : Operation.values()) {
            report.times(operation);
        }
        report.memory();
        report.scaling();
        peers.ifPresent(report::peers);
        report.howToRead();
        Files.writeString(to.resolve(FILE), report.page);
    }

    private void introduction(Map<String, String> machine) {
        line("# Benchmarks");
        line("");
        line("Written by `BenchmarkRun`, all figures from one run. What counts is ratios: times differ from machine to "
                + "machine.");
        line("");
        line("| | |");
        line("|---|---|");
        machine.forEach(
                (key, value) -> line("| " + key + " | " + (key.equals("Command") ? "`" + value + "`" : value) + " |"));
        line("");
        line("![Time relative to a bare product and to DenseLayer, by batch](" + PICTURE + ")");
        line("");
    }

    private void claims(List<Claims.Claim> claims) {
        line("## What is to be shown");
        line("");
        line("| Medians, times as ratios | Bound | Figure | Kept |");
        line("|---|---|---|---|");
        claims.forEach(this::claim);
        line("");
    }

    private void claim(Claims.Claim c) {
        line("| " + c.text() + " | " + c.bound() + " | " + c.figure() + " | "
                + (c.bound().isEmpty() ? "" : c.verdict()) + " |");
    }

    private void far(List<Claims.Claim> claims) {
        if (claims.isEmpty()) {
            return;
        }
        line("## With cores far apart");
        line("");
        line("On a virtual machine the host may move the cores. Rounds that found them more than "
                + (int) CoreDistance.NEAR
                + " ns apart were taken again and do not count above, but where too few near ones were left: "
                + "OpenBLAS's threads then wait for each other within each product, and which product suffers most "
                + "depends on how OpenBLAS splits it and on where its arrays begin (see threads.md). The same "
                + "ratios in those rounds, of the rows that had any:");
        line("");
        line("| Medians, times as ratios | Bound | Figure | Kept |");
        line("|---|---|---|---|");
        claims.forEach(this::claim);
        line("");
    }

    private void times(Operation operation) {
        List<Row> rows = results.rows(operation).stream()
                .filter(row -> BenchmarkPlan.inGrid(row) || row.equals(BenchmarkPlan.WIDE))
                .toList();
        List<String> columns = HEADS.keySet().stream()
                .filter(c -> rows.stream()
                        .anyMatch(row -> results.time(operation, c, row).isPresent()))
                .toList();
        if (columns.isEmpty()) {
            return;
        }
        String reference = reference(operation);
        line("## `" + operation.method() + "`");
        line("");
        line(operation.title() + ". Median microseconds (in brackets, multiples of " + HEADS.get(reference) + ").");
        line("");
        head("batch x nIn -> nOut", columns);
        for (Row row : rows) {
            line("| " + row + " | "
                    + columns.stream()
                            .map(c -> cell(operation, c, reference, row))
                            .collect(Collectors.joining(" | ")) + " |");
        }
        line("");
    }

    private String cell(Operation operation, String contender, String reference, Row row) {
        OptionalDouble time = results.time(operation, contender, row);
        if (time.isEmpty()) {
            return "";
        }
        OptionalDouble ratio = results.ratio(operation, contender, reference, row);
        String shown = String.format(Locale.ROOT, time.getAsDouble() < 10 ? "%.1f" : "%.0f", time.getAsDouble());
        return contender.equals(reference) || ratio.isEmpty()
                ? shown
                : shown + " (" + Claims.number(ratio.getAsDouble()) + ")";
    }

    private void head(String first, List<String> columns) {
        line("| " + first + " | " + columns.stream().map(HEADS::get).collect(Collectors.joining(" | ")) + " |");
        line("|---|" + "---:|".repeat(columns.size()));
    }

    private void memory() {
        List<Row> rows = results.rows(Operation.FIT).stream()
                .filter(BenchmarkPlan::inGrid)
                .filter(row -> results.allocated(Operation.FIT, FREE, row).isPresent())
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        List<String> columns = MEMORY_OF.stream()
                .filter(c -> rows.stream()
                        .anyMatch(
                                row -> results.allocated(Operation.FIT, c, row).isPresent()))
                .toList();
        line("## Memory of `fit`");
        line("");
        line("Heap bytes of a step (JMH's `gc` profiler) / ND4J's workspaces in MiB / peak of the resident memory "
                + "in MiB of a process that does nothing else, JVM and arrays included.");
        line("");
        head("batch x nIn -> nOut", columns);
        for (Row row : rows) {
            line("| " + row + " | "
                    + columns.stream().map(c -> memoryCell(c, row)).collect(Collectors.joining(" | ")) + " |");
        }
        line("");
    }

    private String memoryCell(String contender, Row row) {
        OptionalDouble allocated = results.allocated(Operation.FIT, contender, row);
        return allocated.isEmpty()
                ? ""
                : String.format(Locale.ROOT, "%.0f", allocated.getAsDouble())
                        + " / " + mebibytes(NativeMemoryProfiler.WORKSPACES, contender, row, "%.1f")
                        + " / " + mebibytes(NativeMemoryProfiler.PEAK, contender, row, "%.0f");
    }

    private String mebibytes(String metric, String contender, Row row, String format) {
        OptionalDouble bytes = results.memory(metric, Operation.FIT, contender, row);
        return bytes.isEmpty() ? "?" : String.format(Locale.ROOT, format, bytes.getAsDouble() / (1 << 20));
    }

    private void scaling() {
        List<String> lines = new ArrayList<>();
        for (Operation operation : List.of(Operation.FORWARD, Operation.FIT)) {
            for (String contender : List.of(FREE, RETRACTION, PARAMETRIZATION)) {
                scaling(lines, "batch", operation, contender, BenchmarkPlan.BY_BATCH, Row::batch);
                scaling(lines, "nIn", operation, contender, BenchmarkPlan.BY_WIDTH, Row::nIn);
            }
        }
        if (lines.isEmpty()) {
            return;
        }
        line("## Cost by size");
        line("");
        line("Median microseconds over a factor of 64, and the slope of log time over log size: 1 is linear. The "
                + "orthonormal modes' own work does not grow with the batch.");
        line("");
        line("| | sizes | microseconds | slope |");
        line("|---|---|---|---:|");
        lines.forEach(this::line);
        line("");
    }

    private void scaling(
            List<String> lines,
            String what,
            Operation operation,
            String contender,
            List<Row> rows,
            ToLongFunction<Row> size) {
        OptionalDouble slope = Claims.slope(results, operation, contender, rows, size);
        if (slope.isPresent()) {
            lines.add("| `" + operation.method() + "` by " + what + ", " + HEADS.get(contender) + " | "
                    + rows.stream().map(Row::toString).collect(Collectors.joining("; ")) + " | "
                    + rows.stream()
                            .map(row -> results.time(operation, contender, row).getAsDouble())
                            .map(t -> String.format(Locale.ROOT, "%.0f", t))
                            .collect(Collectors.joining("; "))
                    + " | " + Claims.number(slope.getAsDouble()) + " |");
        }
    }

    private void peers(OrthogonalPeers peers) {
        line("## PyTorch's orthogonal parametrizations");
        line("");
        line("An SGD step at " + BenchmarkPlan.REFERENCE + " by `src/jmh/python/orthogonal.py`, torch "
                + peers.version() + ", median.");
        line("");
        line("| | microseconds |");
        line("|---|---:|");
        peers.step().forEach((name, time) -> line(String.format(Locale.ROOT, "| %s | %.0f |", name, time)));
        line("");
    }

    private void howToRead() {
        line("## How to read this");
        line("");
        line("- *bare `matmul`*: ND4J's `matmul` operation into arrays that are there already; one product forward, "
                + "three with both gradients, two for a training step. No loss, no update: a limit, not a rival.");
        line("- *QRReductionLayer*: `Orthonormality.NONE`; *by session*: the same layer, its graph run by SameDiff's "
                + "session; *textbook*: the same formula as a plain SameDiffLayer under DL4J's own runtime.");
        line("- *DenseLayer*: no bias, identity. *PyTorch*: Linear without bias under Deep Java Library's Trainer.");
        line("- `fit`: the layer, a LossLayer with mean squared error, Sgd. FLOAT everywhere, random data.");
        line("- The layer alone writes into a workspace, as within a network; `output` includes freeing the result.");
        line("- Contenders take turns in one JVM, round after round. Each time is the median of the rounds, "
                + "each ratio the median of the rounds' ratios: what the machine does to one round, it does to all in "
                + "it.");
        line("");
        line("Run it: `./mvnw -q -P benchmark test-compile exec:exec` for what the bounds are about, in some "
                + "half an hour; `-Dbenchmark.args=\"--full\"` for all of it, some two hours; "
                + "`-Dbenchmark.args=\"--help\"` for the rest.");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
