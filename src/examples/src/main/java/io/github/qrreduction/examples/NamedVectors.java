package io.github.qrreduction.examples;

import io.github.qrreduction.Components;
import io.github.qrreduction.vectors.VectorFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Vectors, each with the word or the sentence that it stands for.
 *
 * @param names in the order of the vectors
 * @param vectors one a row
 */
public record NamedVectors(List<String> names, float[][] vectors) {

    /** Checks that there is a name for each vector. */
    public NamedVectors {
        if (names.size() != vectors.length) {
            throw new IllegalArgumentException(
                    "expected a name for each of the " + vectors.length + " vectors, got " + names.size());
        }
    }

    /** 8000 frequent English words as vectors of GloVe, 100 numbers each; see notebooks/data/EMBEDDINGS.md. */
    public static NamedVectors words() {
        return resource("embeddings.npy", "embeddings-words.txt");
    }

    /** 5000 definitions of WordNet as vectors of MiniLM, 384 numbers each; see notebooks/data/GLOSSES.md. */
    public static NamedVectors glosses() {
        return resource("glosses-minilm.npy", "glosses-minilm.txt");
    }

    /** Some things to search the definitions for, as vectors of the same model. */
    public static NamedVectors queries() {
        return resource("queries-minilm.npy", "queries-minilm.txt");
    }

    /**
     * Reads a file of vectors.
     *
     * @param vectors in a format of {@link VectorFile}
     * @param names text in UTF-8, a line for each vector; null where the file of vectors has the names
     */
    public static NamedVectors read(Path vectors, Path names) throws IOException {
        try (VectorFile file = VectorFile.open(vectors)) {
            return read(file, names == null ? null : Files.readAllLines(names));
        }
    }

    private static NamedVectors resource(String vectors, String names) {
        try (VectorFile file = VectorFile.open(open(vectors), "npy")) {
            return read(file, lines(names));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of a text that ships. */
    static List<String> lines(String name) {
        try (BufferedReader text = new BufferedReader(new InputStreamReader(open(name), StandardCharsets.UTF_8))) {
            return text.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        InputStream stream = NamedVectors.class.getResourceAsStream("/data/" + name);
        if (stream == null) {
            throw new IllegalStateException(
                    "expected /data/" + name + " on the classpath (notebooks/data/" + name + "), found none");
        }
        return stream;
    }

    private static NamedVectors read(VectorFile file, List<String> names) {
        List<float[]> vectors = new ArrayList<>();
        List<String> own = new ArrayList<>();
        for (float[] vector : file) {
            vectors.add(vector);
            own.add(file.hasNames() ? file.name() : "vector " + vectors.size());
        }
        return new NamedVectors(names == null ? List.copyOf(own) : names, vectors.toArray(float[][]::new));
    }

    /** The same names with smaller vectors. */
    public NamedVectors reduced(Components components) {
        INDArray data = Nd4j.createFromArray(vectors);
        return new NamedVectors(names, components.transform(data).toFloatMatrix());
    }

    /** The vector of a name. */
    public float[] vector(String name) {
        int row = names.indexOf(name);
        if (row < 0) {
            throw new IllegalArgumentException("expected a name of these vectors, got " + name);
        }
        return vectors[row].clone();
    }

    /** The names whose vectors have the largest cosine with a vector, nearest first; all are looked at. */
    public List<String> nearest(float[] query, int count) {
        double[] cosines = new double[vectors.length];
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = dot(query, vectors[i]) / Math.sqrt(dot(vectors[i], vectors[i]));
        }
        return IntStream.range(0, cosines.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -cosines[i]))
                .limit(count)
                .map(names::get)
                .toList();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
