package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.GradientChecks.EPSILON;
import static io.github.qrreduction.testutil.GradientChecks.MAX_RELATIVE_ERROR;
import static io.github.qrreduction.testutil.GradientChecks.MIN_ABSOLUTE_ERROR;
import static io.github.qrreduction.testutil.GradientChecks.check;
import static io.github.qrreduction.testutil.GradientChecks.config;
import static io.github.qrreduction.testutil.GradientChecks.dense;
import static io.github.qrreduction.testutil.GradientChecks.mask;
import static io.github.qrreduction.testutil.GradientChecks.mse;
import static io.github.qrreduction.testutil.GradientChecks.network;
import static io.github.qrreduction.testutil.GradientChecks.oneHot;
import static io.github.qrreduction.testutil.GradientChecks.rnnOutput;
import static io.github.qrreduction.testutil.GradientChecks.sequences;
import static io.github.qrreduction.testutil.GradientChecks.softmax;
import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.InDouble;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** DL4J's own gradient check, at a tolerance that a factor of two, or of 1.0001, does not pass. */
@InDouble
class GradientTest {

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(SEED);
    }

    @ParameterizedTest(name = "minibatch {0}, bias {1}")
    @CsvSource({"1,false", "5,false", "1,true", "5,true"})
    void aloneUnderALoss(int minibatch, boolean bias) {
        MultiLayerNetwork net =
                network(null, reduction(6, 3).hasBias(bias).biasInit(0.3).build(), mse());
        check(net, Nd4j.randn(minibatch, 6), Nd4j.randn(minibatch, 3), null, null);
    }

    @ParameterizedTest(name = "minibatch {0}")
    @ValueSource(ints = {1, 5})
    void twoStacked(int minibatch) {
        MultiLayerNetwork net = network(
                null, reduction(6, 4).build(), reduction(4, 2).hasBias(true).build(), mse());
        check(net, Nd4j.randn(minibatch, 6), Nd4j.randn(minibatch, 2), null, null);
    }

    @ParameterizedTest(name = "minibatch {0}")
    @ValueSource(ints = {1, 5})
    void betweenDenseLayersWhichNeedTheGradientOfItsInput(int minibatch) {
        MultiLayerNetwork net = network(null, dense(5, 6), reduction(6, 3).build(), dense(3, 4), softmax(4, 3));
        check(net, Nd4j.randn(minibatch, 5), oneHot(minibatch, 3), null, null);
    }

    @ParameterizedTest(name = "minibatch {0}")
    @ValueSource(ints = {1, 5})
    void withL1AndL2OnComponentsAndBias(int minibatch) {
        QRReductionLayer layer = reduction(6, 3)
                .hasBias(true)
                .biasInit(0.2)
                .l1(0.01)
                .l2(0.02)
                .l1Bias(0.03)
                .l2Bias(0.04)
                .build();
        check(network(null, layer, softmax(3, 3)), Nd4j.randn(minibatch, 6), oneHot(minibatch, 3), null, null);
    }

    @ParameterizedTest(name = "minibatch {0}")
    @ValueSource(ints = {1, 5})
    void withDropout(int minibatch) {
        MultiLayerNetwork net =
                network(null, dense(5, 6), reduction(6, 3).dropOut(0.5).build(), softmax(3, 3));
        boolean passed = GradientCheckUtil.checkGradients(config(net)
                .input(Nd4j.randn(minibatch, 5))
                .labels(oneHot(minibatch, 3))
                .callEachIter(n -> Nd4j.getRandom().setSeed(SEED)));
        assertThat(passed).isTrue();
    }

    @ParameterizedTest(name = "{0}, mask {1}, bias {2}, minibatch {3}")
    @CsvSource({
        "NCW,false,false,5", "NCW,true,false,5", "NWC,false,false,5", "NWC,true,false,5",
        "NCW,true,true,5", "NWC,true,true,5", "NCW,true,true,1", "NWC,true,true,1"
    })
    void onSequences(RNNFormat format, boolean masked, boolean bias, int minibatch) {
        int time = 4;
        MultiLayerNetwork net = network(
                InputType.recurrent(5, time, format),
                reduction(0, 4).hasBias(bias).biasInit(0.1).build(),
                reduction(0, 3).build(),
                rnnOutput(format));
        INDArray mask = masked ? mask(minibatch, time) : null;
        check(net, sequences(minibatch, 5, time, format), sequences(minibatch, 3, time, format), mask, mask);
    }

    @ParameterizedTest(name = "{0}, minibatch {1}")
    @CsvSource({"NCW,1", "NCW,5", "NWC,1", "NWC,5"})
    void afterAnLstm(RNNFormat format, int minibatch) {
        int time = 3;
        MultiLayerNetwork net = network(
                InputType.recurrent(4, time, format),
                new LSTM.Builder().nOut(5).activation(Activation.TANH).build(),
                reduction(0, 3).build(),
                rnnOutput(format));
        INDArray mask = mask(minibatch, time);
        check(net, sequences(minibatch, 4, time, format), sequences(minibatch, 3, time, format), mask, mask);
    }

    @ParameterizedTest(name = "minibatch {0}")
    @ValueSource(ints = {1, 5})
    void twiceInAComputationGraph(int minibatch) {
        ComputationGraphConfiguration conf = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .graphBuilder()
                .addInputs("x", "y")
                .addLayer("dense", dense(4, 5), "x")
                .addLayer("left", reduction(5, 2).build(), "dense")
                .addLayer("right", reduction(3, 2).hasBias(true).build(), "y")
                .addVertex("both", new MergeVertex(), "left", "right")
                .addLayer("out", softmax(4, 3), "both")
                .setOutputs("out")
                .build();
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        boolean passed = GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                .net(net)
                .epsilon(EPSILON)
                .maxRelError(MAX_RELATIVE_ERROR)
                .minAbsoluteError(MIN_ABSOLUTE_ERROR)
                .inputs(new INDArray[] {Nd4j.randn(minibatch, 4), Nd4j.randn(minibatch, 3)})
                .labels(new INDArray[] {oneHot(minibatch, 3)}));
        assertThat(passed).isTrue();
    }
}
