package io.github.qrreduction;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** The bound on the orthonormality error, as a listener sees it, whatever the updater does. */
class OrthonormalTrainingTest {

    static final double FLOAT_BOUND = 1e-5;
    static final double DOUBLE_BOUND = 1e-12;
    private static final int STEPS = 30;
    private static final int BATCH = 32;

    /** Every mode, updater, type and rate but two of them with 1e4, which PARAMETRIZATION refuses; see below. */
    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Orthonormality mode : List.of(Orthonormality.RETRACTION, Orthonormality.PARAMETRIZATION)) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                for (String updater : List.of("Sgd", "Nesterovs", "Adam", "AMSGrad", "RmsProp")) {
                    boolean scalesByEntry = !List.of("Sgd", "Nesterovs").contains(updater);
                    cases.add(Arguments.of(mode, updater, scalesByEntry ? 0.01 : 0.1, type));
                    if (scalesByEntry || mode == Orthonormality.RETRACTION) {
                        cases.add(Arguments.of(mode, updater, 1e4, type));
                    }
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} with {1} at {2} in {3}")
    @MethodSource("cases")
    void aListenerSeesOrthonormalComponentsAfterEveryStep(
            Orthonormality mode, String updater, double learningRate, DataType type) {
        for (int[] size : new int[][] {{1, 1}, {5, 5}, {64, 16}}) {
            train(mode, updater(updater, learningRate), type, size[0], size[1], STEPS);
        }
    }

    /** A huge step along a gradient of lower rank leaves W with that rank, to rounding. */
    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({"Sgd,FLOAT", "Sgd,DOUBLE", "Nesterovs,FLOAT", "Nesterovs,DOUBLE"})
    void parametrizationStaysOrthonormalUntilItRefusesAGradientWithoutMeaning(String updater, DataType type) {
        assertThatThrownBy(() -> train(Orthonormality.PARAMETRIZATION, updater(updater, 1e4), type, 5, 5, STEPS))
                .isInstanceOf(DL4JException.class)
                .hasMessageContaining("the rows of \"Q\" (W of Q = qf(W)) are linearly dependent to rounding")
                .hasMessageEndingWith("Lower the learning rate, start from the default weightInit, or use"
                        + " Orthonormality.RETRACTION.");
    }

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({"RETRACTION,FLOAT", "RETRACTION,DOUBLE", "PARAMETRIZATION,FLOAT", "PARAMETRIZATION,DOUBLE"})
    void aLargerLayerStaysOrthonormal(Orthonormality mode, DataType type) {
        train(mode, new Adam(0.01), type, 768, 64, 2 * STEPS);
    }

    /** Trains on noise; the listener, which runs after every step, throws where the error exceeds the bound. */
    static MultiLayerNetwork train(Orthonormality mode, IUpdater updater, DataType type, int nIn, int nOut, int steps) {
        Nd4j.getRandom().setSeed(SEED);
        MultiLayerNetwork net =
                withMse(type, updater, reduction(nIn, nOut).orthonormality(mode).build());
        OrthonormalityListener listener =
                new OrthonormalityListener(1, type == DataType.FLOAT ? FLOAT_BOUND : DOUBLE_BOUND);
        listener.iterationDone(net, 0, 0);
        net.setListeners(listener);
        INDArray x = Nd4j.randn(type, BATCH, nIn);
        INDArray y = Nd4j.randn(type, BATCH, nOut);
        INDArray start = net.params().dup();
        for (int i = 0; i < steps; i++) {
            net.fit(x, y);
        }
        assertThat(listener.measurements()).hasSize(steps + 1);
        // One row of one number has no tangent but 0.
        assertThat(net.params().equals(start)).isEqualTo(nIn == 1);
        return net;
    }

    static IUpdater updater(String name, double learningRate) {
        return switch (name) {
            case "Sgd" -> new Sgd(learningRate);
            case "Nesterovs" -> new Nesterovs(learningRate, 0.9);
            case "Adam" -> new Adam(learningRate);
            case "AMSGrad" -> new AMSGrad(learningRate);
            default -> new RmsProp(learningRate);
        };
    }
}
