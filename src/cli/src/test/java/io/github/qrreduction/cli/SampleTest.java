package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.vectors.VectorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

class SampleTest {

    private static final int ROWS = 100;
    private static final int DRAWN = 10;
    private static final int SAMPLES = 4000;
    /** Each row comes 400 times in 4000 samples, give or take 19: some six standard deviations. */
    private static final double EXPECTED = 400;

    private static final double TOLERANCE = 115;

    @TempDir
    private Path folder;

    private static final class Options {
        @Mixin
        private Input input;
    }

    private Sample draw(Integer most, long seed) throws IOException {
        Path file = folder.resolve("in.npy");
        float[][] rows = new float[ROWS][1];
        for (int i = 0; i < ROWS; i++) {
            rows[i][0] = i;
        }
        new Vectors(rows, null).save(file);
        Options options = new Options();
        new CommandLine(options).parseArgs(file.toString());
        try (VectorFile vectors = options.input.open()) {
            return Sample.of(options.input, vectors, most, seed);
        }
    }

    @Test
    void everyRowIsAsLikelyAsTheOthers() throws IOException {
        int[] counts = new int[ROWS];
        for (int seed = 0; seed < SAMPLES; seed++) {
            for (float[] row : draw(DRAWN, seed).rows()) {
                counts[(int) row[0]]++;
            }
        }
        assertThat(counts).hasSize(ROWS);
        for (int count : counts) {
            assertThat((double) count).isCloseTo(EXPECTED, within(TOLERANCE));
        }
    }

    @Test
    void rowsKeepTheOrderOfTheFile() throws IOException {
        Sample sample = draw(DRAWN, 3);
        float[] numbers = new float[DRAWN];
        for (int i = 0; i < DRAWN; i++) {
            numbers[i] = sample.rows()[i][0];
        }
        float[] sorted = numbers.clone();
        Arrays.sort(sorted);
        assertThat(numbers).isEqualTo(sorted).doesNotHaveDuplicates();
        assertThat(sample).hasToString("10 of 100");
        assertThat(draw(DRAWN, 3).rows()).isDeepEqualTo(sample.rows());
    }

    @Test
    void whatIsFewEnoughIsTakenAsAWhole() throws IOException {
        for (Integer most : new Integer[] {null, ROWS, ROWS + 1}) {
            Sample sample = draw(most, 3);
            assertThat(sample.isAll()).isTrue();
            assertThat(sample).hasToString("100");
            assertThat(sample.rows()).hasDimensions(ROWS, 1);
        }
    }

    @Test
    void moreThanMemoryHoldsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> draw(Integer.MAX_VALUE, 3))
                .withMessageMatching(
                        "expected a sample of at most \\d+ rows, which memory has room for, got 2147483647;"
                                + " set QR_REDUCE_OPTS=-Xmx8g or more");
    }
}
