package io.github.qrreduction.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ReductionMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page, as text and in a browser: Chromium without a window, where it is installed. */
class ReportPageTest {
    private static final List<String> HOSTILE = List.of(
            "<script>alert(1)</script>",
            "</script><script>document.title='owned'</script>",
            "</title></svg><img src=x onerror=\"document.title='owned'\">",
            "quotes \" and ' and `${1}`",
            "\u0000\u0007\u2028\u202enames",
            "]]> --> {{x}} &amp; \\u003c");

    private static Comparison comparison;
    private static List<String> names;

    @TempDir
    private Path folder;

    @BeforeAll
    static void compare() {
        Random random = new Random(1);
        float[][] vectors = new float[400][12];
        names = new ArrayList<>();
        for (int r = 0; r < vectors.length; r++) {
            for (int i = 0; i < 12; i++) {
                vectors[r][i] = (float) (random.nextGaussian() / (1 + i));
            }
            names.add(r % 2 == 0 ? "word " + r : HOSTILE.get(r % HOSTILE.size()) + r);
        }
        comparison = Comparison.setup()
                .methods(ReductionMethod.TRUNCATION, ReductionMethod.RANDOM, ReductionMethod.PCA)
                .run(vectors);
    }

    private Path page(String source) throws IOException {
        Path page = folder.resolve("report.html");
        new ReportPage(comparison, source, source, 0.9, names).write(page);
        return page;
    }

