package io.github.qrreduction.benchmarks;

import io.github.qrreduction.benchmarks.Results.Figure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results as a page of Markdown and a picture. */
final class Report {

    static final String FILE = "benchmarks.md";
    static final String PICTURE = "benchmarks.png";
    /** The prose at the page's end. */
    private static final String HOW_TO_READ = "how-to-read.md";

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
                farCores(),
                Claims.of(results.ofFarCores(), Double.NaN).stream()
                        .filter(claim -> !claim.figure().isEmpty())
                        .toList());
        for (Operation operation : Operation.values()) {
            report.times(operation);
        }
        report.table("Heap of `fit`", "Bytes of a step.", report.rows(Operation.FIT), (contender, row) -> {
            return number("%.0f", results.median(Figure::heap, Operation.FIT, contender, row));
        });
        report.scaling();
        report.peers(peers);
        try (InputStream prose = Report.class.getResourceAsStream(HOW_TO_READ)) {
            byte[] text = Objects.requireNonNull(prose, HOW_TO_READ).readAllBytes();
            report.page.append(new String(text, StandardCharsets.UTF_8));
        }
        Files.writeString(to.resolve(FILE), report.page);
    }

    private static String farCores() {
        return String.format(Locale.ROOT, """
            On a virtual machine the host may move the cores. Rounds that found them more than %.0f ns apart were \
            taken again and do not count above, but where too few near ones were left: OpenBLAS's threads then wait \
            for each other within each product, and which product suffers most depends on how OpenBLAS splits it and \
            on where its arrays begin (see threads.md). The same in those rounds, of the rows that had any:

            """, CoreDistance.NEAR);
    }

    private void claims(String title, String introduction, List<Claims.Claim> claims) {
        if (claims.isEmpty()) {
            return;
        }
        line("## " + title + "\n\n" + introduction
                + "| Medians, times as ratios | Bound | Figure | Kept |\n|---|---|---|---|");
        claims.forEach(c -> line(cells(c.text(), List.of(c.bound(), c.figure(), c.verdict()))));
        line("");
    }

    /** Without those of which the slopes are. */
    private List<Row> rows(Operation operation) {
        return results.rows(operation).stream()
                .filter(row -> !Comparison.BY_BATCH.contains(row) && !Comparison.BY_WIDTH.contains(row))
                .toList();
    }

    private void times(Operation operation) {
        Contender reference = operation.reference();
        String introduction = operation.description() + ". Median microseconds (in brackets, multiples of "
                + reference.title() + ").";
        table("`" + operation.title() + "`", introduction, rows(operation), (contender, row) -> {
            double time = results.median(Figure::time, operation, contender, row);
            double ratio = results.ratio(Figure::time, operation, contender, reference, row);
            return number(time < 10 ? "%.1f" : "%.0f", time) + (contender == reference ? "" : number(" (%.2f)", ratio));
        });
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
        line(cells("batch x nIn -> nOut", columns.stream().map(Contender::title).toList()));
        line("|---|" + "---:|".repeat(columns.size()));
        rows.forEach(row -> line(cells(
                row.toString(), columns.stream().map(c -> cell.apply(c, row)).toList())));
        line("");
    }

    private static String cells(String first, List<String> others) {
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
                .map(row -> number("%.0f", results.median(Figure::time, Operation.FIT, Contender.NONE, row)))
                .collect(Collectors.joining("; "));
        String title = "`fit` by " + what + ", " + Contender.NONE.title();
        return cells(title, List.of(sizes, times, Claims.number(slope))) + "\n";
    }

    private void peers(List<String[]> peers) {
        if (peers.isEmpty()) {
            return;
        }
        line("## PyTorch's orthogonal parametrizations\n");
        line("An SGD step at " + Comparison.REFERENCE + " by `" + OrthogonalPeers.SCRIPT + "`, " + peers.get(0)[2]
                + ", median.\n\n| | microseconds |\n|---|---:|");
        peers.forEach(peer -> line(cells(peer[0], List.of(peer[1]))));
        line("");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
