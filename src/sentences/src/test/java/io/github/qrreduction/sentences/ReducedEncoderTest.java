package io.github.qrreduction.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import io.github.qrreduction.Components;
import io.github.qrreduction.OnnxEncoder;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.examples.NamedVectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** MiniLM's own model, reduced to 48 numbers, in the hands of LangChain4j alone. */
class ReducedEncoderTest {
    private static final int SIZE = 48;
    private static final int SENTENCES = 200;
    private static final double COSINE = 1 - 1e-6;

    @TempDir
    private Path folder;

    private Path encoder;
    private Path tokenizer;

    @BeforeEach
    void theModelOfTheJar() throws IOException {
        encoder = copy("all-minilm-l6-v2-q.onnx");
        tokenizer = copy("all-minilm-l6-v2-q-tokenizer.json");
    }

    private Path copy(String name) throws IOException {
        try (InputStream in = ReducedEncoderTest.class.getResourceAsStream("/" + name)) {
            Files.copy(in, folder.resolve(name));
        }
        return folder.resolve(name);
    }

    @Test
    void givesTheReducedVectorsItself() throws IOException {
        NamedVectors glosses = NamedVectors.glosses();
        Components components = PrincipalComponents.fitter()
                .centred(false)
                .fit(Nd4j.createFromArray(glosses.vectors()), SIZE)
                .components();
        Path reduced = folder.resolve("reduced.onnx");

        OnnxEncoder.reduce(encoder, components, reduced);

        OnnxEmbeddingModel ours = new OnnxEmbeddingModel(reduced, tokenizer, PoolingMode.MEAN);
        OnnxEmbeddingModel theirs = new OnnxEmbeddingModel(encoder, tokenizer, PoolingMode.MEAN);
        List<String> sentences = glosses.names().subList(0, SENTENCES);
        for (String sentence : sentences) {
            Embedding embedding = ours.embed(sentence).content();
            float[] twoSteps =
                    components.transform(theirs.embed(sentence).content().vector());
            assertThat(embedding.dimension()).isEqualTo(SIZE);
            assertThat(cosine(embedding.vector(), twoSteps)).isGreaterThanOrEqualTo(COSINE);
        }
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double ofA = 0;
        double ofB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            ofA += (double) a[i] * a[i];
            ofB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(ofA * ofB);
    }

    @Test
    void aMeanIsRefused() {
        Components centred = Components.of(Nd4j.rand(SIZE, 384)).withMean(Nd4j.rand(384));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxEncoder.reduce(encoder, centred, folder.resolve("reduced.onnx")))
                .withMessageContaining(
                        "has a vector for each token, and pooling comes after the reduction, got one with a" + " mean");
    }
}