    @Test
    void onePageNeedsNothingElse() throws IOException {
        String html = Files.readString(page("vectors.npy"));
        assertThat(html.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:")
                .doesNotContain("https:");
        assertThat(html).doesNotContain("@import").doesNotContain(" src=\"");
    }

    @Test
    void namesOfStrangersAreNoMarkup() throws IOException {
        String html = Files.readString(page("<script>alert(2)</script>.npy"));
        assertThat(html).doesNotContain("<script>alert").doesNotContain("<img").doesNotContain("\u0000");
        // The two scripts of the page, and its end.
        assertThat(html.split("<script", -1)).hasSize(3);
        assertThat(html.split("</script>", -1)).hasSize(3);
    }

    @Test
    void aPageWithoutASmallerSizeHasNoMap() throws IOException {
        Comparison whole =
                Comparison.setup().methods(ReductionMethod.TRUNCATION).sizes(12).run(comparison.sample());
        String html = new ReportPage(whole, "v.npy", "v.npy", 0.9, null).page();
        assertThat(html).doesNotContain("A map of the vectors").contains("<td>truncation</td>");
    }

    @Test
    void theHeadlineTheCommandsAndTheMapAreOfOneReduction() throws IOException {
        String html = new ReportPage(comparison, "v.npy", "a&b.npy", 0.3, null).page();
        Matcher next = Pattern.compile("Next, for (\\S+) to (\\d+) numbers").matcher(html);
        assertThat(next.find()).isTrue();
        assertThat(html)
                .containsPattern("class=\"headline\">[^<]* " + next.group(1) + " to " + next.group(2) + " numbers")
                .contains("<figcaption>after: " + next.group(2) + " numbers, " + next.group(1) + "</figcaption>")
                .contains("qr-reduce fit a&amp;b.npy -k " + next.group(2) + " --method " + next.group(1) + " -o ");
    }

    @Test
    void vectorsWithoutNamesAreNumbered() throws IOException {
        assertThat(new ReportPage(comparison, "v.npy", "v.npy", 0.9, null).page())
                .contains(
                        "<title>row " + comparison.sample().position(comparison.heldOut()[0]) + "</title>")
                .contains(" Rows are counted from 1.</p>");
    }

    @Test
    void aBrowserShowsTheFiguresAndHasNoComplaint() throws IOException, InterruptedException {
        assumeTrue(Chromium.isHere(), "no /usr/bin/chromium here");
        Path page = page("<b>vectors</b>.npy");
        try (Chromium browser = new Chromium(folder)) {
            browser.open(page, 1200, 900, false);

            assertThat(browser.evaluate("document.title")).isEqualTo("<b>vectors</b>.npy: what smaller vectors cost");
            String[] rows = browser.evaluate("Array.from(document.querySelectorAll('#figures tbody tr'))"
                            + ".map(r => Array.from(r.cells).map(c => c.textContent).join('|')).join(';')")
                    .split(";");
            assertThat(rows)
                    .containsExactly(comparison.rows().stream()
                            .map(r -> String.format(
                                    Locale.ROOT,
                                    "%s|%d|%s|%d|%.1f %%|%.1f %%",
                                    r.method(),
                                    r.size(),
                                    r.storage(),
                                    r.bytes(),
                                    100 * r.recall(),
                                    100 * r.rescored()))
                            .toArray(String[]::new));
            assertPicturesAndMap(browser);
            assertTable(browser);
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void assertPicturesAndMap(Chromium browser) throws IOException, InterruptedException {
        // Four pictures and two maps; each value is said when it is pointed at.
        assertThat(browser.evaluate("document.querySelectorAll('svg').length")).isEqualTo("6");
        assertThat(browser.evaluate("(() => { const p = document.querySelector('.point');"
                        + "p.dispatchEvent(new Event('pointerenter'));"
                        + "return document.getElementById('tip').textContent; })()"))
                .matches("truncation to 1, float32, 4 bytes: \\d+\\.\\d %");
        int points = comparison.heldOut().length;
        assertThat(browser.evaluate("document.querySelectorAll('#after circle').length"))
                .isEqualTo(Integer.toString(points));
        // A click on a point of the first map shows its name, and marks its ten nearest in both.
        String clicked = browser.evaluate("(() => { const m = document.getElementById('before');"
                + "const b = m.getBoundingClientRect(); const c = m.querySelector('circle[data-i=\"7\"]');"
                + "m.dispatchEvent(new MouseEvent('click', {clientX: b.left + c.cx.baseVal.value / 400 * b.width,"
                + "clientY: b.top + c.cy.baseVal.value / 400 * b.height}));"
                + "return document.querySelector('.map .chosen').dataset.i + ' '"
                + "+ document.querySelectorAll('#before .near').length + ' '"
                + "+ document.querySelectorAll('#nearest li').length; })()");
        assertThat(clicked).isEqualTo("7 10 20");
        assertThat(browser.evaluate("document.getElementById('hits').textContent"))
                .matches("kept: \\d+ of 10; mean \\d\\.\\d");
        // Some sixty letters in a line, the rest in the next ones and all in the tooltip.
        assertThat(browser.evaluate("Array.from(document.querySelectorAll('#nearest li'))"
                        + ".every(l => l.clientWidth > 400 && l.title === l.textContent)"))
                .isEqualTo("true");
        assertThat(browser.evaluate("JSON.parse(document.getElementById('neighbours').textContent).names.length"))
                .isEqualTo(Integer.toString(points));
    }

    private static void assertTable(Chromium browser) throws IOException, InterruptedException {
        String sorted = browser.evaluate("(() => { const h = document.querySelectorAll('#figures th')[4];"
                + "h.click(); h.click();"
                + "return Array.from(document.querySelectorAll('#figures tbody tr'))"
                + ".map(r => parseFloat(r.cells[4].textContent)).every((v, i, a) => i === 0 || a[i - 1] >= v); })()");
        assertThat(sorted).isEqualTo("true");
        assertThat(browser.evaluate("(() => { document.querySelector('[data-storage=int8]').click();"
                        + "return Array.from(document.querySelectorAll('#figures tbody tr'))"
                        + ".filter(r => !r.hidden).map(r => r.cells[2].textContent).join(); })()"))
                .matches("int8(,int8)+");
    }

    @Test
    void aPhoneNeedsNoScrollingSideways() throws IOException, InterruptedException {
        assumeTrue(Chromium.isHere(), "no /usr/bin/chromium here");
        Path page = page("a-file-with-a-very-long-name-".repeat(8) + ".npy");
        try (Chromium browser = new Chromium(folder)) {
            browser.open(page, 390, 844, true);
            assertThat(browser.evaluate("document.documentElement.scrollWidth")).isEqualTo("390");
            browser.print(folder.resolve("report.pdf"));
            assertThat(Files.readString(folder.resolve("report.pdf"), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .startsWith("%PDF");
            assertThat(browser.complaints()).isEmpty();
        }
    }
}
