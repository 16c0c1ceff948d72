package io.github.qrreduction.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.github.qrreduction.vectors.Reduction;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReducedEmbeddingModelTest {
    private final Reduction reduction = Reduction.of(new float[][] {{1, 0, 1}, {0, 2, 0}}, null, null);

    /** The length of the text, and the place of its first blank. */
    private final EmbeddingModel model = new EmbeddingModel() {
        @Override
        public Response<List<Embedding>> embedAll(List<TextSegment> texts) {
            List<Embedding> vectors = texts.stream()
                    .map(TextSegment::text)
                    .map(t -> Embedding.from(new float[] {t.length(), t.indexOf(' '), 1}))
                    .toList();
            return Response.from(vectors, new TokenUsage(7));
        }
    };

    @Test
    void vectorsAreReducedAsTheyCome() {
        EmbeddingModel small = new ReducedEmbeddingModel(model, reduction);

        assertThat(small.dimension()).isEqualTo(2);
        assertThat(small.embed("one two").content().vector()).containsExactly(8, 6);
        Response<List<Embedding>> both = small.embedAll(List.of(TextSegment.from("a b"), TextSegment.from("one two")));
        assertThat(both.content().get(0).vector()).containsExactly(4, 2);
        assertThat(both.content().get(1).vector()).containsExactly(8, 6);
        assertThat(both.tokenUsage().inputTokenCount()).isEqualTo(7);
    }
}
