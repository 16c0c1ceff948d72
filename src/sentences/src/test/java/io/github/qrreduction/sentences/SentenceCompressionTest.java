package io.github.qrreduction.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.examples.NamedVectors;
import io.github.qrreduction.examples.Program;
import io.github.qrreduction.testutil.PageCommands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class SentenceCompressionTest {

    /** Of numbers up to 1, rounded to float16; the models' products in int8 differ between processors by some more. */
    private static final double COSINE_OF_THE_SAME = 0.995;

    private static final float UNIT = 1e-5f;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @EnumSource
    void bothModelsGiveUnitVectorsThatPutAnAnswerNearItsQuestion(SentenceModel model) {
        List<String> sentences =
                List.of("an instrument that shows the hours of the day", "a food made from milk", "the act of walking");

        NamedVectors vectors = new NamedVectors(sentences, model.passages(sentences, done -> {}));

        for (float[] vector : vectors.vectors()) {
            assertThat(vector).hasSize(SentenceModel.SIZE);
            assertThat(Math.sqrt(dot(vector, vector))).isCloseTo(1, within((double) UNIT));
        }
        assertThat(vectors.nearest(model.queries(List.of("a device that measures time"))[0], 1))
                .containsExactly(sentences.get(0));
    }

    @Test
    void argumentsOnThePagesAreTaken() throws IOException {
        List<String[]> commands = PageCommands.ofExample("EmbedSentences");

        assertThat(commands).isNotEmpty();
        for (String[] arguments : commands) {
            assertThatCode(() -> new CommandLine(new EmbedSentences()).parseArgs(arguments))
                    .as(String.join(" ", arguments))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void theVectorsThatShipAreThoseOfTheModel() {
        NamedVectors shipped = NamedVectors.glosses();
        List<String> some = shipped.names().subList(0, 20);

        float[][] again = SentenceModel.MINILM.passages(some, done -> {});

        for (int i = 0; i < again.length; i++) {
            assertThat(dot(again[i], shipped.vectors()[i])).isGreaterThan(COSINE_OF_THE_SAME);
        }
    }

    @Test
    void embedsComparesAndSearches() {
        int code = run(
                new SentenceCompression(),
                "--count=300",
                "--sizes=16,64",
                "--methods=random,pca-uncentred",
                "--query=a device that measures time",
                "--output=" + folder);

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString().lines())
                .contains("Vectors of minilm: 225 sentences to fit to, 75 held out, 1 seed")
                .anyMatch(line -> line.matches("random +\\d+\\.\\d / +\\d+\\.\\d +\\d+\\.\\d / +\\d+\\.\\d *"))
                .anyMatch(
                        line -> line.matches("pca-uncentred +\\d+\\.\\d\\*/ +\\d+\\.\\d +\\d+\\.\\d\\*/ +\\d+\\.\\d *"))
                .contains("\"a device that measures time\"")
                .anyMatch(line -> line.startsWith("  = "));
        assertThat(folder.resolve("recall.png")).isNotEmptyFile();
    }

    @Test
    void sentencesOfAFileBecomeAFileOfVectorsThatTheCommandReads() throws IOException {
        Path sentences = Files.writeString(folder.resolve("own.txt"), "one sentence\n\nanother sentence\n");
        Path vectors = folder.resolve("new/own.npy");

        assertThat(run(new EmbedSentences(), "--sentences=" + sentences, "--output=" + vectors))
                .isZero();

        NamedVectors read = NamedVectors.read(vectors, folder.resolve("new/own.txt"));
        assertThat(read.names()).containsExactly("one sentence", "another sentence");
        assertThat(read.vectors()[0]).hasSize(SentenceModel.SIZE);
    }

    @Test
    void definitionsOfWordNetComeWithoutExamplesEachOnceAndInOneOrderForASeed() throws IOException {
        Files.write(
                folder.resolve("data.noun"),
                List.of(
                        "  1 a line of the licence | not a definition at all",
                        "00001740 03 n 01 entity 0 000 | that which is known; \"an example\"  ",
                        "00001930 06 n 01 thing 0 000 | a separate entity; self-contained  ",
                        "00001931 03 n 01 item 0 000 | too short  "));
        Files.write(
                folder.resolve("data.verb"), List.of("00001741 42 v 01 be 0 000 01 + 01 00 | that which is known  "));
        Files.writeString(folder.resolve("data.adj"), "");
        Files.writeString(folder.resolve("data.adv"), "");

        assertThat(WordNetGlosses.read(folder, 1))
                .containsExactlyInAnyOrder(
                        new WordNetGlosses.Gloss("that which is known", "noun.Tops"),
                        new WordNetGlosses.Gloss("a separate entity; self-contained", "noun.artifact"))
                .isEqualTo(WordNetGlosses.read(folder, 1));
    }

    @Test
    void aFolderWithoutWordNetIsOneSentenceAndExitCode1() {
        assertThat(run(new EmbedSentences(), "--wordnet=" + folder, "--output=" + folder.resolve("x.npy")))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("a file could not be read or written: " + folder.resolve("data.noun")
                        + ": expected WordNet's files data.noun, data.verb, data.adj and data.adv there");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--sizes=1|--sizes: expected between 2 and 383, got 1",
                "--sizes=384|--sizes: expected between 2 and 383, got 384",
                "--seeds=0|--seeds: expected between 1 and 20, got 0",
                "--count=0|--count: expected between 1 and 1000000, got 0"
            })
    void anOptionThatMakesNoSenseIsOneSentenceAndExitCode2(String option, String message) {
        assertThat(run(new SentenceCompression(), option)).isEqualTo(2);
        assertThat(err.toString()).isEqualTo(message + System.lineSeparator());
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private int run(Callable<Integer> program, String... args) {
        CommandLine command = Program.commandLine(program);
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(args);
    }
}
