package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.vectors.ReductionFile;
import io.github.qrreduction.vectors.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {

    @TempDir
    private Path folder;

    @Test
    void saysWhatAReductionIs() throws IOException {
        Path file = folder.resolve("r.safetensors");
        ReductionFile.of(Tensor.of(new float[] {1, 0, 0, 0, 2, 0}, 2, 3), null, Tensor.of(new float[3], 3))
                .withMetadata(Map.of("method", "pca"))
                .save(file);

        Run run = Run.of("inspect", file);
        assertThat(run.exitCode()).isZero();
        assertThat(run.outLines())
                .containsExactly(
                        "reduces    3 numbers to 2",
                        "type       FLOAT32",
                        "bias       no",
                        "mean       yes",
                        "orthonormality error 3.0e+00",
                        "method: pca");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void measuredNumbersAreRoundedAndOthersAreNot() throws IOException {
        Path file = folder.resolve("r.safetensors");
        ReductionFile.of(Tensor.of(new float[] {1, 0, 0, 1}, 2, 2), null, null)
                .withMetadata(Map.of("loss", "3.2271849", "temperature", "NaN", "learningRate", "0.123456"))
                .save(file);

        assertThat(Run.of("inspect", file).outLines())
                .contains("loss: 3.227", "temperature: NaN", "learningRate: 0.123456");
    }

    /** ||QQ^T - I||_F of rows (0.6, 0.8) and (0.8, 0.6): their product 0.96, twice. */
    @Test
    void theErrorCountsWhatIsBesideTheDiagonalTwice() throws IOException {
        Path file = folder.resolve("r.npy");
        ReductionFile.of(Tensor.of(new double[] {0.6, 0.8, 0.8, 0.6}, 2, 2), null, null)
                .save(file);

        assertThat(Run.of("inspect", file).outLines()).contains("orthonormality error 1.4e+00");
    }

    @Test
    void saysHowInputsAndResultsAreNormalised() throws IOException {
        Path file = folder.resolve("r.safetensors");
        Tensor matrix = Tensor.of(new double[] {1, 0, 0, 0, 1, 0}, 2, 3);
        for (boolean before : new boolean[] {true, false}) {
            ReductionFile.of(matrix, Tensor.of(new double[2], 2), null)
                    .normalizing(before, !before)
                    .save(file);
            assertThat(Run.of("inspect", file).outLines())
                    .containsExactly(
                            "reduces    3 numbers to 2",
                            "type       FLOAT64",
                            "bias       yes",
                            "mean       no",
                            "unit length " + (before ? "before" : "after"),
                            "orthonormality error 0.0e+00");
        }
    }

    @Test
    void aFileThatIsNotThereIsOneLine() {
        Path file = folder.resolve("none.npz");

        Run run = Run.of("inspect", file);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).containsExactly("qr-reduce: " + file + ": expected a file, got none");
    }

    @Test
    void aFileOfAnotherKindIsOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("r.npz"), "not a zip\nat all\n");

        Run run = Run.of("inspect", file);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).hasSize(1).first().asString().startsWith("qr-reduce: " + file + ": expected");
    }
}
