package io.github.qrreduction.testutil;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tables of numbers on the class path, in DOUBLE. */
public final class Tables {

    private Tables() {}

    /** The 1797 digits, 64 pixels from 0 to 16. */
    public static INDArray digits() {
        return columns("/data/digits.csv", 0, 64);
    }

    /** The 50 states, 4 numbers each. */
    public static INDArray usArrests() {
        return columns("/fixtures/pca/usarrests.csv", 1, 5);
    }

    /** Lines that do not start with a row of the table are left out. */
    private static INDArray columns(String resource, int from, int to) {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(Tables.class.getResourceAsStream(resource), StandardCharsets.UTF_8))) {
            double[][] rows = in.lines()
                    .filter(line -> !line.startsWith("#") && !line.startsWith("State"))
                    .map(line -> Arrays.stream(line.split(",", -1), from, to)
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toArray(double[][]::new);
            return Nd4j.createFromArray(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
