package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.OrthonormalTraining.train;
import static io.github.qrreduction.testutil.OrthonormalTraining.updater;

import io.github.qrreduction.Orthonormality;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

/** The bound on the orthonormality error, as a listener sees it, whatever the updater does. */
class OrthonormalTrainingTest {

    private static final int STEPS = 30;

    @ParameterizedTest(name = "{0} with {1} at {2} in {3}")
    @MethodSource("io.github.qrreduction.testutil.OrthonormalTraining#cases")
    void aListenerSeesOrthonormalComponentsAfterEveryStep(
            Orthonormality mode, String updater, double learningRate, DataType type) {
        for (int[] size : new int[][] {{1, 1}, {5, 5}, {64, 16}}) {
            train(mode, updater(updater, learningRate), type, size[0], size[1], STEPS);
        }
    }

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({"RETRACTION,FLOAT", "RETRACTION,DOUBLE", "PARAMETRIZATION,FLOAT", "PARAMETRIZATION,DOUBLE"})
    void aLargerLayerStaysOrthonormal(Orthonormality mode, DataType type) {
        train(mode, new Adam(0.01), type, 768, 64, 2 * STEPS);
    }
}
