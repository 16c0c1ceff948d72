package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results as a page of Markdown and a picture. */
final class Report {

    static final String FILE = "benchmarks.md";
    static final String PICTURE = "benchmarks.png";

    private static final String HOW_TO_READ = """
            ## How to read this

            - *bare `matmul`*: ND4J's `matmul` operation into arrays that are there already; one product forward, three \
            with both gradients, two for a training step. No loss, no update: a limit, not a rival.
            - *QRReductionLayer*: `Orthonormality.NONE`.
            - *DenseLayer*: no bias, identity. *PyTorch*: Linear without bias under Deep Java Library's Trainer.
            - `fit`: the layer, a LossLayer with mean squared error, Sgd. FLOAT everywhere, random data.
            - The layer alone writes into a workspace, as within a network; `output` includes freeing the result.
            - Contenders take turns in one JVM, round after round. Each time is the median of the rounds, each ratio the \
            median of the rounds' ratios: what the machine does to one round, it does to all in it.

            Run it: `./mvnw -q -P benchmark test-compile exec:exec` for what the bounds are about, in some half an hour; \
            `-Dbenchmark.args="--quick"` for `fit` and `output` beside DenseLayer in one minute; \
            `-Dbenchmark.args="--help"` for the rest.
            """;

    private final Results results;
    private final StringBuilder page = new StringBuilder();

    private Report(Results results) {
        this.results = results;
    }

    /**
     * Writes the page and the picture.
     *
     * @param from folder of a run's files
     * @param to folder, made if it is not there
     */
    static void write(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        Results results = Results.read(from);
        List<String[]> peers = OrthogonalPeers.read(from);
        RatioPicture.write(results, to.resolve(PICTURE));
        Report report = new Report(results);
        report.line("# Benchmarks\n");
        report.line("Written by the command below, all figures from one run. What counts is ratios: times differ from "
                + "machine to machine.\n");
        report.line(Files.readString(from.resolve(Machine.FILE)));
        report.line("![Time relative to a bare product and to DenseLayer, by batch](" + PICTURE + ")\n");
        report.claims("What is to be shown", "", Claims.of(results, OrthogonalPeers.fastest(peers)));
        report.claims(
                "With cores far apart",
                "On a virtual machine the host may move the cores. Rounds that found them more than "
                        + (int) CoreDistance.NEAR
                        + " ns apart were taken again and do not count above, but where too few near ones were left: "
                        + "OpenBLAS's threads then wait for each other within each product, and which product suffers "
                        + "most depends on how OpenBLAS splits it and on where its arrays begin (see threads.md). The "
                        + "same ratios in those rounds, of the rows that had any:\n\n",
                Claims.ofRatios(results.ofFarCores()));
        for (Operation operation : Operation.values()) {
            report.times(operation);
        }
        report.memory();
        report.scaling();
        report.peers(peers);
        report.page.append(HOW_TO_READ);
        Files.writeString(to.resolve(FILE), report.page);
    }

    private void claims(String title, String introduction, List<Claims.Claim> claims) {
        if (claims.isEmpty()) {
            return;
        }
        line("## " + title + "\n\n" + introduction
                + "| Medians, times as ratios | Bound | Figure | Kept |\n|---|---|---|---|");
        claims.forEach(
                c -> line("| " + c.text() + " | " + c.bound() + " | " + c.figure() + " | " + c.verdict() + " |"));
        line("");
    }

    private void times(Operation operation) {
        Contender reference = operation.reference();
        String introduction = ". Median microseconds (in brackets, multiples of " + reference.title() + ").";
        List<Row> rows = new ArrayList<>(results.rows(operation));
        rows.removeIf(row -> Comparison.BY_BATCH.contains(row) || Comparison.BY_WIDTH.contains(row));
        table("`" + operation.title() + "`", operation.description() + introduction, rows, (contender, row) -> {
            double time = time(operation, contender, row);
            double ratio = results.ratio(Results.Metric.TIME, operation, contender, reference, row);
            return number(time < 10 ? "%.1f" : "%.0f", time) + (contender == reference ? "" : number(" (%.2f)", ratio));
        });
    }

    private void memory() {
        String introduction =
                "Heap bytes of a step (JMH's `gc` profiler) / ND4J's workspaces in MiB / peak of the resident "
                        + "memory in MiB of a process that does nothing else, JVM and arrays included.";
        table(
                "Memory of `fit`",
                introduction,
                results.rows(Operation.FIT),
                (contender, row) -> memory("%.0f", Results.Metric.HEAP, contender, row, 1)
                        + memory(" / %.1f", Results.Metric.WORKSPACES, contender, row, 1 << 20)
                        + memory(" / %.0f", Results.Metric.RESIDENT_PEAK, contender, row, 1 << 20));
    }

    private String memory(String format, Results.Metric metric, Contender contender, Row row, double unit) {
        return number(format, results.median(metric, Operation.FIT, contender, row) / unit);
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    /** A line for each row, a column for each contender that has anything in it; nothing if all is empty. */
    private void table(String title, String introduction, List<Row> rows, BiFunction<Contender, Row, String> cell) {
        List<Contender> columns = Stream.of(Contender.values())
                .filter(contender -> rows.stream()
                        .anyMatch(row -> !cell.apply(contender, row).isEmpty()))
                .toList();
        if (columns.isEmpty()) {
            return;
        }
        line("## " + title + "\n\n" + introduction + "\n");
        line(joined(
                "batch x nIn -> nOut", columns.stream().map(Contender::title).toList()));
        line("|---|" + "---:|".repeat(columns.size()));
        rows.forEach(row -> line(joined(
                row.toString(), columns.stream().map(c -> cell.apply(c, row)).toList())));
        line("");
    }

    private static String joined(String first, List<String> others) {
        return "| " + first + " | " + String.join(" | ", others) + " |";
    }

    private void scaling() {
        String lines =
                scaling("batch", Comparison.BY_BATCH, Row::batch) + scaling("nIn", Comparison.BY_WIDTH, Row::nIn);
        if (lines.isEmpty()) {
            return;
        }
        line("## Cost by size\n");
        line("Median microseconds over a factor of 64, and the slope of log time over log size: 1 is linear. The "
                + "orthonormal modes' own work does not grow with the batch.\n");
        line("| | sizes | microseconds | slope |\n|---|---|---|---:|\n" + lines);
    }

    private String scaling(String what, List<Row> rows, ToLongFunction<Row> size) {
        double slope = results.slope(rows, size);
        if (Double.isNaN(slope)) {
            return "";
        }
        String sizes = rows.stream().map(Row::toString).collect(Collectors.joining("; "));
        String times = rows.stream()
                .map(row -> number("%.0f", time(Operation.FIT, Contender.NONE, row)))
                .collect(Collectors.joining("; "));
        String title = "| `fit` by " + what + ", " + Contender.NONE.title();
        return title + " | " + sizes + " | " + times + " | " + Claims.number(slope) + " |\n";
    }

    private double time(Operation operation, Contender contender, Row row) {
        return results.median(Results.Metric.TIME, operation, contender, row);
    }

    private void peers(List<String[]> peers) {
        if (peers.isEmpty()) {
            return;
        }
        line("## PyTorch's orthogonal parametrizations\n");
        line("An SGD step at " + Comparison.REFERENCE + " by `" + OrthogonalPeers.SCRIPT + "`, " + peers.get(0)[2]
                + ", median.\n\n| | microseconds |\n|---|---:|");
        peers.forEach(peer -> line("| " + peer[0] + " | " + peer[1] + " |"));
        line("");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
