package io.github.qrreduction.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ReductionMethod;
import io.github.qrreduction.compare.Storage;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordsTest {

    private static Words words(Storage storage, int size) {
        Random random = new Random(1);
        float[][] vectors = new float[100][8];
        for (float[] v : vectors) {
            for (int i = 0; i < v.length; i++) {
                v[i] = (float) random.nextGaussian();
            }
        }
        return new Words(
                Comparison.setup()
                        .methods(ReductionMethod.TRUNCATION)
                        .storages(storage)
                        .sizes(size)
                        .run(vectors),
                "v.npy",
                0.01);
    }

    @Test
    void whatTheStoreDoesIsSaidWhereItDoesSomething() {
        assertThat(words(Storage.FLOAT32, 4).quantisation()).isEmpty();
        assertThat(words(Storage.INT8, 4).quantisation()).contains("Your store's scalar quantisation makes the int8.");
        assertThat(words(Storage.BIT, 4).quantisation())
                .contains("Your store's binary quantisation makes the bit, once a program in Java has rotated the"
                        + " vectors: see docs/command.md.");
    }

    @Test
    void aSmallerSizeHasCommandsAndTheFullLengthHasNone() {
        assertThat(words(Storage.INT8, 4).next()).contains("Next, for truncation to 4 numbers");
        assertThat(words(Storage.INT8, 4).commands())
                .containsExactly(
                        "qr-reduce fit v.npy -k 4 --method truncation -o r.safetensors",
                        "qr-reduce apply r.safetensors v.npy -o small.npy");
        assertThat(words(Storage.INT8, 8).next()).isEmpty();
        assertThat(words(Storage.INT8, 8).commands()).isEmpty();
        assertThat(words(Storage.INT8, 8).quantisation()).isPresent();
    }
}
