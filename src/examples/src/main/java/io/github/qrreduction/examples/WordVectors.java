package io.github.qrreduction.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Frequent English words with their GloVe vectors; see notebooks/data/EMBEDDINGS.md.
 *
 * @param words by frequency
 * @param vectors one a row, FLOAT
 */
record WordVectors(List<String> words, INDArray vectors) {

    static final int SIZE = 100;

    static WordVectors load() {
        try (InputStream npy = open("embeddings.npy");
                BufferedReader txt = new BufferedReader(
                        new InputStreamReader(open("embeddings-words.txt"), StandardCharsets.UTF_8))) {
            INDArray vectors = Nd4j.createNpyFromInputStream(npy).castTo(DataType.FLOAT);
            return new WordVectors(txt.lines().toList(), vectors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        InputStream stream = WordVectors.class.getResourceAsStream("/data/" + name);
        if (stream == null) {
            throw new IllegalStateException("/data/" + name + " is not on the classpath");
        }
        return stream;
    }
}
