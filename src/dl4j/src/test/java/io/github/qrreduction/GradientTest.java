package io.github.qrreduction;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's own gradient check, at a tolerance that a factor of two, or of 1.0001, does not pass. */
class GradientTest {

    static final double EPSILON = 1e-6;
    static final double MAX_RELATIVE_ERROR = 1e-5;
    static final double MIN_ABSOLUTE_ERROR = 1e-8;

    @BeforeEach
    void computeInDouble() {
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
        Nd4j.getRandom().setSeed(SEED);
    }

    @AfterEach
    void computeInFloat() {
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
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
        check(net, sequences(minibatch, 5, time, format), labels(minibatch, 3, time, format), mask, mask);
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
        check(net, sequences(minibatch, 4, time, format), labels(minibatch, 3, time, format), mask, mask);
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

    static MultiLayerNetwork network(InputType inputType, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        if (inputType != null) {
            list.setInputType(inputType);
        }
        MultiLayerConfiguration conf = list.build();
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    static void check(MultiLayerNetwork net, INDArray input, INDArray labels, INDArray inputMask, INDArray labelMask) {
        assertThat(GradientCheckUtil.checkGradients(config(net)
                        .input(input)
                        .labels(labels)
                        .inputMask(inputMask)
                        .labelMask(labelMask)))
                .isTrue();
    }

    static GradientCheckUtil.MLNConfig config(MultiLayerNetwork net) {
        return new GradientCheckUtil.MLNConfig()
                .net(net)
                .epsilon(EPSILON)
                .maxRelError(MAX_RELATIVE_ERROR)
                .minAbsoluteError(MIN_ABSOLUTE_ERROR);
    }

    static Layer mse() {
        return new LossLayer.Builder(LossFunction.MSE)
                .activation(Activation.IDENTITY)
                .build();
    }

    static Layer dense(int nIn, int nOut) {
        return new DenseLayer.Builder()
                .nIn(nIn)
                .nOut(nOut)
                .activation(Activation.TANH)
                .build();
    }

    static Layer softmax(int nIn, int nOut) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(nIn)
                .nOut(nOut)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static Layer rnnOutput(RNNFormat format) {
        return new RnnOutputLayer.Builder(LossFunction.MSE)
                .nOut(3)
                .dataFormat(format)
                .activation(Activation.TANH)
                .build();
    }

    static INDArray oneHot(int rows, int classes) {
        INDArray labels = Nd4j.zeros(rows, classes);
        for (int i = 0; i < rows; i++) {
            labels.putScalar(i, (i + 1) % classes, 1.0);
        }
        return labels;
    }

    static INDArray sequences(int batch, int size, int time, RNNFormat format) {
        return format == RNNFormat.NCW ? Nd4j.randn(batch, size, time) : Nd4j.randn(batch, time, size);
    }

    private static INDArray labels(int batch, int size, int time, RNNFormat format) {
        return sequences(batch, size, time, format);
    }

    static INDArray mask(int batch, int time) {
        INDArray mask = Nd4j.ones(batch, time);
        mask.putScalar(0, time - 1, 0.0);
        if (batch > 2) {
            mask.putScalar(2, 1, 0.0);
            mask.putScalar(2, 2, 0.0);
        }
        return mask;
    }
}
