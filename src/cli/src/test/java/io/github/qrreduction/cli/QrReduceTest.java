package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.vectors.ReductionFile;
import io.github.qrreduction.vectors.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class QrReduceTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine command =
            QrReduce.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @Test
    void inspectSaysWhatAReductionIs() throws IOException {
        Path file = folder.resolve("r.safetensors");
        ReductionFile.of(Tensor.of(new float[6], 2, 3), null, Tensor.of(new float[3], 3))
                .withMetadata(Map.of("method", "pca"))
                .save(file);

        assertThat(command.execute("inspect", file.toString())).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "reduces    3 numbers to 2",
                        "type       FLOAT32",
                        "bias       no",
                        "mean       yes",
                        "method: pca");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void inspectSaysHowInputsAndResultsAreNormalised() throws IOException {
        Path file = folder.resolve("r.safetensors");
        Tensor matrix = Tensor.of(new double[6], 2, 3);
        for (boolean before : new boolean[] {true, false}) {
            ReductionFile.of(matrix, Tensor.of(new double[2], 2), null)
                    .normalizing(before, !before)
                    .save(file);
            assertThat(command.execute("inspect", file.toString())).isZero();
        }
        assertThat(out.toString().lines())
                .containsExactly(
                        "reduces    3 numbers to 2",
                        "type       FLOAT64",
                        "bias       yes",
                        "mean       no",
                        "unit length before",
                        "reduces    3 numbers to 2",
                        "type       FLOAT64",
                        "bias       yes",
                        "mean       no",
                        "unit length after");
    }

    @Test
    void theVersionIsThatOfTheJar() {
        assertThat(command.execute("--version")).isZero();
        assertThat(out.toString()).startsWith("qr-reduce ");
    }

    @Test
    void aFaultOfTheProgramIsThrownOn() throws Exception {
        assertThat(QrReduce.failed(new IllegalArgumentException("expected a, got b"), command))
                .isEqualTo(1);
        assertThat(QrReduce.failed(new AccessDeniedException("r.npz"), command)).isEqualTo(1);
        AccessDeniedException explained = new AccessDeniedException("r.npz", null, "expected a, got c");
        assertThat(QrReduce.failed(explained, command)).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "qr-reduce: expected a, got b",
                        "qr-reduce: r.npz: expected a file that may be read, access is denied",
                        "qr-reduce: r.npz: expected a, got c");
        IllegalStateException fault = new IllegalStateException("broken");
        assertThatThrownBy(() -> QrReduce.failed(fault, command)).isSameAs(fault);
    }

    @Test
    void aFileThatIsNotThereIsOneLine() {
        Path file = folder.resolve("none.npz");

        assertThat(command.execute("inspect", file.toString())).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("qr-reduce: " + file + ": expected a file, got none");
    }

    @Test
    void aFileOfAnotherKindIsOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("r.npz"), "not a zip\nat all\n");

        assertThat(command.execute("inspect", file.toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("qr-reduce: " + file + ": expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "inspect"})
    void everyHelpShowsAnExample(String name) {
        assertThat(command.execute((name + " --help").strip().split(" "))).isZero();
        assertThat(out.toString()).contains("Usage: qr-reduce").contains("Example:\n  qr-reduce inspect");
    }

    @Test
    void badOptionsAreOneLineThatPointsToTheHelp() {
        assertThat(command.execute("inspect")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly("qr-reduce: Missing required parameter: 'FILE' (qr-reduce inspect --help shows the"
                        + " options)");
    }
}
