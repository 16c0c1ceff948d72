package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.SEED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.QRReductionLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** L1, L2 and weight decay, each set by nobody, by the network, by the layer or by both: as DenseLayer trains. */
class InheritedRegularizationTest {

    /** Who sets an option. */
    enum Who {
        NOBODY,
        NETWORK,
        LAYER,
        BOTH;

        boolean network() {
            return this == NETWORK || this == BOTH;
        }

        boolean layer() {
            return this == LAYER || this == BOTH;
        }
    }

    static Stream<Arguments> combinations() {
        List<Arguments> all = new ArrayList<>();
        for (Who l1 : Who.values()) {
            for (Who l2 : Who.values()) {
                for (Who decay : Who.values()) {
                    // DL4J's builders let the one that is set last take the other's place.
                    boolean l2AndDecay = (l2.network() && decay.network()) || (l2.layer() && decay.layer());
                    if (!l2AndDecay) {
                        all.add(Arguments.of(l1, l2, decay));
                    }
                }
            }
        }
        return all.stream();
    }

    private static NeuralNetConfiguration.Builder global(Who l1, Who l2, Who decay) {
        NeuralNetConfiguration.Builder b = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1));
        if (l1.network()) {
            b.l1(0.3);
        }
        if (l2.network()) {
            b.l2(0.5);
        }
        if (decay.network()) {
            b.weightDecay(0.7);
        }
        return b;
    }

    private static MultiLayerNetwork network(NeuralNetConfiguration.Builder global, Layer layer) {
        MultiLayerNetwork net = new MultiLayerNetwork(global.list()
                .layer(layer)
                .layer(new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        net.init();
        return net;
    }

    @ParameterizedTest(name = "L1 by {0}, L2 by {1}, weight decay by {2}")
    @MethodSource("combinations")
    void trainsAsDenseLayer(Who l1, Who l2, Who decay) {
        QRReductionLayer.Builder q = new QRReductionLayer.Builder().nIn(5).nOut(3);
        DenseLayer.Builder d =
                new DenseLayer.Builder().nIn(5).nOut(3).hasBias(false).activation(Activation.IDENTITY);
        if (l1.layer()) {
            q.l1(0.03);
            d.l1(0.03);
        }
        if (l2.layer()) {
            q.l2(0.05);
            d.l2(0.05);
        }
        if (decay.layer()) {
            q.weightDecay(0.07);
            d.weightDecay(0.07);
        }
        MultiLayerNetwork ours = network(global(l1, l2, decay), q.build());
        MultiLayerNetwork theirs = network(global(l1, l2, decay), d.build());
        takeOneOfWhatDl4jPutsInTwice(((BaseLayer) theirs.getLayer(0).conf().getLayer()));
        theirs.setParams(ours.params().dup());
        INDArray x = Nd4j.rand(DataType.DOUBLE, 6, 5);
        INDArray y = Nd4j.rand(DataType.DOUBLE, 6, 3);

        for (int i = 0; i < 3; i++) {
            ours.fit(x, y);
            theirs.fit(x, y);
        }

        assertThat(ours.params().sub(theirs.params()).amaxNumber().doubleValue())
                .isLessThan(1e-13);
        assertThat(ours.score()).isCloseTo(theirs.score(), org.assertj.core.api.Assertions.within(1e-12));
    }

    /** A network's weight decay is in the list of a layer that sets nothing itself twice. */
    private static void takeOneOfWhatDl4jPutsInTwice(BaseLayer layer) {
        List<Regularization> once = new ArrayList<>();
        for (Regularization r : layer.getRegularization()) {
            if (!once.contains(r)) {
                once.add(r);
            }
        }
        layer.setRegularization(once);
    }
}
