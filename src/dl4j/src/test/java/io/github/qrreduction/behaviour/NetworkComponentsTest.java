package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Close.assertClose;
import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.internal.stiefel.PolarFactor;
import io.github.qrreduction.internal.stiefel.QRFactor;
import io.github.qrreduction.testutil.Tables;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Components out of networks and into them. */
class NetworkComponentsTest {

    private static final double ROUNDING = 1e-12;
    /** PCA's squared error a row on the digits with 16 components, in the data's own units, 0 to 16. */
    private static final double DIGITS_ERROR_OF_16 = 180.9;

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(SEED);
    }

    @Test
    void aSnapshotOfAReductionTransformsAsTheNetworkDoes() {
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE,
                new Sgd(0.1),
                reduction(6, 3).hasBias(true).name("r").build());
        net.setParam("0_b", Nd4j.createFromArray(1.0, 2.0, 3.0));
        INDArray x = Nd4j.rand(DataType.DOUBLE, 5, 6);
        Components c = Components.of(net, 0);
        assertThat(c.transform(x)).isEqualTo(net.output(x));
        assertThat(Components.of(net, "r").matrix()).isEqualTo(c.matrix());
        net.fit(x, Nd4j.rand(DataType.DOUBLE, 5, 3));
        assertThat(c.transform(x)).as("a snapshot, not a view").isNotEqualTo(net.output(x));
    }

    @Test
    void parametrizationGivesTheQrFactorAndRetractionTheNearestOrthonormalMatrix() {
        INDArray w = Nd4j.randn(DataType.DOUBLE, 3, 6);
        MultiLayerNetwork parametrized = withMse(
                DataType.DOUBLE,
                new Sgd(0.1),
                reduction(6, 3).orthonormality(Orthonormality.PARAMETRIZATION).build());
        parametrized.setParam("0_Q", w);
        assertClose(Components.of(parametrized, 0).matrix(), QRFactor.of(w).q(), ROUNDING);

        MultiLayerNetwork retracted = withMse(
                DataType.DOUBLE,
                new Sgd(0.1),
                reduction(6, 3).orthonormality(Orthonormality.RETRACTION).build());
        retracted.getParam("0_Q").assign(w);
        assertClose(Components.of(retracted, 0).matrix(), PolarFactor.of(w), ROUNDING);
        assertThat(retracted.getParam("0_Q")).as("the network is not changed").isEqualTo(w);
    }

    @Test
    void aTrainedLinearDenseLayerIsMovedOver() {
        MultiLayerNetwork dense = withMse(
                DataType.DOUBLE,
                new Sgd(0.1),
                new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .biasInit(0.5)
                        .build());
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE, new Sgd(0.1), reduction(6, 3).hasBias(true).build());
        Components.of(dense, 0).copyTo(net, 0);
        INDArray x = Nd4j.rand(DataType.DOUBLE, 5, 6);
        assertClose(net.output(x), dense.output(x), ROUNDING);
        Components.of(net, 0).copyTo(dense, 0);
        assertClose(net.output(x), dense.output(x), ROUNDING);
    }

    @Test
    void aFrozenDenseLayerToo() {
        MultiLayerNetwork dense = withMse(
                DataType.DOUBLE,
                new Sgd(0.1),
                linear(6, 4).build(),
                linear(4, 3).build());
        MultiLayerNetwork frozen =
                new TransferLearning.Builder(dense).setFeatureExtractor(0).build();
        assertThat(frozen.getLayer(0)).isInstanceOf(FrozenLayer.class);
        Components c = Components.of(frozen, 0);
        assertThat(c.matrix()).isEqualTo(dense.getParam("0_W").transpose());
        Components.of(c.matrix().mul(2), c.bias()).copyTo(frozen, 0);
        assertThat(frozen.getParam("0_W")).isEqualTo(dense.getParam("0_W").mul(2));
    }

    @Test
    void aDenseLayerWithAnActivationIsRefusedByIt() {
        MultiLayerNetwork dense = withMse(
                DataType.DOUBLE,
                new Sgd(0.1),
                linear(6, 3).activation(Activation.RELU).build());
        assertThatThrownBy(() -> Components.of(dense, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("got a DenseLayer with activation relu");
    }

    /** Which is no linear map, whatever the activation. */
    @Test
    void aDenseLayerWithLayerNormalisationIsRefused() {
        MultiLayerNetwork dense = withMse(
                DataType.DOUBLE, new Sgd(0.1), linear(6, 3).hasLayerNorm(true).build());
        assertThatThrownBy(() -> Components.of(dense, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Layer 0: expected a QRReductionLayer, a QRReconstructionLayer or a DenseLayer with identity"
                                + " activation and without layer normalisation, got a DenseLayer");
    }

    private static DenseLayer.Builder linear(int nIn, int nOut) {
        return new DenseLayer.Builder().nIn(nIn).nOut(nOut).activation(Activation.IDENTITY);
    }

    @Test
    void inAComputationGraphByName() {
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("x")
                .addLayer("r", reduction(6, 3).hasBias(true).build(), "x")
                .addLayer(
                        "out",
                        new LossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "r")
                .setOutputs("out")
                .build());
        net.init();
        INDArray x = Nd4j.rand(DataType.DOUBLE, 5, 6);
        PrincipalComponents p = PrincipalComponents.fit(x, 3);
        p.copyTo(net, "r");
        assertClose(net.outputSingle(x), p.transform(x), ROUNDING);
        Components.of(Nd4j.eye(6).castTo(DataType.DOUBLE)).truncate(3).copyTo(net, "r");
        assertThat(net.getParam("r_b").sumNumber().doubleValue())
                .as("components without bias")
                .isZero();
        assertThat(Components.of(net, "r").transform(x))
                .isEqualTo(x.get(
                        org.nd4j.linalg.indexing.NDArrayIndex.all(),
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 3)));
    }

    @Test
    void thePcaStartReconstructsTheDigitsAtOnceWithPcasError() {
        INDArray x = Tables.digits();
        for (Orthonormality mode : Orthonormality.values()) {
            MultiLayerNetwork net = withMse(
                    DataType.DOUBLE,
                    new Sgd(0.1),
                    new QRReconstructionLayer.Builder()
                            .nIn(64)
                            .nComponents(16)
                            .hasBias(true)
                            .orthonormality(mode)
                            .build());
            PrincipalComponents.fit(x, 16).copyTo(net, 0);
            assertThat(errorPerRow(net.output(x), x)).isCloseTo(DIGITS_ERROR_OF_16, within(0.05));
        }
    }

    @Test
    void fromARandomStartTrainingReachesPcasErrorAndProjector() {
        INDArray x = Tables.digits();
        x.subiRowVector(x.mean(0));
        PrincipalComponents pca = PrincipalComponents.fit(x, 16);
        double optimum = pca.reconstructionError(x);
        int steps = 1500;
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE,
                new Adam(new ExponentialSchedule(ScheduleType.ITERATION, 0.05, Math.pow(1e-3, 1.0 / steps))),
                new QRReconstructionLayer.Builder()
                        .nIn(64)
                        .nComponents(16)
                        .orthonormality(Orthonormality.RETRACTION)
                        .build());
        DataSet all = new DataSet(x, x);
        for (int i = 0; i < steps; i++) {
            net.fit(all);
        }
        assertThat(errorPerRow(net.output(x), x)).isBetween(optimum * (1 - 1e-9), optimum * 1.001);
        INDArray q = net.getParam("0_Q");
        INDArray p = pca.components().matrix();
        double distance =
                q.transpose().mmul(q).sub(p.transpose().mmul(p)).norm2Number().doubleValue();
        assertThat(distance).isLessThan(1e-2);
    }

    @Test
    void aReductionStartsFromPcaOnDataThatAreNotCentred() {
        INDArray x = Tables.digits();
        PrincipalComponents pca = PrincipalComponents.fit(x, 8);
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE, new Sgd(0.1), reduction(64, 8).hasBias(true).build());
        pca.copyTo(net, 0);
        assertClose(net.output(x), pca.transform(x), 1e-10);
    }

    /** A reconstruction's bias is the mean's part outside the components' span: as a mean it goes there and back. */
    @Test
    void theBiasOfAReconstructionIsKept() {
        INDArray x = Tables.digits().addi(100);
        for (boolean graph : new boolean[] {false, true}) {
            MultiLayerNetwork net = withMse(
                    DataType.DOUBLE,
                    new Sgd(0.1),
                    new QRReconstructionLayer.Builder()
                            .name("r")
                            .nIn(64)
                            .nOut(16)
                            .hasBias(true)
                            .build());
            PrincipalComponents.fit(x, 16).copyTo(net, 0);
            Components c = graph ? Components.of(net.toComputationGraph(), "0") : Components.of(net, "r");

            assertClose(c.inverseTransform(c.transform(x)), net.output(x), 1e-9);
            assertClose(c.transform(x), Components.of(c.matrix()).transform(x), 1e-9);
            c.copyTo(net, 0);
            assertClose(c.inverseTransform(c.transform(x)), net.output(x), 1e-9);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedByName() {
        MultiLayerNetwork net =
                withMse(DataType.DOUBLE, new Sgd(0.1), reduction(6, 3).name("r").build());
        assertThatThrownBy(() -> Components.of(net, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a layer from 0 to 1, got 2");
        assertThatThrownBy(() -> Components.of(net, "q"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a layer of [r, layer1], got \"q\"");
        assertThatThrownBy(() -> Components.of(net, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Layer 1: expected a QRReductionLayer, a QRReconstructionLayer or a DenseLayer with identity"
                                + " activation and without layer normalisation, got a LossLayer");
        assertThatThrownBy(() -> Components.of(Nd4j.rand(2, 6)).copyTo(net, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Layer 0: expected components of shape (nOut, nIn) = [3, 6], got [2, 6]");
        assertThatThrownBy(() -> Components.of(Nd4j.rand(3, 6), Nd4j.ones(3)).copyTo(net, "r"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Layer \"r\": expected a layer with a bias, since the components have a bias, got one without."
                                + " Use hasBias(true), or Components.of(components.matrix()), which have neither");
    }

    private static double errorPerRow(INDArray actual, INDArray expected) {
        double norm = actual.sub(expected).norm2Number().doubleValue();
        return norm * norm / expected.rows();
    }
}
