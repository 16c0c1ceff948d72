package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.QRReductionLayer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What the layer makes of an InputType: its nIn, the preprocessor before it, and what it tells the next layer. */
class InputTypeTest {

    @ParameterizedTest(name = "{0}: nIn {1}, {2}")
    @MethodSource("types")
    void nInAndPreprocessorComeFromTheInputType(
            InputType type, long nIn, Class<?> preProcessor, InputType output, long[] input) {
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .list()
                .layer(reduction(0, 3).build())
                .layer(reduction(0, 2).build())
                .setInputType(type)
                .build();
        QRReductionLayer layer = (QRReductionLayer) conf.getConf(0).getLayer();
        assertThat(layer.getNIn()).isEqualTo(nIn);
        assertThat(((QRReductionLayer) conf.getConf(1).getLayer()).getNIn()).isEqualTo(3);
        if (preProcessor == null) {
            assertThat(conf.getInputPreProcess(0)).isNull();
        } else {
            assertThat(conf.getInputPreProcess(0)).isInstanceOf(preProcessor);
        }
        assertThat(conf.getLayerActivationTypes(type).get(0)).isEqualTo(output);
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        assertThat(net.getParam("0_Q").shape()).containsExactly(3, nIn);
        assertThat(net.output(Nd4j.rand(DataType.FLOAT, input)).size(0)).isEqualTo(input[0]);
        assertThat(DenseLayerSays.nIn(type)).isEqualTo(nIn);
    }

