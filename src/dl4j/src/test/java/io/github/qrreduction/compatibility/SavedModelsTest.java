package io.github.qrreduction.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.Components;
import io.github.qrreduction.testutil.NpyArrays;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** What any released version has saved is loaded, means the same, and can be trained on. Made by {@link SaveModels}. */
class SavedModelsTest {

    /** Another machine multiplies in another order: units in the last place, some more after a step. */
    private static final double FLOAT_ROUNDING = 1e-5;

    private static final double DOUBLE_ROUNDING = 1e-12;

    static List<Path> models() throws IOException {
        return foldersOf(root("models")).flatMap(SavedModelsTest::foldersOf).toList();
    }

    static List<Path> components() throws IOException {
        return foldersOf(root("components"))
                .flatMap(v -> Stream.of("half", "float", "double").map(v::resolve))
                .toList();
    }

    @Test
    void everyModeOfEveryLayerInBothKindsOfNetworkIsThere() throws IOException {
        assertThat(foldersOf(root("models")).map(p -> p.getFileName().toString()))
                .contains("0.1.0");
        List<String> names =
                FixtureNetwork.all().stream().map(FixtureNetwork::name).toList();
        assertThat(foldersOf(root("models").resolve("0.1.0"))
                        .map(p -> p.getFileName().toString()))
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void aModelIsTheSameAndTrainsOn(Path folder) throws IOException {
        Model model = load(folder);
        DataSet next = new DataSet(array(folder, "input"), array(folder, "labels"));

        assertSame(model.params(), array(folder, "parameters"), 0);
        assertSame(Models.updaterState(model), array(folder, "updater"), 0);
        double rounding = model.params().dataType() == DataType.DOUBLE ? DOUBLE_ROUNDING : FLOAT_ROUNDING;
        assertSame(Models.output(model, next.getFeatures()), array(folder, "output"), rounding);
        Models.fit(model, next);
        assertSame(model.params(), array(folder, "parameters-after-a-step"), rounding);
        assertSame(Models.updaterState(model), array(folder, "updater-after-a-step"), rounding);
        assertSame(Models.output(model, next.getFeatures()), array(folder, "output-after-a-step"), rounding);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void aConfigurationKeepsEveryValue(Path folder) throws IOException {
        String saved;
        try (ZipFile zip = new ZipFile(folder.resolve(SaveModels.MODEL).toFile())) {
            saved = new String(
                    zip.getInputStream(zip.getEntry(ModelSerializer.CONFIGURATION_JSON))
                            .readAllBytes(),
                    StandardCharsets.UTF_8);
        }
        ObjectMapper mapper = new ObjectMapper();
        assertHolds(mapper.readTree(Models.json(load(folder))), mapper.readTree(saved), "");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("components")
    void componentsAreTheSame(Path base) throws IOException {
        Map<String, INDArray> expected = NpyArrays.readZip(Path.of(base + "-expected.npz"));
        Components plain = Components.load(Path.of(base + ".npy"));
        Components biased = Components.load(Path.of(base + "-bias.npz"));
        DataType type = expected.get("matrix").dataType();
        double rounding = type == DataType.DOUBLE ? DOUBLE_ROUNDING : type == DataType.FLOAT ? FLOAT_ROUNDING : 1e-2;

        assertSame(plain.matrix(), expected.get("matrix"), 0);
        assertThat(plain.bias()).isNull();
        assertSame(biased.matrix(), expected.get("matrix"), 0);
        assertSame(biased.bias(), expected.get("bias"), 0);
        assertSame(plain.transform(expected.get("x")), expected.get("z"), rounding);
        assertSame(biased.transform(expected.get("x")), expected.get("z-bias"), rounding);
    }

    @Test
    void whatIsThereIsNeverMadeAnew(@TempDir Path dir) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("components/0.1.0"));
        assertThatThrownBy(() -> SaveModels.main(new String[] {dir.toString(), "0.1.0"}))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(folder + ": fixtures are made once and for ever");
        assertThat(dir.resolve("models")).doesNotExist();
    }

    private static Model load(Path folder) throws IOException {
        Path file = folder.resolve(SaveModels.MODEL);
        return folder.getFileName().toString().startsWith("graph-")
                ? ModelSerializer.restoreComputationGraph(file.toFile(), true)
                : ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
    }

    /** By ND4J's reader, so that one of ours cannot hide an error of our writer. */
    private static INDArray array(Path folder, String name) {
        return Nd4j.createFromNpyFile(folder.resolve(name + ".npy").toFile()).dup('c');
    }

    private static void assertSame(INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.dataType()).isEqualTo(expected.dataType());
        assertThat(actual.shape()).isEqualTo(expected.shape());
        INDArray a = actual.castTo(DataType.DOUBLE);
        INDArray e = expected.castTo(DataType.DOUBLE);
        double difference = a.sub(e).amaxNumber().doubleValue();
        assertThat(difference)
                .isLessThanOrEqualTo(tolerance * Math.max(1, e.amaxNumber().doubleValue()));
    }

    /** A later version may add properties; what was there stays. */
    private static void assertHolds(JsonNode actual, JsonNode saved, String path) {
        if (saved.isObject()) {
            saved.fields().forEachRemaining(f -> {
                assertThat(actual.has(f.getKey()))
                        .as("%s/%s is there", path, f.getKey())
                        .isTrue();
                assertHolds(actual.get(f.getKey()), f.getValue(), path + "/" + f.getKey());
            });
        } else if (saved.isArray()) {
            assertThat(actual.size()).as(path).isEqualTo(saved.size());
            for (int i = 0; i < saved.size(); i++) {
                assertHolds(actual.get(i), saved.get(i), path + "/" + i);
            }
        } else {
            assertThat(actual).as(path).isEqualTo(saved);
        }
    }

    private static Stream<Path> foldersOf(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path root(String name) throws IOException {
        try {
            return Path.of(
                    SavedModelsTest.class.getResource("/fixtures/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
