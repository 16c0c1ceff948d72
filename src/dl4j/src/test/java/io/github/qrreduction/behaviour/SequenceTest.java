package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Close;
import io.github.qrreduction.testutil.Networks;
import java.util.List;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A sequence is reduced step by step: every step as the row that it is, whatever the layout, the length, the order. */
class SequenceTest {

    private static final int SIZE = 5;
    private static final int COMPONENTS = 3;
    /** Sums of a few products in DOUBLE. */
    private static final double ROUNDING = 1e-13;

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(Networks.SEED);
    }

    @ParameterizedTest(name = "{0}, bias {1}")
    @CsvSource({"NCW,false", "NCW,true", "NWC,false", "NWC,true"})
    void everyStepIsReducedAsARow(RNNFormat format, boolean bias) {
        MultiLayerNetwork net = sequences(format, bias);
        // Other lengths and batch sizes on one network, back and forth.
        for (int[] shape : new int[][] {{4, 6}, {4, 1}, {2, 9}, {1, 6}, {1, 1}, {4, 6}}) {
            INDArray input = random(format, shape[0], SIZE, shape[1]);
            INDArray output = outputOfLayer(net, input);
            assertThat(output.shape())
                    .containsExactly(
                            random(format, shape[0], COMPONENTS, shape[1]).shape());
            for (int t = 0; t < shape[1]; t++) {
                assertClose(step(output, format, t), reduced(net, step(input, format, t)));
            }
        }
    }

    @Test
    void rowsAndSequencesMayAlternateOnOneLayer() {
        MultiLayerNetwork net = Networks.withMse(
                DataType.DOUBLE, new Sgd(0.1), reduction(SIZE, COMPONENTS).build());
        INDArray rows = Nd4j.randn(DataType.DOUBLE, 4, SIZE);
        INDArray expected = reduced(net, rows);
        assertClose(net.feedForward(rows).get(1), expected);
        assertClose(net.feedForward(rows.reshape(4, SIZE, 1)).get(1), expected.reshape(4, COMPONENTS, 1));
        assertClose(net.feedForward(rows).get(1), expected);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void orderingAndViewsOfTheInputDoNotMatter(RNNFormat format) {
        MultiLayerNetwork net = sequences(format, true);
        INDArray input = random(format, 4, SIZE, 6);
        INDArray expected = outputOfLayer(net, input);
        assertClose(outputOfLayer(net, input.dup('f')), expected);
        INDArray larger = Nd4j.randn(DataType.DOUBLE, 8, input.size(1) + 2, input.size(2) + 3);
        INDArray view = larger.get(
                NDArrayIndex.interval(0, 2, 8),
                NDArrayIndex.interval(1, input.size(1) + 1),
                NDArrayIndex.interval(2, input.size(2) + 2));
        view.assign(input);
        INDArray before = larger.dup();
        assertClose(outputOfLayer(net, view), expected);
        assertThat(larger).isEqualTo(before);
    }

    @Test
    void orderingAndViewsOfRowsDoNotMatter() {
        MultiLayerNetwork net = Networks.withMse(
                DataType.DOUBLE, new Sgd(0.1), reduction(SIZE, COMPONENTS).build());
        INDArray input = Nd4j.randn(DataType.DOUBLE, 4, SIZE);
        INDArray expected = reduced(net, input);
        assertClose(net.output(input.dup('f')), expected);
        INDArray larger = Nd4j.randn(DataType.DOUBLE, 8, SIZE + 2);
        INDArray view = larger.get(NDArrayIndex.interval(0, 2, 8), NDArrayIndex.interval(1, SIZE + 1));
        view.assign(input);
        assertClose(net.output(view), expected);
        INDArray gradient = gradient(net, new DataSet(input, Nd4j.ones(DataType.DOUBLE, 4, COMPONENTS)));
        assertClose(gradient(net, new DataSet(view, Nd4j.ones(DataType.DOUBLE, 4, COMPONENTS))), gradient);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void gradientsOfOtherOrderingsAndViewsAreTheSame(RNNFormat format) {
        MultiLayerNetwork net = sequences(format, true);
        INDArray input = random(format, 4, SIZE, 6);
        INDArray labels = random(format, 4, 2, 6);
        INDArray expected = gradient(net, new DataSet(input, labels));
        assertClose(gradient(net, new DataSet(input.dup('f'), labels.dup('f'))), expected);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void maskedStepsAreZeroAndAddNothingToTheGradients(RNNFormat format) {
        MultiLayerNetwork net = sequences(format, true);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 2, 4);
        mask.putScalar(0, 3, 0.0);
        mask.putScalar(1, 1, 0.0);
        INDArray input = random(format, 2, SIZE, 4);
        INDArray labels = random(format, 2, 2, 4);
        INDArray output = net.feedForward(input, mask, mask).get(1);
        net.clearLayerMaskArrays();
        INDArray unmasked = outputOfLayer(net, input);
        for (int i = 0; i < 2; i++) {
            for (int t = 0; t < 4; t++) {
                INDArray expected = step(unmasked, format, t).getRow(i).mul(mask.getDouble(i, t));
                assertClose(step(output, format, t).getRow(i), expected);
            }
        }

        INDArray gradient = gradient(net, new DataSet(input, labels, mask, mask));
        INDArray other = input.dup();
        step(other, format, 3).getRow(0).assign(1e3);
        step(other, format, 1).getRow(1).assign(-1e3);
        assertClose(gradient(net, new DataSet(other, labels, mask, mask)), gradient);
        net.clearLayerMaskArrays();
        assertThat(gradient(net, new DataSet(input, labels))).isNotEqualTo(gradient);
    }

    /** A loss that looks at all steps, masked or not: only the layer's own mask can hold the gradient back. */
    @Test
    void theLayerMasksTheGradientEvenWhereTheLossDoesNot() {
        MultiLayerNetwork net = sequences(RNNFormat.NCW, false);
        INDArray input = random(RNNFormat.NCW, 1, SIZE, 3);
        INDArray labels = random(RNNFormat.NCW, 1, 2, 3);
        INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 0}});
        INDArray all = Nd4j.ones(DataType.DOUBLE, 1, 3);
        INDArray gradient = gradient(net, new DataSet(input, labels, mask, all));
        INDArray other = input.dup();
        step(other, RNNFormat.NCW, 2).assign(1e3);
        assertClose(gradient(net, new DataSet(other, labels, mask, all)), gradient);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void recurrentInRecurrentOut(RNNFormat format) {
        InputType type = reduction(0, COMPONENTS).build().getOutputType(0, InputType.recurrent(SIZE, 7, format));
        assertThat(type).isEqualTo(InputType.recurrent(COMPONENTS, 7, format));
        assertThat(((InputType.InputTypeRecurrent) type).getFormat()).isEqualTo(format);

        MultiLayerNetwork net = withLstm(format, BackpropType.Standard);
        assertThat(net.getLayerWiseConfigurations().getInputPreProcessors()).isEmpty();
        assertThat(((QRReductionLayer) net.getLayer(0).conf().getLayer()).getDataFormat())
                .isEqualTo(format);
        assertThat(((QRReductionLayer) net.getLayer(2).conf().getLayer()).getNIn())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void aStateIsCarriedFromStepToStepBesideAnLstm(RNNFormat format) {
        MultiLayerNetwork net = withLstm(format, BackpropType.Standard);
        INDArray input = random(format, 2, SIZE, 6);
        INDArray whole = net.output(input);
        net.rnnClearPreviousState();
        for (int t = 0; t < 6; t++) {
            INDArray one = slice(input, format, t, t + 1);
            assertClose(net.rnnTimeStep(one), slice(whole, format, t, t + 1));
        }
        net.rnnClearPreviousState();
        assertClose(net.rnnTimeStep(slice(input, format, 0, 4)), slice(whole, format, 0, 4));
        assertClose(net.rnnTimeStep(slice(input, format, 4, 6)), slice(whole, format, 4, 6));
    }

    /** In NCW only: DL4J cuts windows along the last dimension, whatever the format says. */
    @Test
    void truncatedBackpropagationThroughTimeTrainsBesideAnLstm() {
        RNNFormat format = RNNFormat.NCW;
        MultiLayerNetwork truncated = withLstm(format, BackpropType.TruncatedBPTT);
        MultiLayerNetwork byHand = withLstm(format, BackpropType.Standard);
        INDArray input = random(format, 2, SIZE, 4);
        INDArray labels = random(format, 2, 2, 4);
        INDArray before = truncated.getParam("0_Q").dup();

        // A whole window of four steps is one ordinary step.
        truncated.fit(new DataSet(input, labels));
        byHand.fit(new DataSet(input, labels));
        assertClose(truncated.params(), byHand.params());
        assertThat(truncated.getParam("0_Q")).isNotEqualTo(before);

        // Ten steps are three windows: 4, 4, 2.
        int iterations = truncated.getIterationCount();
        double score = truncated.score(new DataSet(input, labels));
        for (int i = 0; i < 30; i++) {
            truncated.fit(new DataSet(random(format, 2, SIZE, 10), Nd4j.zeros(DataType.DOUBLE, 2, 2, 10)));
            truncated.fit(new DataSet(input, labels));
        }
        assertThat(truncated.getIterationCount() - iterations).isEqualTo(30 * (3 + 1));
        assertThat(truncated.score(new DataSet(input, labels))).isLessThan(score);
    }

    @Test
    void imagesComeThroughDl4jsPreprocessor() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(Networks.SEED)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.05))
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build())
                .layer(reduction(0, COMPONENTS).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.convolutional(6, 5, 1))
                .build());
        net.init();
        assertThat(net.getParam("1_Q").shape()).containsExactly(COMPONENTS, 4 * 3 * 2);
        INDArray images = Nd4j.randn(DataType.DOUBLE, 4, 1, 6, 5);
        List<INDArray> activations = net.feedForward(images);
        assertClose(
                activations.get(2),
                activations.get(1).reshape('c', 4, 24).mmul(net.getParam("1_Q").transpose()));
        DataSet data = new DataSet(images, Nd4j.ones(DataType.DOUBLE, 4, 2));
        double score = net.score(data);
        for (int i = 0; i < 10; i++) {
            net.fit(data);
        }
        assertThat(net.score(data)).isLessThan(score);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void aComputationGraphDoesTheSame(RNNFormat format) {
        MultiLayerNetwork net = withLstm(format, BackpropType.Standard);
        ComputationGraphConfiguration conf = new NeuralNetConfiguration.Builder()
                .seed(Networks.SEED)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("x")
                .addLayer("q", reduction(0, COMPONENTS).hasBias(true).build(), "x")
                .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "q")
                .addLayer("r", reduction(0, 2).build(), "lstm")
                .addLayer("out", rnnOutput(format, 0), "r")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(SIZE, format))
                .build();
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init();
        assertThat(graph.params().length()).isEqualTo(net.params().length());
        graph.setParams(net.params().dup());
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 2, 6);
        mask.putScalar(1, 5, 0.0);
        for (int i = 0; i < 3; i++) {
            DataSet data = new DataSet(random(format, 2, SIZE, 6), random(format, 2, 2, 6), mask, mask);
            net.fit(data);
            graph.fit(data);
            assertClose(graph.params(), net.params());
        }
        for (int time : new int[] {6, 1, 3}) {
            INDArray input = random(format, 1, SIZE, time);
            assertClose(graph.outputSingle(input), net.output(input));
        }
    }

    private static MultiLayerNetwork sequences(RNNFormat format, boolean bias) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(Networks.SEED)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list()
                .layer(reduction(SIZE, COMPONENTS)
                        .dataFormat(format)
                        .hasBias(bias)
                        .biasInit(0.5)
                        .build())
                .layer(rnnOutput(format, COMPONENTS))
                .build());
        net.init();
        return net;
    }

    private static MultiLayerNetwork withLstm(RNNFormat format, BackpropType backprop) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(Networks.SEED)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list()
                .layer(reduction(0, COMPONENTS).hasBias(true).build())
                .layer(new LSTM.Builder().nOut(4).build())
                .layer(reduction(0, 2).build())
                .layer(rnnOutput(format, 0))
                .setInputType(InputType.recurrent(SIZE, format))
                .backpropType(backprop)
                .tBPTTLength(4)
                .build());
        net.init();
        return net;
    }

    private static RnnOutputLayer rnnOutput(RNNFormat format, int nIn) {
        return new RnnOutputLayer.Builder(LossFunction.MSE)
                .nIn(nIn)
                .nOut(2)
                .dataFormat(format)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static INDArray random(RNNFormat format, int batch, int size, int time) {
        return format == RNNFormat.NCW
                ? Nd4j.randn(DataType.DOUBLE, batch, size, time)
                : Nd4j.randn(DataType.DOUBLE, batch, time, size);
    }

    private static INDArray slice(INDArray sequences, RNNFormat format, int from, int to) {
        return format == RNNFormat.NCW
                ? sequences
                        .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(from, to))
                        .dup()
                : sequences
                        .get(NDArrayIndex.all(), NDArrayIndex.interval(from, to), NDArrayIndex.all())
                        .dup();
    }

    /** Step t of all examples, a view of shape (batch, size). */
    private static INDArray step(INDArray sequences, RNNFormat format, int t) {
        return format == RNNFormat.NCW
                ? sequences.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(t))
                : sequences.get(NDArrayIndex.all(), NDArrayIndex.point(t), NDArrayIndex.all());
    }

    private static INDArray outputOfLayer(MultiLayerNetwork net, INDArray input) {
        return net.feedForward(input).get(1);
    }

    private static INDArray reduced(MultiLayerNetwork net, INDArray rows) {
        INDArray z = rows.mmul(net.getParam("0_Q").transpose());
        return net.getParam("0_b") == null ? z : z.addRowVector(net.getParam("0_b"));
    }

    private static INDArray gradient(MultiLayerNetwork net, DataSet data) {
        net.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
        net.setInput(data.getFeatures());
        net.setLabels(data.getLabels());
        net.computeGradientAndScore();
        return net.gradient().gradient().dup();
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        Close.assertClose(actual, expected, ROUNDING);
    }
}