    static Stream<Arguments> types() {
        InputType flat = InputType.feedForward(3);
        return Stream.of(
                Arguments.of(InputType.feedForward(7), 7, null, flat, new long[] {2, 7}),
                Arguments.of(
                        InputType.convolutional(4, 5, 2), 40, CnnToFeedForwardPreProcessor.class, flat, new long[] {
                            2, 2, 4, 5
                        }),
                Arguments.of(
                        InputType.convolutional(4, 5, 2, CNN2DFormat.NHWC),
                        40,
                        CnnToFeedForwardPreProcessor.class,
                        flat,
                        new long[] {2, 4, 5, 2}),
                Arguments.of(InputType.convolutionalFlat(4, 5, 2), 40, null, flat, new long[] {2, 40}),
                Arguments.of(
                        InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 4, 5, 2),
                        120,
                        Cnn3DToFeedForwardPreProcessor.class,
                        flat,
                        new long[] {2, 2, 3, 4, 5}),
                Arguments.of(
                        InputType.recurrent(7, 4, RNNFormat.NCW),
                        7,
                        null,
                        InputType.recurrent(3, 4, RNNFormat.NCW),
                        new long[] {2, 7, 4}),
                Arguments.of(
                        InputType.recurrent(7, 4, RNNFormat.NWC),
                        7,
                        null,
                        InputType.recurrent(3, 4, RNNFormat.NWC),
                        new long[] {2, 4, 7}));
    }

    /** DL4J's own layer, asked the same. */
    private static final class DenseLayerSays {

        private DenseLayerSays() {}

        static long nIn(InputType type) {
            MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                    .list()
                    .layer(new DenseLayer.Builder().nOut(3).build())
                    .setInputType(type)
                    .build();
            return ((DenseLayer) conf.getConf(0).getLayer()).getNIn();
        }
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void aDenseLayerAfterSequencesGetsDl4jsPreprocessor(RNNFormat format) {
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .list()
                .layer(reduction(0, 3).build())
                .layer(new DenseLayer.Builder().nOut(2).build())
                .setInputType(InputType.recurrent(7, 4, format))
                .build();
        assertThat(conf.getInputPreProcess(1)).isEqualTo(new RnnToFeedForwardPreProcessor(format));
        assertThat(((DenseLayer) conf.getConf(1).getLayer()).getNIn()).isEqualTo(3);
    }

    @Test
    void nInThatIsSetIsKept() {
        QRReductionLayer layer = reduction(9, 3).build();
        layer.setNIn(InputType.feedForward(7), false);
        assertThat(layer.getNIn()).isEqualTo(9);
        layer.setNIn(InputType.feedForward(7), true);
        assertThat(layer.getNIn()).isEqualTo(7);
    }

    @Test
    void sizesChangedAfterBuildGiveTheirShapes() {
        QRReductionLayer layer = reduction(9, 3).hasBias(true).build();
        layer.getLayerParams();
        QRReductionLayer copy = (QRReductionLayer) layer.clone();
        copy.setNIn(5);
        copy.setNOut(2);
        assertThat(copy.getLayerParams().getParamShapes().get("Q")).containsExactly(2, 5);
        assertThat(copy.initializer().numParams(copy)).isEqualTo(12);
        assertThat(layer.getLayerParams().getParamShapes().get("Q")).containsExactly(3, 9);
        MultiLayerNetwork net = new MultiLayerNetwork(
                new NeuralNetConfiguration.Builder().list().layer(copy).build());
        net.init();
        assertThat(net.getParam("0_Q").shape()).containsExactly(2, 5);
        assertThat(net.getParam("0_b").shape()).containsExactly(2);
        assertThat(net.output(Nd4j.rand(4, 5)).shape()).containsExactly(4, 2);
    }

    /** DL4J asks a layer for its parameters' keys before it knows nIn. */
    @Test
    void theNetworksConstraintsGoWithAnInferredNIn() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .constrainWeights(new MaxNormConstraint(1, 1))
                .list()
                .layer(reduction(0, 3).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).nOut(2).build())
                .setInputType(InputType.feedForward(7))
                .build());
        net.init();
        assertThat(net.getLayer(0).conf().getLayer().getConstraints()).hasSize(1);
        assertThat(net.getParam("0_Q").shape()).containsExactly(3, 7);
    }

    @Test
    void regularisationCanBeAskedForBeforeInit() {
        QRReductionLayer layer = reduction(0, 3).build();
        assertThat(layer.getRegularizationByParam("Q")).isEmpty();
        assertThat(layer.getRegularizationByParam("b")).isNull();
        assertThat(reduction(0, 3).hasBias(true).build().getRegularizationByParam("b"))
                .isEmpty();
        assertThat(layer.getRegularizationByParam("W")).isNull();
    }

    // ---- memory ----

    @Test
    void theMemoryReportCountsParametersAndUpdaterState() {
        QRReductionLayer layer =
                reduction(7, 3).name("pca").updater(new Adam(0.1)).build();
        InputType type = InputType.feedForward(7);
        LayerMemoryReport report = layer.getMemoryReport(type);
        LayerMemoryReport dense = new DenseLayer.Builder()
                .nIn(7)
                .nOut(3)
                .hasBias(false)
                .updater(new Adam(0.1))
                .build()
                .getMemoryReport(type);
        assertThat(report.getParameterSize()).isEqualTo(21).isEqualTo(dense.getParameterSize());
        assertThat(report.getUpdaterStateSize()).isEqualTo(new Adam(0.1).stateSize(21));
        assertThat(report.getOutputType()).isEqualTo(InputType.feedForward(3));
        assertThat(report.getLayerName()).isEqualTo("pca");
    }

    @Test
    void theNetworksMemoryReportIncludesTheLayer() {
        InputType type = InputType.recurrent(7, 4);
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .list()
                .layer(reduction(0, 3).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).nOut(2).build())
                .setInputType(type)
                .build();
        assertThat(conf.getMemoryReport(type)
                        .getTotalMemoryBytes(1, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.FLOAT))
                .isGreaterThan(21 * 4);
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        assertThat(net.memoryInfo(2, type)).containsPattern("layer0.*QRReductionLayer");
        ComputationGraph graph = net.toComputationGraph();
        assertThat(graph.getConfiguration().getMemoryReport(type).toString()).contains("QRReductionLayer");
    }
}
