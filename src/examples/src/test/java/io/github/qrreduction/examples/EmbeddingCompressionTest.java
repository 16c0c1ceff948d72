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
    /** In points of recall; fifteen steps gain 0.7. */
    private static final double GAIN_OF_A_FEW_STEPS = 0.2;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void reducesComparesAndDraws() throws IOException {
        Path pictures = folder.resolve("new/pictures");

        int code = run("--components", "20", "--steps", "15", "--seeds", "1", "--output", pictures.toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString().lines())
                .contains(
                        "Data        GloVe vectors of 8000 frequent words, 6000 to train on, 2000 held out by each"
                                + " seed",
                        "Network     QRReductionLayer(100 -> 20, RETRACTION) + LossLayer(LossSimilarity, temperature"
                                + " 0.05)",
                        "                        mean  seed 1")
                .anyMatch(l -> l.matches("Random projection +(\\d\\d\\.\\d) +\\1"))
                .anyMatch(l -> l.matches("Truncation +(\\d\\d\\.\\d) +\\1"))
                .anyMatch(l -> l.matches("PCA, centred +(\\d\\d\\.\\d) +\\1"))
                .anyMatch(l -> l.matches("PCA, uncentred +(\\d\\d\\.\\d) +\\1"))
                .anyMatch(l -> l.matches("Trained +(\\d\\d\\.\\d) +\\1"))
                .anyMatch(l -> l.matches("\\w+ +before( +[a-z]+){10}"))
                .anyMatch(l -> l.matches(" +PCA( +[a-z()]+){10}"))
                .anyMatch(l -> l.matches(" +trained( +[a-z()]+){10}"));
        assertThat(out.toString()).matches("[\\n -~]*");
        assertThat(mean("Gain over best PCA")).isGreaterThan(GAIN_OF_A_FEW_STEPS);
        assertThat(mean("PCA, centred")).isGreaterThan(mean("Truncation"));
        BufferedImage image = ImageIO.read(pictures.resolve("recall.png").toFile());
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        assertThat(Arrays.stream(pixels).distinct().count()).isGreaterThan(COLOURS_OF_A_PICTURE_THAT_SHOWS_SOMETHING);
    }

    /** The example's claim, for each split: three points more than the better of the two PCAs. */
    @Test
    @Tag("long")
    void trainedComponentsKeepThreePointsMoreThanThoseOfPca() {
        assertThat(run("--output", folder.toString())).isZero();
        String row = "Gain over best PCA";
        String line = out.toString()
                .lines()
                .filter(l -> l.startsWith(row))
                .findFirst()
                .orElseThrow();
        double[] gains = Arrays.stream(line.substring(row.length()).strip().split(" +"))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(gains).hasSize(6);
        assertThat(Arrays.stream(gains).min().getAsDouble()).isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--components=1|--components: expected between 2 and 100, got 1",
                "--components=101|--components: expected between 2 and 100, got 101",
                "--steps=0|--steps: expected between 1 and 100000, got 0",
                "--seeds=0|--seeds: expected between 1 and 20, got 0",
                "--seeds=21|--seeds: expected between 1 and 20, got 21",
                "--temperature=0|--temperature: expected above 0 and finite, got 0.0",
                "--temperature=NaN|--temperature: expected above 0 and finite, got NaN",
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
                .contains("--components=N", "(default: 25)")
                .contains("--steps=N", "1000)")
                .contains("--seeds=N", "default: 5)")
                .contains("--temperature=T", "(default: 0.05)")
                .contains("--output=DIR", "target/embeddings")
                .contains("--help");
    }

    private double mean(String row) {
        String line = out.toString()
                .lines()
                .filter(l -> l.startsWith(row))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(line.substring(row.length()).strip().split(" +", 2)[0]);
    }

    private int run(String... args) {
        CommandLine command = Program.commandLine(new EmbeddingCompression());
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(args);
    }
}
