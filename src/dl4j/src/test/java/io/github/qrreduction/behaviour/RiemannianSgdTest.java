package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.testutil.Fixtures;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** RETRACTION with plain Sgd is Riemannian SGD: the path of an implementation in NumPy, step by step. */
class RiemannianSgdTest {

    private static final double LEARNING_RATE = 0.4;
    /** Rounding in float64, grown over 50 steps. */
    private static final double TOLERANCE = 1e-10;

    @ParameterizedTest
    @ValueSource(strings = {"wide", "square"})
    void followsTheReferenceForFiftySteps(String name) {
        INDArray x = Fixtures.npy("riemannian/" + name + "-x");
        INDArray y = Fixtures.npy("riemannian/" + name + "-y");
        INDArray path = Fixtures.npy("riemannian/" + name + "-q");
        INDArray loss = Fixtures.npy("riemannian/" + name + "-loss");
        assertThat(path.size(0)).isEqualTo(51);
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE,
                new Sgd(LEARNING_RATE),
                reduction(x.size(1), y.size(1))
                        .orthonormality(Orthonormality.RETRACTION)
                        .build());
        net.setParam("0_Q", path.slice(0));

        for (int step = 1; step < path.size(0); step++) {
            net.fit(x, y);
            assertThat(net.score()).isCloseTo(loss.getDouble(step - 1), within(TOLERANCE));
            assertThat(net.getParam("0_Q").sub(path.slice(step)).amaxNumber().doubleValue())
                    .as("largest difference after step %d", step)
                    .isLessThanOrEqualTo(TOLERANCE);
        }
        assertThat(path.slice(0).distance2(path.slice(50))).isGreaterThan(0.1);
    }
}
