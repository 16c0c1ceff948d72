package io.github.qrreduction.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The 1797 handwritten digits of {@code notebooks/data/digits.csv}: pixels scaled to [0, 1], labels one-hot, shuffled
 * once in the same way for everyone, and split into 1437 to train on and 360 to test on.
 */
public final class Digits {

    /** Inputs of an example, 8 x 8 pixels. */
    public static final int PIXELS = 64;

    /** Classes, the digits 0 to 9. */
    public static final int CLASSES = 10;

    private static final String RESOURCE = "/data/digits.csv";
    private static final int TRAIN = 1437;
    private static final float MAX_INK = 16f;
    private static final long SPLIT_SEED = 42;

    private final DataSet train;
    private final DataSet test;

    private Digits(DataSet train, DataSet test) {
        this.train = train;
        this.test = test;
    }

    /** Reads the digits from the classpath. */
    public static Digits load() {
        List<int[]> rows = read();
        Collections.shuffle(rows, new Random(SPLIT_SEED));
        return new Digits(toDataSet(rows.subList(0, TRAIN)), toDataSet(rows.subList(TRAIN, rows.size())));
    }

    /** All 1437 training examples: features [1437, 64], labels [1437, 10]. */
    public DataSet train() {
        return train;
    }

    /** All 360 test examples: features [360, 64], labels [360, 10]. */
    public DataSet test() {
        return test;
    }

    /** The digits that the labels say, 0 to 9. */
    public static int[] classes(DataSet data) {
        return data.getLabels().argMax(1).toIntVector();
    }

    /** The training examples in batches; the last batch may be smaller. */
    public DataSetIterator trainBatches(int batchSize) {
        return batches(train, batchSize);
    }

    /** The test examples in batches; the last batch may be smaller. */
    public DataSetIterator testBatches(int batchSize) {
        return batches(test, batchSize);
    }

    private static DataSetIterator batches(DataSet data, int batchSize) {
        // The list holds whole batches, so the iterator hands out one entry at a time.
        return new ListDataSetIterator<>(data.batchBy(batchSize), 1);
    }

    private static List<int[]> read() {
        List<int[]> rows = new ArrayList<>();
        try (InputStream in = Digits.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        "expected " + RESOURCE + " on the classpath (notebooks/data/digits.csv), found none");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",", -1);
                int[] row = new int[PIXELS + 1];
                for (int i = 0; i < row.length; i++) {
                    row[i] = Integer.parseInt(cells[i]);
                }
                rows.add(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    private static DataSet toDataSet(List<int[]> rows) {
        float[][] features = new float[rows.size()][PIXELS];
        float[][] labels = new float[rows.size()][CLASSES];
        for (int r = 0; r < rows.size(); r++) {
            int[] row = rows.get(r);
            for (int p = 0; p < PIXELS; p++) {
                features[r][p] = row[p] / MAX_INK;
            }
            labels[r][row[PIXELS]] = 1f;
        }
        return new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
    }
}
