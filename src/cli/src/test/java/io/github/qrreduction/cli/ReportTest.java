package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {
    private static final String FAST = "truncation,pca";

    @TempDir
    private Path folder;

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static Run report(Object... arguments) {
        Stream<Object> fast = Stream.of("report", "--methods", FAST, "--sizes", "2,4");
        return Run.of(Stream.concat(fast, Stream.of(arguments)).toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v.npy", "v.fvecs", "v.csv", "v.tsv", "v.vec", "v.txt"})
    void csvHasALineForEachMethodSizeAndStorage(String name) throws IOException {
        Path in = Vectors.random(120, 8).save(file(name));

        Run run = report(in, "--format", "csv");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.outLines().get(0)).isEqualTo("method,size,storage,bytes,recall,rescored");
        assertThat(run.outLines().stream().skip(1).map(l -> l.replaceAll(",[^,]*,[^,]*$", "")))
                .containsExactly(
                        "truncation,2,float32,8",
                        "truncation,2,int8,2",
                        "truncation,2,bit,1",
                        "truncation,4,float32,16",
                        "truncation,4,int8,4",
                        "truncation,4,bit,1",
                        "pca,2,float32,8",
                        "pca,2,int8,2",
                        "pca,2,bit,1",
                        "pca,4,float32,16",
                        "pca,4,int8,4",
                        "pca,4,bit,1");
        assertThat(run.outLines().stream().skip(1))
                .allMatch(l -> l.matches("[a-z]+,\\d,[a-z0-9]+,\\d+,[01]\\.\\d{5},[01]\\.\\d{5}"));
    }

    @Test
    void theTableHasTheFiguresOfTheCsvAndARecommendation() throws IOException {
        Path in = Vectors.random(120, 8).save(file("v.npy"));
        List<String> csv = report(in, "--format", "csv").outLines();

        Run run = report(in, "--min-recall", "0.2");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("v.npy: 120 vectors of 8 numbers. Measured on all of them: reductions were fitted to 69, "
                        + "and 51 that they have not seen were searched.\n");
        List<String> rows = run.outLines().stream()
                .filter(l -> l.matches("(truncation|pca) .*"))
                .flatMap(l -> {
                    String[] f = l.replaceAll("[|%]", " ").strip().split("\\s+", -1);
                    return Stream.of(2, 5, 8).map(i -> String.join(" ", f[0], f[1], f[i], f[i + 1], f[i + 2]));
                })
                .toList();
        assertThat(rows)
                .containsExactly(csv.stream()
                        .skip(1)
                        .map(l -> l.split(","))
                        .map(f -> String.join(" ", f[0], f[1], f[3], percent(f[4]), percent(f[5])))
                        .toArray(String[]::new));
        assertThat(run.out()).contains("For a recall@10 of at least 20 %, the smallest is ");
        assertThat(run.out()).contains("If the best 50 are scored again with the full vectors, ");
        assertThat(run.outLines().stream().filter(l -> l.contains("|"))).allMatch(l -> l.length() <= 100);
    }

    /** The commands of the page are the ones of the terminal, and they work. */
    @Test
    void theReportEndsWithTheCommandsToRunNext() throws IOException {
        Path in = Vectors.random(120, 8).save(file("v.npy"));
        Run run = report(in, "--min-recall", "0.2", "--html", file("r.html"));

        Matcher end = Pattern.compile(
                        "Next, for (\\S+) to (\\d) numbers:\n  (qr-reduce fit .*)\n  (qr-reduce apply .*)\n"
                                + "(Your store's .*\n)?$")
                .matcher(run.out());
        assertThat(end.find()).as(run.out()).isTrue();
        String fit = "qr-reduce fit " + in + " -k " + end.group(2) + " --method " + end.group(1) + " -o r.safetensors";
        assertThat(end.group(3)).isEqualTo(fit);
        assertThat(end.group(4)).isEqualTo("qr-reduce apply r.safetensors " + in + " -o small.npy");
        assertThat(Files.readString(file("r.html")))
                .contains("<pre id=\"commands\">" + fit + "\n" + end.group(4) + "</pre>");
        for (int i = 3; i <= 4; i++) {
            Object[] words = Stream.of(end.group(i).split(" "))
                    .skip(1)
                    .map(w -> w.matches("r\\.safetensors|small\\.npy") ? file(w) : w)
                    .toArray();
            assertThat(Run.of(words).exitCode()).isZero();
        }
        assertThat(file("small.npy")).exists();
    }

    @Test
    void aNameWithBlanksStandsInQuotesInTheCommands() throws IOException {
        Path in = Vectors.random(120, 8).save(file("it's v.npy"));
        assertThat(report(in, "--min-recall", "0.2").out())
                .contains("qr-reduce apply r.safetensors '" + folder + "/it'\\''s v.npy' -o small.npy\n");
        byte[] bytes = Files.readAllBytes(in);
        assertThat(Run.with(
                                bytes,
                                "report",
                                "-",
                                "--in-format",
                                "npy",
                                "--methods",
                                "PCA",
                                "--sizes",
                                "4",
                                "--min-recall",
                                "0.2")
                        .out())
                .contains("  qr-reduce fit - --in-format npy -k 4 --method pca -o r.safetensors\n");
    }

    private static String percent(String share) {
        return String.format(Locale.ROOT, "%.1f", 100 * Double.parseDouble(share));
    }

    @Test
    void whatNothingReachesIsSaid() throws IOException {
        Path in = Vectors.random(300, 8).save(file("v.npy"));
        assertThat(report(in, "--min-recall", "0.999").out())
                .contains("Nothing that was measured reaches 99.9 %; the nearest is ");
    }

    @Test
    void aSampleIsSaidAndChosenByTheSeed() throws IOException {
        Path in = Vectors.random(300, 8).save(file("v.npy"));

        Run run = report(in, "--sample", 100, "--seed", 3);

        assertThat(run.out()).startsWith("v.npy: 300 vectors of 8 numbers. Measured on a sample of 100 of 300: ");
        assertThat(report(in, "--sample", 100, "--seed", 3).out()).isEqualTo(run.out());
        assertThat(report(in, "--sample", 100, "--seed", 4).out()).isNotEqualTo(run.out());
    }

    @Test
    void severalSeedsShowTheirSpread() throws IOException {
        Path in = Vectors.random(200, 8).save(file("v.npy"));

        Run run = report(in, "--seeds", 2, "--html", file("r.html"));

        assertThat(run.out()).contains("; mean of 2 such splits.").containsPattern("\\| \\d+\\.\\d to \\d+\\.\\d");
        assertThat(Files.readString(file("r.html"))).contains("<th class=\"n\">of one split</th>");
    }

    @Test
    void standardInputIsReadToo() throws IOException {
        byte[] bytes = Files.readAllBytes(Vectors.random(120, 8).save(file("v.npy")));
        Run run = Run.with(bytes, "report", "-", "--in-format", "npy", "--methods", "pca", "--sizes", "3");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("standard input: 120 vectors");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--sizes 9|expected --sizes in 1..8, the length of the vectors, got 9",
                "--sizes 0|expected --sizes in 1..8, the length of the vectors, got 0",
                "--methods UMAP|expected --methods of neighbours, pca, pca-uncentred, tempered, random, truncation,"
                        + " got umap",
                "--min-recall 95|expected --min-recall from 0 to 1, got 95.0",
                "--sample 3|expected --sample to be at least 22, got 3",
                "--seeds 0|expected --seeds to be at least 1, got 0",
                "--names words.txt|expected --names with --html, whose page shows them, got no --html"
            })
    void optionsThatMakeNoSenseEndWithTwoAndOneLine(String options, String message) throws IOException {
        Path in = Vectors.random(120, 8).save(file("v.npy"));
        Run run = Run.of(Stream.concat(Stream.of("report", in), Stream.of(options.split(" ")))
                .toArray());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errLines())
                .containsExactly("qr-reduce: " + message + " (qr-reduce report --help shows the options)");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void contentThatIsRefusedEndsWithOneAndOneLineAndNoPage() throws IOException {
        StringBuilder nan = new StringBuilder();
        for (int i = 1; i <= 30; i++) {
            nan.append(i).append(",2\n");
        }
        String good = nan.toString();
        assertRefused("none.npy", null, "none.npy: expected a file, got none");
        assertRefused("ragged.csv", good + "1,2,3\n", "ragged.csv: line 31: expected");
        assertRefused("text.csv", good + "a,b\n", "text.csv: line 31: expected");
        assertRefused("few.csv", "1,2\n3,4\n", "few.csv: expected at least 22 vectors that are not zero");
        assertRefused("zeros.csv", "0,0\n".repeat(40), "zeros.csv: expected at least 22 vectors that are not zero");
        assertRefused("empty.csv", "", "empty.csv: expected");
    }

    @Test
    void anInfiniteNumberNamesItsVector() throws IOException {
        float[][] rows = Vectors.random(40, 4).rows();
        rows[12][1] = Float.NaN;
        Path in = new Vectors(rows, null).save(file("nan.npy"));
        Run run = Run.of("report", in, "--methods", "pca", "--html", file("r.html"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .containsExactly("qr-reduce: " + in
                        + ": row 13, number 2: expected a finite number, got NaN; take the row" + " out first");
        assertThat(file("r.html")).doesNotExist();
    }

    private void assertRefused(String name, String content, String message) throws IOException {
        if (content != null) {
            Files.writeString(file(name), content, StandardCharsets.UTF_8);
        }
        Run run = Run.of("report", file(name), "--methods", "pca", "--sizes", "1", "--html", file("r.html"));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        assertThat(run.errLines()).hasSize(1).first().asString().startsWith("qr-reduce: " + folder + "/" + message);
        assertThat(run.out()).isEmpty();
        assertThat(file("r.html")).doesNotExist();
    }

    @Test
    void copiesOfVectorsAreNoTrouble() throws IOException {
        Files.writeString(file("same.csv"), "1,2,3\n".repeat(60));
        Run run = Run.of("report", file("same.csv"), "--methods", FAST, "--html", file("r.html"));
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void aPageIsNotWrittenOverItsVectorsAndAFailedOneLeavesTheOldOne() throws IOException {
        Path in = Vectors.random(120, 8).save(file("v.npy"));
        byte[] before = Files.readAllBytes(in);
        Run same = report(in, "--html", in);
        assertThat(same.exitCode()).isEqualTo(2);
        assertThat(in).hasBinaryContent(before);

        Run noFolder = report(in, "--html", file("none/r.html"));
        assertThat(noFolder.exitCode()).isEqualTo(1);
        assertThat(noFolder.errLines()).hasSize(1).first().asString().contains("expected the folder");
        assertThat(noFolder.out()).isEmpty();
    }

    @Test
    void namesMustBeAsManyAsVectors() throws IOException {
        Path in = Vectors.random(120, 8).save(file("v.npy"));
        Path names = Files.writeString(file("names.txt"), "a\nb\n");
        Run run = report(in, "--html", file("r.html"), "--names", names);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .containsExactly("qr-reduce: " + names + ": expected a name for each of the 120 vectors, got 2");
        Run none = report(in, "--html", file("r.html"), "--names", file("none.txt"));
        assertThat(none.errLines()).containsExactly("qr-reduce: " + file("none.txt") + ": expected a file, got none");
        Files.write(names, new byte[] {(byte) 0xff, '\n'});
        Run bytes = report(in, "--html", file("r.html"), "--names", names);
        assertThat(bytes.errLines())
                .containsExactly("qr-reduce: " + names + ": expected text in UTF-8, got other bytes");
    }
}
