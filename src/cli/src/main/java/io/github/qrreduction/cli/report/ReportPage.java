package io.github.qrreduction.cli.report;

import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ComparisonRow;
import io.github.qrreduction.compare.Picture;
import io.github.qrreduction.compare.Storage;
import io.github.qrreduction.compare.VectorMap;
import io.github.qrreduction.compare.VectorSample;
import io.github.qrreduction.vectors.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A comparison as one page that needs no other file and no network: pictures, the table, and a map of vectors. Works
 * from a file, on a phone and in print, and without its script too, but for the search and the order of the table.
 */
public final class ReportPage {
    private static final int MOST_POINTS = 2000;
    private static final String HEADLINE = " class=\"headline\"";

    private final Comparison comparison;
    private final String source;
    private final Words words;
    private final List<String> names;

    /**
     * For a comparison.
     *
     * @param comparison what was measured
     * @param source the vectors' file, as it is to be called
     * @param argument the vectors' file, as a command names it
     * @param recall to recommend for, 0 to 1
     * @param names of all vectors that the sample was drawn from, in their order; null for the sample's own names, or
     *     numbers where it has none
     */
    public ReportPage(Comparison comparison, String source, String argument, double recall, List<String> names) {
        this.comparison = comparison;
        this.source = source;
        this.words = new Words(comparison, argument, recall);
        this.names = names;
    }

    /**
     * Writes the page; a file that is there is replaced whole.
     *
     * @param path the file
     * @throws IOException if it cannot be written
     */
    public void write(Path path) throws IOException {
        byte[] bytes = page().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(path, out -> out.write(bytes));
    }

