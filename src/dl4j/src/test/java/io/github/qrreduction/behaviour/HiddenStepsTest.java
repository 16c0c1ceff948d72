package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What a mask hides has no part in anything, whatever is there: 0 times NaN does not get in. */
class HiddenStepsTest {

    private static final int SIZE = 4;
    private static final int TIME = 5;

    private final INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 1, 0, 0}, {1, 1, 1, 1, 1}});

    private static MultiLayerNetwork network(Layer layer) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list()
                .layer(layer)
                .layer(new RnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        net.init();
        return net;
    }

    private INDArray input(double hidden) {
        Nd4j.getRandom().setSeed(4);
        INDArray x = Nd4j.rand(DataType.DOUBLE, 2, SIZE, TIME);
        x.get(NDArrayIndex.point(0), NDArrayIndex.all(), NDArrayIndex.interval(3, TIME))
                .assign(hidden);
        return x;
    }

    private void assertHidden(Layer layer, int outputs, double value) {
        INDArray labels = Nd4j.rand(DataType.DOUBLE, 2, outputs, TIME);
        MultiLayerNetwork expected = network(layer.clone());
        expected.fit(new DataSet(input(0), labels, mask, mask));

        MultiLayerNetwork net = network(layer.clone());
        INDArray x = input(value);
        net.fit(new DataSet(x, labels, mask, mask));

        assertThat(net.params()).isEqualTo(expected.params());
        assertThat(x.ravel().toDoubleVector())
                .as("the caller's array")
                .isEqualTo(input(value).ravel().toDoubleVector());
        net.setLayerMaskArrays(mask, null);
        INDArray out = net.feedForward(x).get(1);
        assertThat(out.get(NDArrayIndex.point(0), NDArrayIndex.all(), NDArrayIndex.interval(3, TIME))
                        .amaxNumber()
                        .doubleValue())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e308})
    void aReductionTrainsAsIfZerosWereThere(double hidden) {
        assertHidden(reduction(SIZE, 2).hasBias(true).build(), 2, hidden);
    }

    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void inEveryMode(Orthonormality mode) {
        assertHidden(reduction(SIZE, 2).orthonormality(mode).build(), 2, Double.NaN);
    }

    @Test
    void aReconstructionToo() {
        assertHidden(
                new QRReconstructionLayer.Builder()
                        .nIn(SIZE)
                        .nOut(2)
                        .hasBias(true)
                        .build(),
                SIZE,
                Double.NaN);
    }

    @Test
    void stepsFirstToo() {
        QRReductionLayer layer = reduction(SIZE, 2).dataFormat(RNNFormat.NWC).build();
        MultiLayerNetwork net = withMse(DataType.DOUBLE, new Sgd(0.1), layer);
        net.setLayerMaskArrays(mask, null);

        INDArray z =
                net.feedForwardToLayer(0, input(Double.NaN).permute(0, 2, 1)).get(1);

        assertThat(z.isNaN().any()).isFalse();
    }
}
