package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.github.qrreduction.testutil.Python;
import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.Tensor;
import io.github.qrreduction.vectors.TensorFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

/** A reduction as a module of a sentence-transformers model: where it goes, what stays, what is refused. */
class DenseFolderTest {
    private static final float CLOSE = 1e-5f;
    private static final int WIDTH = 8;
    private static final int ROWS = 5;

    private static final String POOLING = """
            {"word_embedding_dimension": 8, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}""";

    private final Random random = new Random(9);

    @TempDir
    private Path temp;

    private Path model;

    @BeforeEach
    void aModel() throws IOException {
        model = Files.createDirectory(temp.resolve("model"));
    }

    private static String entry(int idx, String path, String kind) {
        return "{\"idx\": %d, \"name\": \"%d\", \"path\": \"%s\", \"type\": \"sentence_transformers.models.%s\"}"
                .formatted(idx, idx, path, kind);
    }

    /** As Python's save writes one, but for the numbers of the encoder. */
    private void write(boolean normalize) throws IOException {
        String modules = entry(0, "", "Transformer") + "," + entry(1, "1_Pooling", "Pooling");
        Files.writeString(model.resolve("config.json"), "{\"hidden_size\": 8}");
        Files.writeString(model.resolve("model.safetensors"), "the encoder's");
        Files.createDirectory(model.resolve("1_Pooling"));
        Files.writeString(model.resolve("1_Pooling/config.json"), POOLING);
        if (normalize) {
            Files.createDirectory(model.resolve("2_Normalize"));
            modules += "," + entry(2, "2_Normalize", "Normalize");
        }
        Files.writeString(model.resolve("modules.json"), "[" + modules + "]");
    }

    private Reduction reduction(int nOut, int nIn, boolean bias, boolean mean) {
        float[][] q = new float[nOut][];
        for (int j = 0; j < nOut; j++) {
            q[j] = normal(nIn);
        }
        return Reduction.of(q, bias ? normal(nOut) : null, mean ? normal(nIn) : null);
    }

