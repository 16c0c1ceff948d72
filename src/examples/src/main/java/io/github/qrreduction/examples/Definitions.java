package io.github.qrreduction.examples;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Definitions of WordNet with what they define, such as noun.animal; see notebooks/data/GLOSSES.md. Each comes in two
 * forms: as a sequence of word vectors (GloVe, 100 numbers, with a mask for the sequence's end), and as one vector of
 * the sentence (MiniLM, 384 numbers). Every fourth is to test on.
 */
public final class Definitions {

    /** Numbers a word. */
    public static final int WORD = 100;

    /** Words a definition; further ones are left out, as are words that have no vector. */
    public static final int LENGTH = 16;

    private static final int TEST = 4;

    private final DataSet trainWords;
    private final DataSet testWords;
    private final DataSet trainSentences;
    private final DataSet testSentences;

    private Definitions(List<float[][]> words, List<float[]> sentences, List<Integer> kinds, int classes) {
        trainWords = words(part(words, false), part(kinds, false), classes);
        testWords = words(part(words, true), part(kinds, true), classes);
        trainSentences = sentences(part(sentences, false), part(kinds, false), classes);
        testSentences = sentences(part(sentences, true), part(kinds, true), classes);
    }

    /**
     * Reads the definitions of some kinds from the classpath.
     *
     * @param kinds at least two of those in glosses-minilm-kinds.txt; their order is that of the classes
     */
    public static Definitions of(String... kinds) {
        NamedVectors glosses = NamedVectors.glosses();
        List<String> defined = NamedVectors.lines("glosses-minilm-kinds.txt");
        NamedVectors vocabulary = NamedVectors.words();
        Map<String, float[]> vectors = new HashMap<>();
        for (int i = 0; i < vocabulary.names().size(); i++) {
            vectors.put(vocabulary.names().get(i), vocabulary.vectors()[i]);
        }
        List<float[][]> words = new ArrayList<>();
        List<float[]> sentences = new ArrayList<>();
        List<Integer> classes = new ArrayList<>();
        for (int i = 0; i < defined.size(); i++) {
            int kind = List.of(kinds).indexOf(defined.get(i));
            float[][] sequence = sequence(glosses.names().get(i), vectors);
            if (kind >= 0 && sequence.length > 0) {
                words.add(sequence);
                sentences.add(glosses.vectors()[i]);
                classes.add(kind);
            }
        }
        return new Definitions(words, sentences, classes, kinds.length);
    }

    private static float[][] sequence(String definition, Map<String, float[]> vectors) {
        List<float[]> found = new ArrayList<>();
        for (String word : definition.toLowerCase(Locale.ROOT).split("[^a-z]+", -1)) {
            if (vectors.containsKey(word) && found.size() < LENGTH) {
                found.add(vectors.get(word));
            }
        }
        return found.toArray(float[][]::new);
    }

    private static <T> List<T> part(List<T> all, boolean test) {
        List<T> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if ((i % TEST == 0) == test) {
                some.add(all.get(i));
            }
        }
        return some;
    }

    private static DataSet words(List<float[][]> sequences, List<Integer> kinds, int classes) {
        float[][][] features = new float[sequences.size()][WORD][LENGTH];
        float[][] mask = new float[sequences.size()][LENGTH];
        for (int i = 0; i < features.length; i++) {
            for (int t = 0; t < sequences.get(i).length; t++) {
                mask[i][t] = 1;
                for (int j = 0; j < WORD; j++) {
                    features[i][j][t] = sequences.get(i)[t][j];
                }
            }
        }
        INDArray x = Nd4j.createFromArray(features);
        return new DataSet(x, labels(kinds, classes), Nd4j.createFromArray(mask), null);
    }

    private static DataSet sentences(List<float[]> sentences, List<Integer> kinds, int classes) {
        return new DataSet(Nd4j.createFromArray(sentences.toArray(float[][]::new)), labels(kinds, classes));
    }

    private static INDArray labels(List<Integer> kinds, int classes) {
        float[][] labels = new float[kinds.size()][classes];
        for (int i = 0; i < labels.length; i++) {
            labels[i][kinds.get(i)] = 1;
        }
        return Nd4j.createFromArray(labels);
    }

    /** To train on: features [n, 100, 16] with a mask [n, 16], labels [n, classes]. */
    public DataSet trainWords() {
        return trainWords;
    }

    /** To test on, in the form of {@link #trainWords}. */
    public DataSet testWords() {
        return testWords;
    }

    /** The same definitions as one vector each: features [n, 384], labels [n, classes]. */
    public DataSet trainSentences() {
        return trainSentences;
    }

    /** To test on, in the form of {@link #trainSentences}. */
    public DataSet testSentences() {
        return testSentences;
    }
}
