package io.github.qrreduction;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.OrthonormalityListener.Measurement;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class OrthonormalityListenerTest {

    /** {@code Q = [[2, 0]]}: {@code ||QQ^T - I||_F = 3} exactly. */
    private static final double ERROR = 3;

    @Test
    void argumentsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new OrthonormalityListener(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected frequency >= 1, got 0");
        assertThatThrownBy(() -> new OrthonormalityListener(1, -0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected bound >= 0, got -0.5");
        assertThatThrownBy(() -> new OrthonormalityListener(1, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected bound >= 0, got NaN");
    }

    @Test
    void trainingThatLeavesTheBoundIsStopped() {
        OrthonormalityListener listener = new OrthonormalityListener(1, 2.5);
        assertThatThrownBy(() -> listener.iterationDone(twoZero(null), 7, 0))
                .isInstanceOf(DL4JException.class)
                .hasMessage("Layer layer0, iteration 7: expected ||QQ^T - I||_F of at most 2.500e+00, got 3.000e+00."
                        + " Use Orthonormality.RETRACTION or PARAMETRIZATION, a larger"
                        + " orthonormalityPenalty, or a smaller learning rate.");
        assertThat(listener.measurements()).containsExactly(new Measurement(7, "layer0", ERROR));
    }

    @Test
    void anErrorThatIsNoNumberIsNotWithinAnyBound() {
        MultiLayerNetwork net = twoZero("q");
        net.getParam("0_Q").putScalar(0, 0, Double.NaN);
        assertThatThrownBy(() -> new OrthonormalityListener(1).iterationDone(net, 1, 0))
                .isInstanceOf(DL4JException.class)
                .hasMessageMatching("Layer q, iteration 1: expected .* of at most .*, got NaN\\. Use .*");
    }

    @Test
    void aLayerWithoutANameIsCalledByItsIndex() {
        MultiLayerNetwork net = twoZero(null);
        net.getLayer(0).conf().getLayer().setLayerName(null);
        OrthonormalityListener listener = new OrthonormalityListener(2);
        listener.iterationDone(net, 3, 0);
        listener.iterationDone(net, 4, 0);
        assertThat(listener.measurements()).containsExactly(new Measurement(4, "0", ERROR));
    }

    @Test
    void graphsAreMeasuredAndModelsWithoutLayersAreNot() {
        OrthonormalityListener listener = new OrthonormalityListener(1);
        MultiLayerNetwork net = twoZero("0");
        listener.iterationDone(net.toComputationGraph(), 1, 0);
        listener.iterationDone(net.getLayer(0), 2, 0);
        assertThat(listener.measurements()).containsExactly(new Measurement(1, "0", ERROR));
    }

    private static MultiLayerNetwork twoZero(String name) {
        QRReductionLayer.Builder builder = reduction(2, 1);
        if (name != null) {
            builder.name(name);
        }
        MultiLayerNetwork net = withMse(DataType.DOUBLE, new Sgd(0.1), builder.build());
        net.setParam("0_Q", Nd4j.createFromArray(new double[][] {{2, 0}}));
        return net;
    }
}
