package io.github.qrreduction.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.Components;
import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reductions with bias, mean and metadata that any version has saved are loaded and mean the same. */
class SavedReductionsTest {
    /** Sums of five numbers near 1 in float64. */
    private static final double ROUNDING = 1e-12;

    /** A mean becomes part of a Dense module's bias, in float32. */
    private static final double FLOAT_ROUNDING = 2e-6;

    private static final List<String> TYPES = List.of("half", "float", "double");

    static List<Path> files() throws IOException {
        try (Stream<Path> versions = Files.list(root())) {
            return versions.sorted()
                    .flatMap(v -> TYPES.stream()
                            .flatMap(t -> Stream.of(v.resolve(t + ".npz"), v.resolve(t + ".safetensors"))))
                    .toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void componentsAreTheSame(Path file) throws IOException {
        String name = file.getFileName().toString();
        String type = name.substring(0, name.indexOf('.'));
        Components loaded = Components.load(file);

        assertThat(loaded.matrix().dataType()).isEqualTo(DataType.valueOf(type.toUpperCase(Locale.ROOT)));
        INDArray z = loaded.transform(array(file.resolveSibling("x.npy")));
        INDArray expected = array(file.resolveSibling(type + "-z.npy"));
        assertThat(z.sub(expected).amaxNumber().doubleValue()).isLessThanOrEqualTo(ROUNDING);
        assertThat(loaded.metadata()).isEqualTo(name.endsWith(".npz") ? java.util.Map.of() : SaveReductions.METADATA);
    }

    static List<Path> versions() throws IOException {
        try (Stream<Path> versions = Files.list(root())) {
            return versions.sorted().toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("versions")
    void aDenseModuleIsTheSame(Path folder) throws IOException {
        INDArray z = Components.loadDense(folder.resolve("dense")).transform(array(folder.resolve("x.npy")));
        INDArray expected = array(folder.resolve("float-z.npy"));
        assertThat(z.sub(expected).amaxNumber().doubleValue()).isLessThanOrEqualTo(FLOAT_ROUNDING);
    }

    /** Programs feed an ONNX model by the names of its inputs and outputs. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("versions")
    void namesWithinAnOnnxModelStay(Path folder, @TempDir Path today) throws IOException {
        Path file = today.resolve("float.onnx");
        Components.load(folder.resolve("float.npz")).saveOnnx(file);

        GraphProto now = graph(file);
        GraphProto then = graph(folder.resolve("float.onnx"));
        assertThat(now.getInput(0)).isEqualTo(then.getInput(0));
        assertThat(now.getOutput(0)).isEqualTo(then.getOutput(0));
        assertThat(then.getInitializerList()).isNotEmpty();
    }

    private static GraphProto graph(Path file) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
    }

    @Test
    void whatIsThereIsNeverMadeAnew() {
        assertThatThrownBy(() -> SaveReductions.main(new String[] {root().toString(), "0.1.0"}))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(root().resolve("0.1.0") + ": fixtures are made once and for ever");
    }

    /** By ND4J's reader, so that one of ours cannot hide an error of our writer. */
    private static INDArray array(Path file) {
        return Nd4j.createFromNpyFile(file.toFile()).dup('c');
    }

    private static Path root() {
        return Repository.path("src", "vectors", "src", "test", "resources", "fixtures", "reductions");
    }
}
