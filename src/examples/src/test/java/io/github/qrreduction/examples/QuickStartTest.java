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

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void trainsComparesAndDraws() throws IOException {
        Path pictures = folder.resolve("new/pictures");

        int code = run("--components", "5", "--epochs", "2", "--output", pictures.toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString().lines())
                .contains(
                        "Network           QRReductionLayer(64 -> 5) + OutputLayer(5 -> 10, softmax, MCXENT)",
                        "Training          Sgd(learning rate 0.2), 2 epochs, batches of 32, seed 42",
                        "Reduced output    [360, 64] -> [360, 5], the test digits")
                .anyMatch(l -> l.matches("Loss +\\d\\.\\d{4} after epoch 1, \\d\\.\\d{4} after epoch 2, .*"))
                .anyMatch(l -> l.matches("QRReductionLayer +380( +\\d\\.\\d{4}){2} +\\d\\d\\.\\d %"))
                .anyMatch(l -> l.matches("DenseLayer +380( +\\d\\.\\d{4}){2} +\\d\\d\\.\\d %"))
                .anyMatch(l -> l.matches("All 64 pixels +650( +\\d\\.\\d{4}){2} +\\d\\d\\.\\d %"));
        assertShowsSomething(pictures.resolve("loss.png"));
        assertShowsSomething(pictures.resolve("digits.png"));
    }

    @Test
    void inALogEachProgressBarIsOneFinishedLineOfAscii() {
        run("--epochs", "1", "--output", folder.toString());

        assertThat(out.toString().lines().filter(l -> l.contains("epochs (")))
                .hasSize(3)
                .allMatch(l -> l.contains("100% [") && l.contains("] 1/1 epochs ("));
        assertThat(out.toString()).matches("[\\n -~]*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--components=1|--components must be between 2 and 64, got 1",
                "--components=65|--components must be between 2 and 64, got 65",
                "--components=few|Invalid value for option '--components': 'few' is not an int",
                "--epochs=0|--epochs must be between 1 and 10000, got 0",
                "--epochs=10001|--epochs must be between 1 and 10000, got 10001",
                "--learning-rate=0|--learning-rate must be above 0 and finite, got 0.0",
                "--learning-rate=-1|--learning-rate must be above 0 and finite, got -1.0",
                "--learning-rate=NaN|--learning-rate must be above 0 and finite, got NaN",
                "--learning-rate=Infinity|--learning-rate must be above 0 and finite, got Infinity",
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
                .isEqualTo("--output must be a folder that can be written to, got " + file + System.lineSeparator());
    }

    @Test
    void trainingThatDivergesIsOneSentenceAndExitCode1() {
        assertThat(run("--learning-rate", "1e30", "--epochs", "1", "--output", folder.toString()))
                .isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("training diverged: choose a --learning-rate below 1.0E30" + System.lineSeparator());
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void helpNamesEveryOptionWithItsDefault() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("--components=N", "(default: 16)")
                .contains("--epochs=N", "(default: 40)")
                .contains("--learning-rate=RATE", "(default: 0.2)")
                .contains("--output=DIR", "target/quickstart")
                .contains("--help");
    }

    private int run(String... args) {
        CommandLine command = QuickStart.commandLine(() -> {});
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
