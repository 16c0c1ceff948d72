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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class QuickStartTest {

    private static final int COLOURS_OF_A_PICTURE_THAT_SHOWS_SOMETHING = 20;

    /** In points; the default options give 10 by the classifier, 7 by the nearest digit. */
    private static final double GAIN_OVER_PCA = 4;

    /** The library's bound for FLOAT. */
    private static final double ORTHONORMAL = 1e-5;

    private static final int CLASSIFIER = 0;
    private static final int NEAREST_DIGIT = 1;
    private static final int VARIANCE_KEPT = 2;
    private static final int ORTHONORMALITY_ERROR = 3;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void learnedNumbersTellDigitsApartBetterThanPcasAndStayOrthonormalWhereDenseLayersDoNot() throws IOException {
        Path pictures = folder.resolve("new/pictures");

        int code = run("--output", pictures.toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString().lines())
                .startsWith(
                        "Handwritten digits: 64 pixels -> 4 numbers -> 10 classes",
                        "1437 digits to train on, 360 to test on; Adam(0.01), 40 epochs")
                .contains("Picture: " + pictures.resolve("digits.png"));
        double[] pca = row("PCA");
        double[] reduction = row("QRReductionLayer");
        double[] dense = row("DenseLayer");
        double[] pixels = row("All 64 pixels");
        assertThat(reduction[CLASSIFIER]).isBetween(pca[CLASSIFIER] + GAIN_OVER_PCA, pixels[CLASSIFIER]);
        assertThat(reduction[NEAREST_DIGIT]).isBetween(pca[NEAREST_DIGIT] + GAIN_OVER_PCA, pixels[NEAREST_DIGIT]);
        assertThat(reduction[VARIANCE_KEPT]).isBetween(1.5 * dense[VARIANCE_KEPT], pca[VARIANCE_KEPT]);
        assertThat(reduction[ORTHONORMALITY_ERROR]).isLessThan(ORTHONORMAL);
        assertThat(dense[ORTHONORMALITY_ERROR]).isGreaterThan(1);
        assertThat(pixels[VARIANCE_KEPT]).isEqualTo(100);
        assertThat(pixels[ORTHONORMALITY_ERROR]).isZero();
        assertShowsSomething(pictures.resolve("digits.png"));
    }

    @Test
    void outsideATerminalTheOutputIsPlainAscii() {
        assertThat(run("--epochs", "1", "--components", "64", "--output", folder.toString()))
                .isZero();

        assertThat(out.toString())
                .contains("Handwritten digits: 64 pixels -> 64 numbers", "Adam(0.01), 1 epoch\n")
                .matches("[\\n -~]*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--components=1|--components: expected between 2 and 64, got 1",
                "--components=65|--components: expected between 2 and 64, got 65",
                "--components=few|Invalid value for option '--components': 'few' is not an int",
                "--epochs=0|--epochs: expected between 1 and 10000, got 0",
                "--epochs=10001|--epochs: expected between 1 and 10000, got 10001",
                "--speed=9|Unknown option: '--speed=9'",
                "--components|Missing required parameter for option '--components' (N)"
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
    void aPictureThatCannotBeWrittenIsOneSentenceAndExitCode1() throws IOException {
        Path picture = Files.createDirectory(folder.resolve("digits.png"));

        assertThat(run("--epochs", "1", "--output", folder.toString())).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("a file could not be read or written: " + picture)
                .hasLineCount(1);
    }

    @Test
    void helpNamesEveryOptionWithItsDefault() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("--components=N", "(default: 4)")
                .contains("--epochs=N", "(default: 40)")
                .contains("--output=DIR", "target/quickstart")
                .contains("--help");
    }

    /** The figures of a row of the table, without their units. */
    private double[] row(String name) {
        String line = out.toString()
                .lines()
                .filter(l -> l.startsWith(name + " "))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(
                        line.substring(name.length()).replace("%", "").strip().split(" +"))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private int run(String... args) {
        CommandLine command = Program.commandLine(new QuickStart());
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(args);
    }

    private static void assertShowsSomething(Path png) throws IOException {
        BufferedImage image = ImageIO.read(png.toFile());
        assertThat(image.getWidth()).isGreaterThanOrEqualTo(800);
        assertThat(image.getHeight()).isGreaterThanOrEqualTo(500);
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        assertThat(Arrays.stream(pixels).distinct().count()).isGreaterThan(COLOURS_OF_A_PICTURE_THAT_SHOWS_SOMETHING);
    }
}
