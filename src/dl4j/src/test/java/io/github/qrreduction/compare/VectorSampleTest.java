package io.github.qrreduction.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.vectors.VectorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorSampleTest {
    /** Four standard errors of a share of 0.2 over 2000 draws. */
    private static final double CHANCE = 0.036;

    @TempDir
    private Path folder;

    private static float[][] numbered(int n) {
        return IntStream.rangeClosed(1, n).mapToObj(i -> new float[] {i, 1}).toArray(float[][]::new);
    }

    @Test
    void fewerVectorsThanAskedForAreAllThere() {
        VectorSample sample = VectorSample.draw(numbered(5), 10, 1);
        assertThat(sample.size()).isEqualTo(5);
        assertThat(sample.total()).isEqualTo(5);
        assertThat(sample.dimension()).isEqualTo(2);
        for (int i = 0; i < 5; i++) {
            assertThat(sample.vector(i)).containsExactly(i + 1, 1);
            assertThat(sample.position(i)).isEqualTo(i + 1);
        }
    }

    @Test
    void eachVectorIsAsLikelyAsTheOthers() {
        int[] drawn = new int[25];
        for (int seed = 0; seed < 2000; seed++) {
            VectorSample sample = VectorSample.draw(numbered(25), 5, seed);
            for (int i = 0; i < 5; i++) {
                drawn[(int) sample.position(i) - 1]++;
            }
        }
        for (int count : drawn) {
            assertThat(count / 2000.0).isCloseTo(0.2, within(CHANCE));
        }
    }

    @Test
    void aSampleStaysInOrderAndDependsOnTheSeedAlone() {
        VectorSample sample = VectorSample.draw(numbered(1000), 50, 3);
        long[] positions = IntStream.range(0, 50).mapToLong(sample::position).toArray();
        assertThat(positions).isSorted().doesNotHaveDuplicates();
        VectorSample again = VectorSample.draw(numbered(1000), 50, 3);
        assertThat(IntStream.range(0, 50).mapToLong(again::position).toArray()).isEqualTo(positions);
        VectorSample other = VectorSample.draw(numbered(1000), 50, 4);
        assertThat(IntStream.range(0, 50).mapToLong(other::position).toArray()).isNotEqualTo(positions);
    }

    @Test
    void namesComeFromTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("v.vec"), "3 2\na 1 2\nb 0 0\nc 5 6\n");
        List<Long> heard = new ArrayList<>();
        try (VectorFile vectors = VectorFile.open(file)) {
            VectorSample sample = VectorSample.draw(vectors, 10, 1, heard::add);
            assertThat(sample.hasNames()).isTrue();
            assertThat(sample.name(1)).isEqualTo("c");
            assertThat(sample.position(1)).isEqualTo(3);
            assertThat(sample.zeros()).isEqualTo(1);
            assertThat(sample.total()).isEqualTo(3);
        }
        assertThat(heard).containsExactly(3L);
        assertThat(VectorSample.draw(numbered(3), 2, 1).hasNames()).isFalse();
        assertThat(VectorSample.draw(numbered(3), 2, 1).name(0)).isNull();
    }

    @Test
    void aSampleOfNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VectorSample.draw(numbered(3), 0, 1))
                .withMessage("expected a sample of at least 1 vector, got 0");
        assertThat(VectorSample.draw(new float[0][], 5, 1).dimension()).isZero();
    }
}
