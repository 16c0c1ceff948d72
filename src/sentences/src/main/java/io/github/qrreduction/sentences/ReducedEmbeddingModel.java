package io.github.qrreduction.sentences;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.github.qrreduction.vectors.Reduction;
import java.util.List;

/**
 * Any embedding model of LangChain4j, local or behind a service, whose vectors are reduced as they come. To copy: it
 * needs {@code qr-reduction-vectors} and LangChain4j, and neither Deeplearning4j nor ND4J.
 */
public final class ReducedEmbeddingModel implements EmbeddingModel {
    private final EmbeddingModel model;
    private final Reduction reduction;

    /**
     * A model with fewer numbers a text.
     *
     * @param model gives the full vectors
     * @param reduction fitted to vectors of this model
     */
    public ReducedEmbeddingModel(EmbeddingModel model, Reduction reduction) {
        this.model = model;
        this.reduction = reduction;
    }

    @Override
    public Response<List<Embedding>> embedAll(List<TextSegment> texts) {
        Response<List<Embedding>> full = model.embedAll(texts);
        List<Embedding> reduced = full.content().stream()
                .map(embedding -> Embedding.from(reduction.apply(embedding.vector())))
                .toList();
        return Response.from(reduced, full.tokenUsage(), full.finishReason());
    }

    @Override
    public int dimension() {
        return reduction.nOut();
    }
}
