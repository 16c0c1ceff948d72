package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Close.assertClose;
import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.testutil.Fixtures;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The layer against the PyTorch module that it carries into Java; arrays by fixtures/pytorch/make.py. */
class PyTorchParityTest {

    private static final double LEARNING_RATE = 0.05;
    private static final double DOUBLE_TOLERANCE = 1e-10;
    private static final double FLOAT_TOLERANCE = 1e-5;

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({"rank2,DOUBLE", "rank2,FLOAT", "rank3,DOUBLE", "rank3,FLOAT"})
    void sameOutputLossGradientAndComponentsAfterOneAndAHundredSteps(String name, DataType type) {
        double tolerance = type == DataType.DOUBLE ? DOUBLE_TOLERANCE : FLOAT_TOLERANCE;
        INDArray x = dl4jLayout(fixture(name, "x", type));
        INDArray y = dl4jLayout(fixture(name, "y", type));
        // DL4J sums a sequence's squared errors over its steps where PyTorch takes the mean.
        long steps = x.rank() == 3 ? x.size(2) : 1;
        MultiLayerNetwork net = network(type, x.rank() == 3, LEARNING_RATE / steps);
        net.setParam("0_Q", fixture(name, "q0", type));

        assertClose(net.output(x), dl4jLayout(fixture(name, "out", type)), tolerance);

        net.setInput(x);
        net.setLabels(y);
        net.computeGradientAndScore();
        double loss = Fixtures.npy("pytorch/" + name + "-loss").getDouble(0);
        assertThat(net.score() / steps).isCloseTo(loss, within(tolerance));
        // DL4J divides by the minibatch size when it applies the gradient.
        INDArray gradient = net.gradient().getGradientFor("0_Q").div(x.size(0) * steps);
        assertClose(gradient, fixture(name, "grad", type), tolerance);

        net.fit(x, y);
        assertClose(net.getParam("0_Q"), fixture(name, "q1", type), tolerance);
        for (int i = 1; i < 100; i++) {
            net.fit(x, y);
        }
        assertClose(net.getParam("0_Q"), fixture(name, "q100", type), tolerance);
    }

    private static INDArray fixture(String name, String key, DataType type) {
        return Fixtures.npy("pytorch/" + name + "-" + key).castTo(type);
    }

    /** PyTorch's batch x time x size as DL4J's [batch, size, time]: its RnnLossLayer fails on labels in NWC. */
    private static INDArray dl4jLayout(INDArray array) {
        return array.rank() == 3 ? array.permute(0, 2, 1).dup('c') : array;
    }

    private static MultiLayerNetwork network(DataType type, boolean sequences, double learningRate) {
        Layer loss = sequences
                ? new RnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build()
                : new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(type)
                .updater(new Sgd(learningRate))
                .list()
                .layer(reduction(8, 3).build())
                .layer(loss)
                .build());
        net.init();
        return net;
    }
}
