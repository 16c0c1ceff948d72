package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.Model;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.translator.TextEmbeddingTranslator;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.LambdaBlock;
import ai.djl.translate.TranslateException;
import io.github.qrreduction.DenseFolder;
import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * DJL's text embedding translator, which reads the Dense module of a sentence-transformers folder by itself, gives the
 * reduced vectors. The encoder before it is made up, since only what comes behind the pooling matters here.
 */
class DenseFolderInDjlTest {
    private static final float CLOSE = 1e-6f;
    private static final int WIDTH = 6;
    private static final Path TOKENIZER = Path.of("src", "test", "resources", "djl", "tokenizer.json");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theTranslatorGivesTheReducedVectors(boolean bias) throws IOException, TranslateException {
        Files.writeString(
                folder.resolve("modules.json"),
                "[{\"idx\":0,\"name\":\"0\",\"path\":\"\",\"type\":\"sentence_transformers.models.Transformer\"},"
                        + "{\"idx\":1,\"name\":\"1\",\"path\":\"1_Pooling\","
                        + "\"type\":\"sentence_transformers.models.Pooling\"}]");
        Reduction r = Reduction.of(
                new float[][] {{1, 0, -1, 0, 2, 0}, {0, 1, 0, 3, 0, -2}, {1, 1, 1, 1, 1, 1}},
                bias ? new float[] {0.5f, -0.5f, 1} : null,
                null);

        DenseFolder.save(r, folder);

        float[] pooled = embed("a reduction of words", Map.of("normalize", "false"));
        float[] reduced = embed(
                "a reduction of words",
                Map.of(
                        "normalize",
                        "false",
                        "dense",
                        folder.resolve("2_Dense/model.safetensors").toString(),
                        "denseActivation",
                        "Identity"));
        assertThat(pooled).hasSize(WIDTH);
        assertThat(reduced).containsExactly(r.apply(pooled), offset(CLOSE));
    }

    @Test
    void lengthsBecomeOneAfterIt() throws IOException, TranslateException {
        Reduction r = Reduction.of(new float[][] {{1, 0, -1, 0, 2, 0}, {0, 1, 0, 3, 0, -2}}, null, null);

        DenseFolder.save(r, folder.resolve("dense"));

        String file = folder.resolve("dense/model.safetensors").toString();
        float[] pooled = embed("words of words", Map.of("normalize", "false"));
        assertThat(embed("words of words", Map.of("normalize", "true", "dense", file)))
                .containsExactly(r.normalizing(false, true).apply(pooled), offset(CLOSE));
    }

    private static float[] embed(String text, Map<String, String> options) throws IOException, TranslateException {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(TOKENIZER);
                Model model = Model.newInstance("made-up", "PyTorch")) {
            model.setBlock(new LambdaBlock(DenseFolderInDjlTest::encoder));
            TextEmbeddingTranslator translator =
                    TextEmbeddingTranslator.builder(tokenizer, options).build();
            try (Predictor<String, float[]> predictor = model.newPredictor(translator)) {
                return predictor.predict(text);
            }
        }
    }

    /** A vector for each token: sines of its number. */
    private static NDList encoder(NDList in) {
        NDArray ids = in.get(0).toType(DataType.FLOAT32, true).expandDims(-1);
        NDArray factors = in.getManager().arange(1f, 1f + WIDTH, 1f);
        NDArray hidden = ids.mul(factors).sin();
        hidden.setName("last_hidden_state");
        return new NDList(hidden);
    }
}
