package io.github.qrreduction.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.github.qrreduction.Components;
import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.VectorFile;
import io.github.qrreduction.vectors.VectorWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.models.embeddings.loader.WordVectorSerializer;
import org.deeplearning4j.models.embeddings.wordvectors.WordVectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** Word vectors that were reduced are read by Deeplearning4j's own reader. */
class WordVectorsTest {
    /** Text has every digit of a float; the reader may normalise nothing. */
    private static final double CLOSE = 1e-6;

    private static final int WORDS = 60;

    @TempDir
    private Path folder;

    @Test
    void deeplearning4jReadsAReducedFile() throws IOException {
        Path whole = folder.resolve("whole.vec");
        Path small = folder.resolve("small.vec");
        float[][] vectors = Nd4j.randn(WORDS, 20).toFloatMatrix();
        List<String> words = new ArrayList<>();
        try (VectorWriter out = VectorWriter.create(whole, 20)) {
            for (int i = 0; i < WORDS; i++) {
                words.add((i % 2 == 0 ? "w\u00f6rd" : "word") + i);
                out.write(words.get(i), vectors[i]);
            }
            out.finish();
        }
        Reduction r = Components.of(Nd4j.randn(6, 20)).reduction();

        try (VectorFile in = VectorFile.open(whole);
                VectorWriter out = VectorWriter.create(small, r.nOut())) {
            for (float[] x : in) {
                out.write(in.name(), r.apply(x));
            }
            out.finish();
        }

        WordVectors read = WordVectorSerializer.readWord2VecModel(small.toFile());
        assertThat(read.vocab().numWords()).isEqualTo(WORDS);
        for (int i = 0; i < WORDS; i++) {
            float[] z = r.apply(vectors[i]);
            double[] theirs = read.getWordVector(words.get(i));
            assertThat(theirs).hasSize(r.nOut());
            for (int j = 0; j < z.length; j++) {
                assertThat(theirs[j]).isCloseTo(z[j], offset(CLOSE));
            }
        }
    }
}
