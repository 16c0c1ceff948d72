package io.github.qrreduction.sentences;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.e5smallv2q.E5SmallV2QuantizedEmbeddingModel;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Models that run inside the JVM, each from a jar of LangChain4j, with weights in int8. Both give 384 numbers of unit
 * length. Some hundred short sentences a second on two cores.
 */
public enum SentenceModel {
    /** all-MiniLM-L6-v2, Apache-2.0. */
    MINILM("", ""),
    /** e5-small-v2, MIT. It was trained with a word before each text, which says what the text is. */
    E5("passage: ", "query: ");

    /** Numbers a sentence. */
    public static final int SIZE = 384;

    private static final int BATCH = 64;

    private final String beforePassage;
    private final String beforeQuery;

    SentenceModel(String beforePassage, String beforeQuery) {
        this.beforePassage = beforePassage;
        this.beforeQuery = beforeQuery;
    }

    /**
     * Embeds sentences that are searched in.
     *
     * @param sentences of some words each; what exceeds 510 of the model's tokens is cut into parts, and the mean taken
     * @param done hears how many are done
     * @return a vector a sentence, of unit length
     */
    public float[][] passages(List<String> sentences, IntConsumer done) {
        return embed(beforePassage, sentences, done);
    }

    /**
     * Embeds sentences that are searched for.
     *
     * @param sentences as of {@link #passages}
     * @return a vector a sentence, of unit length
     */
    public float[][] queries(List<String> sentences) {
        return embed(beforeQuery, sentences, done -> {});
    }

    private EmbeddingModel load() {
        return switch (this) {
            case MINILM -> new AllMiniLmL6V2QuantizedEmbeddingModel();
            case E5 -> new E5SmallV2QuantizedEmbeddingModel();
        };
    }

    private float[][] embed(String before, List<String> sentences, IntConsumer done) {
        EmbeddingModel loaded = load();
        float[][] vectors = new float[sentences.size()][];
        for (int from = 0; from < vectors.length; from += BATCH) {
            int to = Math.min(from + BATCH, vectors.length);
            List<TextSegment> texts = sentences.subList(from, to).stream()
                    .map(s -> TextSegment.from(before + s))
                    .toList();
            List<Embedding> embeddings = loaded.embedAll(texts).content();
            for (int i = from; i < to; i++) {
                vectors[i] = embeddings.get(i - from).vector();
            }
            done.accept(to);
        }
        return vectors;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
