package io.github.qrreduction;

import static io.github.qrreduction.testutil.Networks.SEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.loss.LossSimilarity;
import java.util.Arrays;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A baked network holds no layer of this library and puts out the same. */
class BakeTest {

    private static final double TOLERANCE = 1e-6;
    private static final int BATCH = 4;
    private static final int TIME = 5;

    @ParameterizedTest(name = "{0}")
    @EnumSource(Orthonormality.class)
    void reductionAndReconstructionInEveryMode(Orthonormality mode) {
        MultiLayerNetwork net = network(
                null,
                new QRReconstructionLayer.Builder()
                        .nIn(8)
                        .nOut(5)
                        .orthonormality(mode)
                        .hasBias(true)
                        .build(),
                new QRReductionLayer.Builder()
                        .nIn(8)
                        .nOut(3)
                        .orthonormality(mode)
                        .hasBias(true)
                        .build(),
                softmax(3));
        net.setParams(net.params().addi(0.1));
        QRReductionLayer.restore(net);
        MultiLayerNetwork baked = Components.bake(net);
        assertStock(baked);
        assertSame(baked.output(rows(8)), net.output(rows(8)));
    }

    @ParameterizedTest(name = "{0}, as last layer {1}, InputType {2}, masked {3}")
    @CsvSource({
        "NCW,false,true,true", "NCW,true,true,true", "NWC,false,true,true", "NWC,true,true,true",
        "NCW,false,false,true", "NCW,false,true,false", "NWC,false,true,false", "NWC,true,true,false"
    })
    void sequences(RNNFormat format, boolean last, boolean inputType, boolean masked) {
        Layer reduction = new QRReductionLayer.Builder()
                .nIn(8)
                .nOut(3)
                .hasBias(true)
                .biasInit(0.5)
                .build();
        Layer again = new QRReconstructionLayer.Builder()
                .nIn(3)
                .nOut(2)
                .hasBias(true)
                .biasInit(0.5)
                .build();
        Layer output = new RnnOutputLayer.Builder(LossFunction.MSE)
                .nIn(3)
                .nOut(2)
                .dataFormat(format)
                .activation(Activation.TANH)
                .build();
        InputType type = inputType ? InputType.recurrent(8, format) : null;
        MultiLayerNetwork net = last ? network(type, reduction, again) : network(type, reduction, again, output);
        MultiLayerNetwork baked = Components.bake(net);
        assertStock(baked);
        INDArray x = sequences(format);
        INDArray mask = masked ? mask() : null;
        INDArray expected = net.output(x, false, mask, mask);
        INDArray actual = baked.output(x, false, mask, mask);
        assertSame(actual, expected);
        assertThat(expected.rank()).isEqualTo(3);
    }

    @Test
    void afterAnLstmAndWithinRnnTimeStep() {
        MultiLayerNetwork net = network(
                InputType.recurrent(8),
                new LSTM.Builder().nOut(6).build(),
                new QRReductionLayer.Builder().nOut(3).build(),
                new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build());
        MultiLayerNetwork baked = Components.bake(net);
        assertSame(baked.output(sequences(RNNFormat.NCW)), net.output(sequences(RNNFormat.NCW)));
        INDArray step = Nd4j.rand(DataType.DOUBLE, BATCH, 8);
        assertSame(baked.rnnTimeStep(step), net.rnnTimeStep(step));
        assertSame(baked.rnnTimeStep(step), net.rnnTimeStep(step));
    }

    @Test
    void convolutionalInputKeepsItsPreProcessorAndBatchNormalisationItsStatistics() {
        MultiLayerNetwork net = network(
                InputType.convolutional(6, 6, 1),
                new ConvolutionLayer.Builder(3, 3).nOut(2).build(),
                new QRReductionLayer.Builder().nOut(4).build(),
                new BatchNormalization.Builder().build(),
                softmax(0));
        INDArray x = Nd4j.rand(DataType.DOUBLE, BATCH, 1, 6, 6);
        net.fit(x, labels(2));
        MultiLayerNetwork baked = Components.bake(net);
        assertStock(baked);
        assertSame(baked.output(x), net.output(x));
    }

