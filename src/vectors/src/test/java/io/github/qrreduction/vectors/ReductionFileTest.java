package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReductionFileTest {
    private static final Tensor Q = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private static final Tensor BIAS = Tensor.of(new double[] {7, 8}, 2);
    private static final Tensor MEAN = Tensor.of(new double[] {9, 10, 11}, 3);

    @TempDir
    private Path folder;

    private ReductionFile load(String format, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        Path file = folder.resolve("r." + format);
        TensorFile.of(tensors, metadata).save(file);
        return ReductionFile.load(file);
    }

    private static Map<String, Tensor> tensors(String matrix, String bias, String mean) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(matrix, Q);
        if (bias != null) {
            tensors.put(bias, BIAS);
        }
        if (mean != null) {
            tensors.put(mean, MEAN);
        }
        return tensors;
    }

    @ParameterizedTest
    @CsvSource({
        "Q_reduced,,",
        "linear.weight,linear.bias,mean",
        "weight,bias,",
        "components,,mean",
        "Q,b,mean",
        "0_Q,b,",
        "other,,",
        "other,bias,mean"
    })
    void theNamesOfOthersAreRead(String matrix, String bias, String mean) throws IOException {
        ReductionFile expected = ReductionFile.of(Q, bias == null ? null : BIAS, mean == null ? null : MEAN);
        assertThat(load("safetensors", tensors(matrix, bias, mean), Map.of())).isEqualTo(expected);
        assertThat(load("npz", tensors(matrix, bias, mean), Map.of())).isEqualTo(expected);
    }

    /** As numpy.savez(f, q) and numpy.savez(f, components=q, mean=m) write it. */
    @Test
    void anUnnamedArrayOfAZipIsRead() throws IOException {
        assertThat(load("npz", Map.of("arr_0", Q), Map.of())).isEqualTo(ReductionFile.of(Q, null, null));
        assertThat(load("npz", tensors("components", null, "mean"), Map.of()).mean())
                .contains(MEAN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"safetensors", "npz"})
    void otherNamesAreRefused(String format) {
        Map<String, Tensor> two = tensors("Q", null, null);
        two.put("weight", Q);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(format, two, Map.of()))
                .withMessageStartingWith(folder.resolve("r." + format) + ": expected ")
                .withMessageContaining(", got [Q");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(format, Map.of("bias", BIAS), Map.of()))
                .withMessageContaining(", got [bias");
        Map<String, Tensor> more = tensors("Q", "bias", null);
        more.put("running_mean", MEAN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(format, more, Map.of()))
                .withMessageContaining("running_mean");
    }

    /** The state of a PyTorch model that has more than the reduction. */
    private Path model(String format) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("reduction.Q_reduced", Q);
        tensors.put("0.weight", Q);
        tensors.put("0.bias", BIAS);
        tensors.put("head.weight", Tensor.of(new double[] {1, 2}, 1, 2));
        Path file = folder.resolve("model." + format);
        TensorFile.of(tensors).save(file);
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"safetensors", "npz"})
    void oneMatrixOfALargerModelIsReadByItsName(String format) throws IOException {
        Path file = model(format);

        assertThat(ReductionFile.load(file, "reduction.Q_reduced")).isEqualTo(ReductionFile.of(Q, null, null));
        assertThat(ReductionFile.load(file, "0.weight")).isEqualTo(ReductionFile.of(Q, BIAS, null));
        assertThat(ReductionFile.load(file, "head.weight").bias()).isEmpty();
        assertThat(Reduction.load(file, "0.weight").apply(new float[3])).containsExactly(7, 8);
    }

    @Test
    void withoutANameALargerModelIsRefusedWithAWayOut() throws IOException {
        Path file = model("safetensors");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReductionFile.load(file))
                .withMessage(
                        file + ": expected a matrix named linear.weight, Q_reduced, weight, components, Q or 0_Q, or a"
                                + " single one of another name, and, if any, linear.bias or bias, and mean,"
                                + " got [0.bias, 0.weight, head.weight, reduction.Q_reduced]; load(path, name) takes"
                                + " one by its name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReductionFile.load(file, "Q_reduced"))
                .withMessage(file + ": expected one of [0.bias, 0.weight, head.weight, reduction.Q_reduced], got"
                        + " \"Q_reduced\"");
    }

    @Test
    void flagsAndMetadataComeBack() throws IOException {
        ReductionFile file =
                ReductionFile.of(Q, BIAS, MEAN).normalizing(true, false).withMetadata(Map.of("method", "pca"));
        Path path = folder.resolve("r.safetensors");
        file.save(path);

        assertThat(ReductionFile.load(path)).isEqualTo(file).hasSameHashCodeAs(file);
        assertThat(TensorFile.load(path).metadata()).isEqualTo(Map.of("method", "pca", "normalize_before", "true"));
        assertThat(ReductionFile.load(path).normalizesBefore()).isTrue();
        assertThat(ReductionFile.load(path).normalizesAfter()).isFalse();
        assertThat(file).hasToString("ReductionFile(nOut=2, nIn=3, FLOAT64, with bias, with mean)");
        assertThat(file).isNotEqualTo(file.normalizing(true, true)).isNotEqualTo(file.withMetadata(Map.of()));
    }

    @Test
    void aFlagIsTrueOrFalse() throws IOException {
        assertThat(load("safetensors", tensors("Q", null, null), Map.of("normalize_after", "false")))
                .isEqualTo(ReductionFile.of(Q, null, null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load("safetensors", tensors("Q", null, null), Map.of("normalize_after", "yes")))
                .withMessage(folder.resolve("r.safetensors")
                        + ": expected true or false for normalize_after in the metadata, got \"yes\"");
    }
}
