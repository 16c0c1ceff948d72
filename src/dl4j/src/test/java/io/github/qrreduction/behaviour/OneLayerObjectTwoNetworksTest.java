package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.QRReductionLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A running network holds its own sizes and format, whatever becomes of the layer object that it was built from. */
class OneLayerObjectTwoNetworksTest {

    private final QRReductionLayer layer = reduction(0, 2).build();

    private MultiLayerNetwork network(InputType type) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(layer)
                .layer(
                        type instanceof InputType.InputTypeRecurrent
                                ? new RnnLossLayer.Builder(LossFunction.MSE)
                                        .activation(Activation.IDENTITY)
                                        .build()
                                : new LossLayer.Builder(LossFunction.MSE)
                                        .activation(Activation.IDENTITY)
                                        .build())
                .setInputType(type)
                .build());
        net.init();
        return net;
    }

    @Test
    void anotherWidth() {
        MultiLayerNetwork net = network(InputType.feedForward(5));
        INDArray x = Nd4j.rand(3, 5);
        INDArray expected = net.output(x);

        layer.setNIn(0);
        network(InputType.feedForward(7));

        assertThat(net.output(x)).isEqualTo(expected);
        net.fit(x, Nd4j.rand(3, 2));
        assertThat(net.clone().output(x)).isEqualTo(net.output(x));
    }

    @Test
    void anotherFormat() {
        MultiLayerNetwork net = network(InputType.recurrent(5, 5, RNNFormat.NCW));
        INDArray x = Nd4j.rand(3, 5, 5);
        INDArray expected = net.output(x);

        network(InputType.recurrent(5, 5, RNNFormat.NWC));

        assertThat(net.output(x)).isEqualTo(expected);
    }

    @Test
    void inAComputationGraph() {
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("q", layer, "in")
                .addLayer(
                        "loss",
                        new LossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "q")
                .setOutputs("loss")
                .setInputTypes(InputType.feedForward(5))
                .build());
        net.init();
        INDArray x = Nd4j.rand(3, 5);
        INDArray expected = net.outputSingle(x);

        layer.setNIn(9);
        layer.setNOut(3);

        assertThat(net.outputSingle(x)).isEqualTo(expected);
        assertThat(net.clone().outputSingle(x)).isEqualTo(expected);
    }

    @Test
    void theConfigurationThatIsSavedIsTheRunningOne() {
        MultiLayerNetwork net = network(InputType.feedForward(5));
        String json = net.getLayerWiseConfigurations().toJson();

        layer.setNIn(0);
        network(InputType.feedForward(7));

        assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(json);
    }
}