    @Test
    void frozenLayersStayFrozen() {
        MultiLayerNetwork net = new TransferLearning.Builder(network(
                        null,
                        new QRReductionLayer.Builder().nIn(8).nOut(3).build(),
                        new DenseLayer.Builder().nIn(3).nOut(3).build(),
                        softmax(3)))
                .setFeatureExtractor(0)
                .build();
        MultiLayerNetwork baked = Components.bake(net);
        assertSame(baked.output(rows(8)), net.output(rows(8)));
        INDArray before = baked.getParam("0_W").dup();
        baked.fit(rows(8), labels(2));
        assertThat(baked.getParam("0_W")).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Orthonormality.class)
    void aComputationGraphKeepsItsStructureAndTheNamesThatOthersRead(Orthonormality mode) {
        ComputationGraphConfiguration conf = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("x", "s")
                .addLayer(
                        "r",
                        new QRReductionLayer.Builder()
                                .nOut(3)
                                .orthonormality(mode)
                                .hasBias(true)
                                .build(),
                        "x")
                .addLayer(
                        "t",
                        new QRReconstructionLayer.Builder()
                                .nOut(2)
                                .orthonormality(mode)
                                .build(),
                        "s")
                .addLayer(
                        "u",
                        new QRReductionLayer.Builder()
                                .nOut(2)
                                .orthonormality(mode)
                                .build(),
                        "t")
                .addLayer("last", new LastTimeStep(new LSTM.Builder().nOut(4).build()), "u")
                .addVertex("both", new MergeVertex(), "r", "last")
                .addLayer("out", softmax(0), "both")
                .setOutputs("out", "u")
                .setInputTypes(InputType.feedForward(8), InputType.recurrent(6))
                .build();
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        ComputationGraph baked = Components.bake(net);
        assertThat(Arrays.stream(baked.getLayers()).map(l -> l.conf().getLayer()))
                .noneMatch(ComponentLayer.class::isInstance);
        INDArray s = Nd4j.rand(DataType.DOUBLE, BATCH, 6, TIME);
        INDArray[] expected = net.output(rows(8), s);
        INDArray[] actual = baked.output(rows(8), s);
        assertSame(actual[0], expected[0]);
        assertSame(actual[1], expected[1]);
        assertThat(baked.getConfiguration().getVertices()).containsKeys("r", "t", "u", "last", "both", "out");
    }

