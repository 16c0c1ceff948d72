package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reductions that any version has saved are loaded and mean the same, without ND4J. */
class SavedReductionsTest {
    /** float32 of sums of five numbers near 1. */
    private static final float ROUNDING = 2e-6f;

    static List<Path> versions() throws IOException, URISyntaxException {
        try (Stream<Path> versions = Files.list(Path.of(
                SavedReductionsTest.class.getResource("/fixtures/reductions").toURI()))) {
            return versions.sorted().toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("versions")
    void meanTheSame(Path folder) throws IOException {
        float[][] x = rows(folder.resolve("x.npy"));
        for (String type : List.of("half", "float", "double")) {
            float[][] z = rows(folder.resolve(type + "-z.npy"));
            for (String format : List.of(".npz", ".safetensors")) {
                Reduction r = Reduction.load(folder.resolve(type + format));
                for (int i = 0; i < x.length; i++) {
                    assertThat(r.apply(x[i])).containsExactly(z[i], within(ROUNDING));
                }
                assertThat(r.metadata().get("method")).isEqualTo(format.equals(".npz") ? null : "pca");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("versions")
    void unitLengthBeforeAndAfterComesBack(Path folder) throws IOException {
        Reduction unit = Reduction.load(folder.resolve("unit.safetensors"));
        Reduction plain = Reduction.load(folder.resolve("float.safetensors"));
        float[] x = rows(folder.resolve("x.npy"))[0];
        assertThat(unit).isEqualTo(plain.normalizing(true, true));
        assertThat(unit.metadata()).isEqualTo(Map.of("method", "pca", "note", "\u03bc, quoted \"so\""));
        assertThat(unit.apply(x)).isNotEqualTo(plain.apply(x));
    }

    private static float[][] rows(Path file) throws IOException {
        Tensor t = TensorFile.load(file).tensors().get(TensorFile.UNNAMED);
        float[] values = t.floats();
        float[][] rows = new float[t.size(0)][t.size(1)];
        for (int i = 0; i < values.length; i++) {
            rows[i / t.size(1)][i % t.size(1)] = values[i];
        }
        return rows;
    }
}
