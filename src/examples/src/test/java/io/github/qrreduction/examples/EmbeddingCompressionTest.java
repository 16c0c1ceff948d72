package io.github.qrreduction.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class EmbeddingCompressionTest {

    private static final int COLOURS_OF_A_PICTURE_THAT_SHOWS_SOMETHING = 20;

    /** In points of recall, over the best of the others, with 25 numbers and five seeds. */
    private static final double GAIN = 3;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void comparesSearchesAndDraws() throws IOException {
        Path pictures = folder.resolve("new/pictures");

        int code = run("--sizes=10,25", "--methods=truncation,pca,pca-uncentred", "--output=" + pictures);

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString().lines())
                .contains("GloVe vectors of 8000 frequent words: 6000 to fit to, 2000 held out, 1 seed")
                .anyMatch(l -> l.matches("numbers +10 +25"))
                .anyMatch(l -> l.matches("truncation +\\d+\\.\\d / +\\d+\\.\\d +\\d+\\.\\d / +\\d+\\.\\d *"))
                .anyMatch(l -> l.matches("pca-uncentred +\\d+\\.\\d\\*/ +\\d+\\.\\d +\\d+\\.\\d\\*/ +\\d+\\.\\d *"))
                .anyMatch(l -> l.matches("guitar( +[a-z]+){8}"))
                .anyMatch(l -> l.matches(" {12}( ?[a-z()]+){8}"))
                .contains("Picture: " + pictures.resolve("recall.png"));
        assertThat(out.toString()).matches("[\\n -~]*");
        assertThat(row("pca-uncentred")[1]).isGreaterThan(row("truncation")[1] + 10);
        BufferedImage image = ImageIO.read(pictures.resolve("recall.png").toFile());
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        assertThat(Arrays.stream(pixels).distinct().count()).isGreaterThan(COLOURS_OF_A_PICTURE_THAT_SHOWS_SOMETHING);
    }

    /** The claim of docs/vectors.md. */
    @Test
    @Tag("long")
    void trainedComponentsKeepThreePointsMoreThanTheBestOfTheOthers() {
        assertThat(run("--sizes=25", "--seeds=5", "--output=" + folder)).isZero();

        double best = Math.max(Math.max(row("pca")[0], row("pca-uncentred")[0]), row("tempered")[0]);
        assertThat(row("neighbours")[0]).isGreaterThan(best + GAIN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--sizes=1|--sizes: expected between 2 and 99, got 1",
                "--sizes=10,100|--sizes: expected between 2 and 99, got 100",
                "--seeds=0|--seeds: expected between 1 and 20, got 0",
                "--seeds=21|--seeds: expected between 1 and 20, got 21",
                "--speed=9|Unknown option: '--speed=9'"
            })
    void anOptionThatMakesNoSenseIsOneSentenceAndExitCode2(String option, String message) {
        assertThat(run(option)).isEqualTo(2);
        assertThat(err.toString()).isEqualTo(message + System.lineSeparator());
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anOutputThatIsAFileIsOneSentenceAndExitCode2() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(run("--output", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo("--output: expected a folder that can be written to, got " + file + System.lineSeparator());
    }

    @Test
    void helpNamesEveryOptionWithItsDefault() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("--sizes=N", "10,25,50)")
                .contains("--seeds=N", "default: 1)")
                .contains("--methods=NAME", "pca-uncentred", "neighbours")
                .contains("--output=DIR", "target/embeddings")
                .contains("--help");
    }

    /** Recall of a method, size by size, in %. */
    private double[] row(String method) {
        String line = out.toString()
                .lines()
                .filter(l -> l.startsWith(method + " "))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(line.substring(method.length()).split("/ +\\d+\\.\\d"))
                .filter(cell -> !cell.isBlank())
                .mapToDouble(cell -> Double.parseDouble(cell.replace("*", "").strip()))
                .toArray();
    }

    private int run(String... args) {
        CommandLine command = Program.commandLine(new EmbeddingCompression());
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(args);
    }
}