    @ParameterizedTest(name = "{0}, masked {1}")
    @CsvSource({"NCW,true", "NCW,false", "NWC,true", "NWC,false"})
    void sequencesInAComputationGraph(RNNFormat format, boolean masked) {
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("x")
                .addLayer(
                        "r",
                        new QRReductionLayer.Builder()
                                .nOut(3)
                                .hasBias(true)
                                .biasInit(0.5)
                                .build(),
                        "x")
                .addLayer(
                        "t",
                        new QRReconstructionLayer.Builder()
                                .nOut(2)
                                .hasBias(true)
                                .biasInit(0.5)
                                .build(),
                        "r")
                .setOutputs("t")
                .setInputTypes(InputType.recurrent(8, format))
                .validateOutputLayerConfig(false)
                .build());
        net.init();
        INDArray[] mask = masked ? new INDArray[] {mask()} : null;
        INDArray[] x = {sequences(format)};
        assertSame(Components.bake(net).output(false, x, mask)[0], net.output(false, x, mask)[0]);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "FLOAT", "DOUBLE"})
    void theDataTypeIsKept(DataType type) {
        MultiLayerNetwork net = network(
                        null,
                        new QRReconstructionLayer.Builder()
                                .nIn(8)
                                .nOut(5)
                                .hasBias(true)
                                .build(),
                        new QRReductionLayer.Builder().nIn(8).nOut(3).build(),
                        softmax(3))
                .convertDataType(type);
        MultiLayerNetwork baked = Components.bake(net);
        assertThat(baked.params().dataType()).isEqualTo(type);
        INDArray output = baked.output(rows(8).castTo(type));
        assertThat(output.dataType()).isEqualTo(type);
        // HALF has 11 bits.
        assertThat(output.sub(net.output(rows(8).castTo(type))).amaxNumber().doubleValue())
                .isLessThanOrEqualTo(type == DataType.FLOAT16 ? 2e-3 : TOLERANCE);
    }

    @Test
    void theTwoLayersOfAReconstructionShareNoUpdater() {
        MultiLayerNetwork baked = Components.bake(network(
                null,
                new QRReconstructionLayer.Builder()
                        .nIn(8)
                        .nOut(5)
                        .biasUpdater(new Sgd(0.1))
                        .build(),
                softmax(8)));
        DenseLayer there = (DenseLayer) baked.getLayer(0).conf().getLayer();
        DenseLayer back = (DenseLayer) baked.getLayer(1).conf().getLayer();
        assertThat(there.getIUpdater()).isEqualTo(back.getIUpdater()).isNotSameAs(back.getIUpdater());
        assertThat(there.getBiasUpdater()).isEqualTo(back.getBiasUpdater()).isNotSameAs(back.getBiasUpdater());
    }

    static Stream<Layer> layersWithLossSimilarity() {
        return Stream.of(
                new LossLayer.Builder(new LossSimilarity()).build(),
                new RnnLossLayer.Builder(new LossSimilarity()).build(),
                new OutputLayer.Builder(new LossSimilarity()).nIn(3).nOut(2).build());
    }

    /** A baked model loads without this library, and puts out the same whatever its loss is. */
    @ParameterizedTest
    @MethodSource("layersWithLossSimilarity")
    void aLossOfThisLibraryBecomesDl4js(Layer loss) {
        MultiLayerNetwork net =
                network(null, new QRReductionLayer.Builder().nIn(8).nOut(3).build(), loss);

        MultiLayerNetwork baked = Components.bake(net);

        assertStock(baked);
        boolean sequences = loss instanceof RnnLossLayer;
        INDArray x = sequences ? sequences(RNNFormat.NCW) : rows(8);
        assertSame(baked.output(x), net.output(x));
        ComputationGraph graph = Components.bake(net.toComputationGraph());
        assertThat(graph.getConfiguration().toJson()).doesNotContain("io.github.qrreduction");
        assertSame(graph.outputSingle(x), net.output(x));
        assertThat(net.getLayerWiseConfigurations().toJson()).contains("LossSimilarity");
    }

    @Test
    void theOriginalIsLeftAsItWas() {
        MultiLayerNetwork net =
                network(null, new QRReductionLayer.Builder().nIn(8).nOut(3).build(), softmax(3));
        String conf = net.getLayerWiseConfigurations().toJson();
        INDArray params = net.params().dup();
        Nd4j.getRandom().setSeed(7);
        double next = Nd4j.getRandom().nextDouble();
        Nd4j.getRandom().setSeed(7);
        MultiLayerNetwork baked = Components.bake(net);
        assertThat(Nd4j.getRandom().nextDouble())
                .as("the random generator is not touched")
                .isEqualTo(next);
        baked.params().addi(1);
        assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(conf);
        assertThat(net.params()).isEqualTo(params);
    }

    @Test
    void aLayerInsideAWrapperIsRefusedWithItsName() {
        MultiLayerNetwork net = network(
                InputType.recurrent(8),
                new TimeDistributed(new QRReductionLayer.Builder().nOut(3).build()),
                new RnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build());
        assertThatThrownBy(() -> Components.bake(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Layer \"layer0\": expected a layer of this library bare or frozen, got one inside a"
                        + " TimeDistributed, which cannot be baked");
    }

    private static void assertStock(MultiLayerNetwork net) {
        assertThat(Arrays.stream(net.getLayers())
                        .map(l -> l.conf().getLayer().getClass().getName()))
                .allMatch(name -> name.startsWith("org.deeplearning4j."));
        assertThat(net.getLayerWiseConfigurations().toJson()).doesNotContain("io.github.qrreduction");
    }

    private static void assertSame(INDArray actual, INDArray expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThanOrEqualTo(TOLERANCE);
    }

    private static MultiLayerNetwork network(InputType inputType, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(0.01))
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        if (inputType != null) {
            list.setInputType(inputType);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private static Layer softmax(int nIn) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(nIn)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static INDArray rows(int nIn) {
        return Nd4j.linspace(DataType.DOUBLE, -1, 0.07, (long) BATCH * nIn).reshape(BATCH, nIn);
    }

    private static INDArray labels(int nOut) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, nOut);
        labels.getColumn(0).assign(1);
        return labels;
    }

    private static INDArray sequences(RNNFormat format) {
        INDArray x = Nd4j.linspace(DataType.DOUBLE, -1, 0.013, BATCH * 8 * TIME);
        return format == RNNFormat.NCW ? x.reshape(BATCH, 8, TIME) : x.reshape(BATCH, TIME, 8);
    }

    private static INDArray mask() {
        INDArray mask = Nd4j.ones(DataType.DOUBLE, BATCH, TIME);
        mask.putScalar(0, TIME - 1, 0);
        mask.putScalar(2, TIME - 1, 0);
        mask.putScalar(2, TIME - 2, 0);
        return mask;
    }
}