    String page() throws IOException {
        Optional<ComparisonRow> mapped = mapped();
        String map = "";
        if (mapped.isPresent()) {
            map = map(mapped.get());
        }
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <link rel="icon" href="data:,">
                <title>%s: what smaller vectors cost</title>
                <style>
                %s</style>
                </head>
                <body>
                <header>
                <h1>What smaller vectors cost</h1>
                <p class="measured">%s</p>
                </header>
                <main>
                <section class="advice">
                <p id="recommendation"%s>%s</p>
                <p%s>%s</p>
                %s</section>
                <section>
                <h2>Recall against size</h2>
                <div class="pictures">
                <figure>%s</figure>
                <figure>%s</figure>
                </div>
                <p class="meaning">%s</p>
                </section>
                <section>
                <h2>Recall against bytes</h2>
                <div class="pictures">
                <figure>%s</figure>
                <figure>%s</figure>
                </div>
                <p class="meaning">%s</p>
                </section>
                %s
                <section>
                <h2>All figures</h2>
                %s
                </section>
                %s
                </main>
                <footer>Made by <code>qr-reduce report</code>, seed %d.</footer>
                <script>
                %s</script>
                </body>
                </html>
                """.formatted(
                        Escape.html(source),
                        resource("page.css"),
                        Escape.html(words.measured(source)),
                        words.choosesRescored() ? "" : HEADLINE,
                        Escape.html(words.recommendation()),
                        words.choosesRescored() ? HEADLINE : "",
                        Escape.html(words.rescored()),
                        next(),
                        comparison.svg(Picture.RECALL),
                        comparison.svg(Picture.RESCORED),
                        Escape.html(words.meaning()),
                        comparison.svg(Picture.RECALL_BY_BYTES),
                        comparison.svg(Picture.RESCORED_BY_BYTES),
                        "int8: one byte a number, one scale for all. bit: one bit a number, its sign, once the mean is"
                                + " taken off and the numbers are rotated at random; unrotated shows what the rotation"
                                + " is worth.",
                        map,
                        table(),
                        notes(),
                        comparison.seed(),
                        resource("page.js"));
    }

    private String next() {
        StringBuilder html = new StringBuilder();
        words.next()
                .ifPresent(next -> html.append("<p>")
                        .append(Escape.html(next))
                        .append(":</p>\n<pre id=\"commands\">")
                        .append(words.commands().stream().map(Escape::html).collect(Collectors.joining("\n")))
                        .append("</pre>\n"));
        words.quantisation()
                .ifPresent(sentence ->
                        html.append("<p>").append(Escape.html(sentence)).append("</p>\n"));
        return html.toString();
    }

    /** What the headline chooses; else the largest reduction, by its best method. */
    private Optional<ComparisonRow> mapped() {
        return words.chosen()
                .or(() -> comparison.rows().stream()
                        .filter(row -> row.storage() == Storage.FLOAT32 && words.reduces(row))
                        .max(Comparator.comparingInt(ComparisonRow::size).thenComparingDouble(ComparisonRow::recall)));
    }

    private String map(ComparisonRow row) {
        VectorMap map = comparison.map(row.method(), row.size(), MOST_POINTS);
        List<String> shown =
                IntStream.range(0, map.size()).mapToObj(i -> name(map.row(i))).toList();
        MapPictures pictures = new MapPictures(map, shown);
        return """
                <section>
                <h2>A map of the vectors</h2>
                <p>%d held-out vectors in the plane of their two principal axes, before (%d numbers) and after (%s to %d
                numbers). A point has the same colour in both. Point at one to see its ten nearest.%s</p>
                <div class="find" hidden><label>Find <input id="find" list="names" autocomplete="off"></label>
                <datalist id="names"></datalist></div>
                <div class="maps">
                <figure>%s<figcaption>before: %d numbers</figcaption></figure>
                <figure>%s<figcaption>after: %d numbers, %s</figcaption></figure>
                <div id="nearest" aria-live="polite"></div>
                </div>
                <script type="application/json" id="neighbours">%s</script>
                </section>
                """.formatted(
                        map.size(),
                        comparison.sample().dimension(),
                        row.method(),
                        row.size(),
                        isNamed() ? "" : " Rows are counted from 1.",
                        pictures.before(),
                        comparison.sample().dimension(),
                        pictures.after(),
                        row.size(),
                        row.method(),
                        pictures.json());
    }

    private boolean isNamed() {
        return names != null || comparison.sample().hasNames();
    }

    private String name(int i) {
        VectorSample sample = comparison.sample();
        String name = names == null ? sample.name(i) : names.get((int) (sample.position(i) - 1));
        return name == null ? "row " + sample.position(i) : name;
    }

    private String table() {
        boolean spread = comparison.seeds() > 1;
        StringBuilder html = new StringBuilder("<div class=\"filter\" hidden>Storage:")
                .append(" <button type=\"button\" data-storage=\"\">all</button>");
        for (Storage storage : Storage.values()) {
            if (comparison.rows().stream().anyMatch(row -> row.storage() == storage)) {
                html.append(String.format(
                        Locale.ROOT, " <button type=\"button\" data-storage=\"%s\">%s</button>", storage, storage));
            }
        }
        html.append("</div>\n<div class=\"table\"><table id=\"figures\"><thead><tr>")
                .append("<th>method</th><th class=\"n\">size</th><th>storage</th><th class=\"n\">bytes</th>")
                .append("<th class=\"n\">recall@10</th>")
                .append(spread ? "<th class=\"n\">of one split</th>" : "")
                .append("<th class=\"n\">rescored</th></tr></thead>\n<tbody>\n");
        for (ComparisonRow row : comparison.rows()) {
            html.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s</td><td class=\"n\">%d</td><td>%s</td><td class=\"n\">%d</td>"
                            + "<td class=\"n\" data-v=\"%.4f\">%s</td>%s<td class=\"n\" data-v=\"%.4f\">%s</td></tr>\n",
                    row.method(),
                    row.size(),
                    row.storage(),
                    row.bytes(),
                    row.recall(),
                    Words.percent(row.recall()),
                    spread ? "<td class=\"n\">" + ReportText.spread(row) + "</td>" : "",
                    row.rescored(),
                    Words.percent(row.rescored())));
        }
        return html.append("</tbody></table></div>").toString();
    }

    private String notes() {
        StringBuilder html = new StringBuilder();
        words.notes()
                .forEach(note -> html.append("<p class=\"note\">")
                        .append(Escape.html(note))
                        .append("</p>\n"));
        return html.toString();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