    private float[] normal(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private List<String> kinds() throws IOException {
        return DenseModules.read(model.resolve("modules.json")).types().stream()
                .map(t -> t.substring(t.lastIndexOf('.') + 1))
                .toList();
    }

    private Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(f -> !f.equals(folder)).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        Files.isDirectory(file) ? "folder" : java.util.HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, false, 'Transformer, Pooling, Dense'",
        "false, false, true, 'Transformer, Pooling, Dense, Normalize'",
        "false, true, false, 'Transformer, Pooling, Normalize, Dense'",
        "false, true, true, 'Transformer, Pooling, Normalize, Dense, Normalize'",
        "true, false, false, 'Transformer, Pooling, Normalize, Dense, Normalize'",
        "true, true, false, 'Transformer, Pooling, Normalize, Dense, Normalize'",
        "true, true, true, 'Transformer, Pooling, Normalize, Dense, Normalize'"
    })
    void normalizeStandsWhereTheModelAndTheReductionWantIt(
            boolean normalized, boolean before, boolean after, String expected) throws IOException, InterruptedException {
        write(normalized);
        Map<String, String> own = files(model);
        Reduction r = reduction(3, WIDTH, true, true).normalizing(before, after);

        DenseFolder.save(r, model);

        assertThat(String.join(", ", kinds())).isEqualTo(expected);
        own.remove("modules.json");
        assertThat(files(model)).containsAllEntriesOf(own);
        assertThat(DenseFolder.load(model).nOut()).isEqualTo(3);
        Python.assumePackage("torch");
        float[] x = normal(ROWS * WIDTH);
        TensorFile.of(Map.of("x", Tensor.of(x, ROWS, WIDTH))).save(temp.resolve("x.npz"));
        Python.run("dense_run.py", model, temp.resolve("x.npz"), temp.resolve("z.npz"));
        float[] z = TensorFile.load(temp.resolve("z.npz")).tensors().get("z").floats();
        Reduction whole = r.normalizing(before || normalized, after || normalized);
        for (int i = 0; i < ROWS; i++) {
            float[] row = java.util.Arrays.copyOfRange(x, i * WIDTH, (i + 1) * WIDTH);
            assertThat(java.util.Arrays.copyOfRange(z, i * 3, (i + 1) * 3))
                    .containsExactly(whole.apply(row), offset(CLOSE));
            assertThat(DenseFolder.load(model).apply(row)).containsExactly(whole.apply(row), offset(CLOSE));
        }
    }

    @Test
    void theConfigurationIsWhatEveryVersionReads() throws IOException {
        write(false);

        DenseFolder.save(reduction(3, WIDTH, false, false), model);

        assertThat(model.resolve("2_Dense/config.json")).content().isEqualToIgnoringWhitespace("""
                {"in_features": 8, "out_features": 3, "bias": false,
                "activation_function": "torch.nn.modules.linear.Identity"}""");
        assertThat(TensorFile.load(model.resolve("2_Dense/model.safetensors")).tensors())
                .containsOnlyKeys("linear.weight");
    }

    @Test
    void componentsComeBack() throws IOException {
        write(true);
        Components c = Components.of(Nd4j.rand(3, WIDTH), Nd4j.rand(3)).withMetadata(Map.of("method", "pca"));

        c.saveDense(model);

        assertThat(Components.loadDense(model)).isEqualTo(c);
        assertThat(Components.loadDense(model).metadata()).isEqualTo(c.metadata());
    }

    @Test
    void aMeanBecomesTheBias() throws IOException {
        write(false);
        DenseFolder.save(Reduction.of(new float[][] {{1, 2, 0, 0, 0, 0, 0, 0}}, new float[] {5}, ones()), model);

        Reduction back = DenseFolder.load(model);

        assertThat(back.parts().bias().orElseThrow().floats()).containsExactly(2);
        assertThat(back.parts().mean()).isEmpty();
    }

    private static float[] ones() {
        float[] ones = new float[WIDTH];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    @Test
    void anotherOfTheSameWidthReplacesTheFirst() throws IOException {
        write(false);
        DenseFolder.save(reduction(3, WIDTH, false, false).normalizing(true, true), model);
        Reduction second = reduction(2, WIDTH, true, false);

        DenseFolder.save(second, model);

        assertThat(kinds()).containsExactly("Transformer", "Pooling", "Dense");
        assertThat(DenseFolder.load(model)).isEqualTo(second);
        try (Stream<Path> all = Files.list(model)) {
            assertThat(all.map(p -> p.getFileName().toString()).filter(n -> n.contains("Dense") || n.contains("Norm")))
                    .hasSize(1);
        }
    }

    @Test
    void oneOfTheWidthThatTheFirstGivesFollowsIt() throws IOException {
        write(true);
        DenseFolder.save(reduction(4, WIDTH, false, false), model);

        DenseFolder.save(reduction(2, 4, false, false), model);

        assertThat(kinds())
                .containsExactly("Transformer", "Pooling", "Normalize", "Dense", "Normalize", "Dense", "Normalize");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.save(reduction(3, 7, false, false), model))
                .withMessage(model + ": expected a reduction of width 4, to replace the one that is there, or 2, to follow"
                        + " it, got nIn = 7");
    }

    @Test
    void aDenseModuleOfTheModelsOwnStays() throws IOException {
        write(false);
        Files.createDirectory(model.resolve("2_Dense"));
        Files.writeString(
                model.resolve("2_Dense/config.json"),
                "{\"in_features\": 8, \"out_features\": 6, \"bias\": true,"
                        + " \"activation_function\": \"torch.nn.modules.activation.Tanh\"}");
        Files.writeString(model.resolve("2_Dense/pytorch_model.bin"), "numbers");
        Files.writeString(
                model.resolve("modules.json"),
                "[" + entry(0, "", "Transformer") + "," + entry(1, "1_Pooling", "Pooling") + ","
                        + entry(2, "2_Dense", "Dense") + "]");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessage(model.resolve("2_Dense/config.json") + ": expected the activation_function"
                        + " torch.nn.modules.linear.Identity, got \"torch.nn.modules.activation.Tanh\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.save(reduction(2, WIDTH, false, false), model))
                .withMessage(model + ": expected a reduction of the model's width 6, got nIn = 8");
        DenseFolder.save(reduction(2, 6, false, false), model);
        assertThat(kinds()).containsExactly("Transformer", "Pooling", "Dense", "Dense");
        assertThat(model.resolve("2_Dense/pytorch_model.bin")).hasContent("numbers");
    }

    @Test
    void theWidthIsThatOfThePooling() throws IOException {
        write(false);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.save(reduction(2, 7, false, false), model))
                .withMessage(model + ": expected a reduction of the model's width 8, got nIn = 7");
        Files.writeString(model.resolve("1_Pooling/config.json"), "{}");
        DenseFolder.save(reduction(2, 7, false, false), model);
        assertThat(DenseFolder.load(model).nIn()).isEqualTo(7);
    }

    @Test
    void namesThatAreTakenAreLeftAlone() throws IOException {
        write(false);
        Files.writeString(
                model.resolve("modules.json"),
                "[" + entry(0, "", "Transformer") + "," + entry(1, "1_Pooling", "Pooling").replace("\"1\"", "\"2\"")
                        + "]");
        Files.createDirectory(model.resolve("3_Dense"));

        DenseFolder.save(reduction(2, WIDTH, false, false), model);

        assertThat(model.resolve("4_Dense/model.safetensors")).exists();
        assertThat(model.resolve("3_Dense")).isEmptyDirectory();
    }

    @Test
    void whatIsNotKnownSurvives() throws IOException {
        write(false);
        Files.writeString(
                model.resolve("modules.json"),
                Files.readString(model.resolve("modules.json"))
                        .replace("\"idx\": 0,", "\"idx\": 0, \"kwargs\": [\"task\", {\"a\": 1.5}],"));

        DenseFolder.save(reduction(2, WIDTH, false, false), model);

        assertThat(model.resolve("modules.json")).content().containsIgnoringWhitespaces("\"kwargs\":[\"task\",{\"a\":1.5}]");
    }

    @Test
    void withoutAModelTheModuleStandsAlone() throws IOException {
        Reduction r = reduction(2, WIDTH, true, false);
        Path alone = temp.resolve("a").resolve("dense");

        DenseFolder.save(r, alone);

        assertThat(files(alone)).containsOnlyKeys("config.json", "model.safetensors");
        assertThat(DenseFolder.load(alone)).isEqualTo(r);
        Reduction other = reduction(3, WIDTH, false, false);
        DenseFolder.save(other, alone);
        assertThat(DenseFolder.load(alone)).isEqualTo(other);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.save(r.normalizing(true, false), alone))
                .withMessage(alone + ": expected a model's folder with modules.json, since unit length is a module of its"
                        + " own, got none");
    }

    @Test
    void aFolderOfSomethingElseIsLeftAlone() throws IOException {
        Files.writeString(model.resolve("config.json"), "{\"hidden_size\": 8}");
        Map<String, String> before = files(model);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.save(reduction(2, WIDTH, false, false), model))
                .withMessage(model + ": expected a sentence-transformers model with modules.json, an empty folder or a"
                        + " Dense module, got something else; SentenceTransformer(folder).save(folder) in Python writes"
                        + " modules.json");
        assertThat(files(model)).isEqualTo(before);
    }

    @Test
    void aFailureLeavesTheModelAsItWas() throws IOException {
        write(true);
        Files.createDirectory(model.resolve("m"));
        Map<String, String> before = files(model);
        Reduction r = reduction(2, WIDTH, false, false);
        Path modules = model.resolve("modules.json");
        assertThat(modules.toFile().setReadOnly()).isTrue();

        assertThatThrownBy(() -> DenseFolder.save(r, model)).isInstanceOf(FileSystemException.class);

        assertThat(files(model)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../elsewhere", "/etc", "..", "", ".", "a/../../b", "\\u0000"})
    void pathsOutOfTheModelAreRefused(String path) throws IOException {
        write(false);
        Files.writeString(
                model.resolve("modules.json"),
                "[" + entry(0, "", "Transformer") + "," + entry(1, path, "Dense") + "]");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessageStartingWith(
                        model.resolve("modules.json") + ": expected paths of modules within the model's folder, got {");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.save(reduction(2, WIDTH, false, false), model))
                .withMessageContaining("within the model's folder");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|a list of modules, each with the strings name, path and type, got {}",
                "[]|a list of modules, each with the strings name, path and type, got []",
                "[1]|a list of modules, each with the strings name, path and type, got [1]",
                "[{\"name\":1}]|a list of modules, each with the strings name, path and type, got [{\"name\":1}]",
                "[|JSON, got something else",
                "[{\"name\":\"a\",\"name\":\"b\"}]|JSON, got something else: Duplicate field 'name'",
                "[] []|JSON, got something else"
            })
    void malformedListsAreRefused(String json, String expected) throws IOException {
        write(false);
        Files.writeString(model.resolve("modules.json"), json);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessageStartingWith(model.resolve("modules.json") + ": expected " + expected);
    }

    @Test
    void hugeAndDeepListsAreRefused() throws IOException {
        Path modules = model.resolve("modules.json");
        Files.writeString(modules, "[".repeat(500_000) + "]".repeat(500_000));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessage(modules + ": expected at most 64 levels of JSON, got more");
        Files.writeString(modules, " ".repeat((1 << 20) + 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessage(modules + ": expected at most 1048576 bytes of JSON, got more");
    }

    @Test
    void theNumbersMustBeWhatTheConfigurationSays() throws IOException {
        write(false);
        DenseFolder.save(reduction(2, WIDTH, false, false), model);
        Path config = model.resolve("2_Dense/config.json");
        Files.writeString(config, Files.readString(config).replace("2,", "3,"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessage(model.resolve("2_Dense/model.safetensors") + ": expected what config.json says, nOut=3, nIn=8,"
                        + " got ReductionFile(nOut=2, nIn=8, FLOAT32)");
        Files.writeString(config, "{\"in_features\": -1, \"activation_function\": \"torch.nn.modules.linear.Identity\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessage(config + ": expected an integer of at least 1 for in_features, got -1");
        Files.writeString(config, "{\"bias\": 1, \"activation_function\": \"torch.nn.modules.linear.Identity\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessage(config + ": expected true or false for bias, got 1");
        Files.writeString(config, "{}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessageEndingWith("torch.nn.modules.linear.Identity, got none");
    }

    @Test
    void aModelWithoutSuchAModuleHasNone() throws IOException {
        write(true);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseFolder.load(model))
                .withMessageStartingWith(model.resolve("modules.json")
                        + ": expected a Dense module with nothing but Normalize behind it, got"
                        + " [sentence_transformers.models.Transformer, ");
    }
}
