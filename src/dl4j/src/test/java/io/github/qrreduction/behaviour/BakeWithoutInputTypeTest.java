package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Without an InputType the neighbours say what a layer reads; nothing is guessed in silence. */
class BakeWithoutInputTypeTest {

    private static final double ROUNDING = 1e-12;
    private static final int IN = 6;

    private static QRReductionLayer qr(int nIn, int nOut) {
        return new QRReductionLayer.Builder().nIn(nIn).nOut(nOut).build();
    }

    private static Layer lstm(int nIn, int nOut) {
        return new LSTM.Builder().nIn(nIn).nOut(nOut).build();
    }

    private static Layer output(int nIn) {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nIn(nIn)
                .nOut(2)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static GraphBuilder graph() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in");
    }

    private static ComputationGraph init(GraphBuilder builder) {
        ComputationGraph net = new ComputationGraph(builder.build());
        net.init();
        return net;
    }

    private static MultiLayerNetwork network(Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private static INDArray sequences() {
        return Nd4j.rand(DataType.DOUBLE, 3, IN, 5);
    }

    private static INDArray rows() {
        return Nd4j.rand(DataType.DOUBLE, 3, IN);
    }

    static Stream<Arguments> graphs() {
        GraphBuilder lastThenQr = graph().addLayer("lstm", lstm(IN, 5), "in")
                .addVertex("last", new LastTimeStepVertex("in"), "lstm")
                .addLayer("qr", qr(5, 4), "last")
                .setOutputs("qr");
        GraphBuilder qrThenLast = graph().addLayer("qr", qr(IN, 4), "in")
                .addVertex("last", new LastTimeStepVertex("in"), "qr")
                .addLayer("out", output(4), "last")
                .setOutputs("out");
        GraphBuilder qrThenPooling = graph().addLayer("qr", qr(IN, 4), "in")
                .addLayer("pool", new GlobalPoolingLayer(), "qr")
                .addLayer("out", output(4), "pool")
                .setOutputs("out");
        GraphBuilder qrThenReversed = graph().addLayer("qr", qr(IN, 4), "in")
                .addVertex("reversed", new ReverseTimeSeriesVertex("in"), "qr")
                .addLayer("lstm", lstm(4, 3), "reversed")
                .setOutputs("lstm");
        GraphBuilder qrThenPreprocessor = graph().addLayer("qr", qr(IN, 4), "in")
                .addVertex("rows", new PreprocessorVertex(new RnnToFeedForwardPreProcessor()), "qr")
                .addLayer("out", output(4), "rows")
                .setOutputs("out");
        GraphBuilder qrThenAttention = graph().addLayer("qr", qr(IN, 4), "in")
                .addLayer(
                        "attention",
                        new SelfAttentionLayer.Builder()
                                .nIn(4)
                                .nOut(3)
                                .nHeads(1)
                                .projectInput(true)
                                .build(),
                        "qr")
                .addLayer("pool", new GlobalPoolingLayer(), "attention")
                .addLayer("out", output(3), "pool")
                .setOutputs("out");
        GraphBuilder denseThenDuplicate = graph().addInputs("steps")
                .addLayer("dense", new DenseLayer.Builder().nIn(IN).nOut(3).build(), "in")
                .addVertex("duplicate", new DuplicateToTimeSeriesVertex("steps"), "dense")
                .addLayer("qr", qr(3, 2), "duplicate")
                .addLayer("lstm", lstm(IN, 2), "steps")
                .addVertex("merged", new MergeVertex(), "qr", "lstm")
                .addLayer(
                        "out",
                        new RnnOutputLayer.Builder(LossFunction.MSE)
                                .nIn(4)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "merged")
                .setOutputs("out");
        return Stream.of(
                Arguments.of("LSTM, LastTimeStepVertex, QR", lastThenQr, List.of(sequences())),
                Arguments.of("QR, LastTimeStepVertex", qrThenLast, List.of(sequences())),
                Arguments.of("QR, GlobalPooling", qrThenPooling, List.of(sequences())),
                Arguments.of("QR, ReverseTimeSeriesVertex", qrThenReversed, List.of(sequences())),
                Arguments.of("QR, PreprocessorVertex", qrThenPreprocessor, List.of(sequences())),
                Arguments.of("QR, SelfAttention", qrThenAttention, List.of(sequences())),
                Arguments.of("Dense, DuplicateToTimeSeries, QR", denseThenDuplicate, List.of(rows(), sequences())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("graphs")
    void aGraphPutsOutTheSame(String name, GraphBuilder builder, List<INDArray> inputs) {
        ComputationGraph net = init(builder);
        INDArray[] x = inputs.toArray(INDArray[]::new);

        INDArray expected = net.output(x)[0];

        assertClose(Components.bake(net).output(x)[0], expected, ROUNDING);
    }

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of(
                        "QR, Subsampling1D",
                        network(
                                qr(IN, 4),
                                new Subsampling1DLayer.Builder()
                                        .kernelSize(2)
                                        .stride(1)
                                        .build(),
                                new GlobalPoolingLayer(),
                                output(4)),
                        sequences()),
                Arguments.of("QR, MaskZero(LSTM)", network(qr(IN, 4), new MaskZeroLayer(lstm(4, 3), 0)), sequences()),
                Arguments.of(
                        "QR, RepeatVector",
                        network(qr(IN, 4), new RepeatVector.Builder<>(3).build(), lstm(4, 3)),
                        rows()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void aNetworkPutsOutTheSame(String name, MultiLayerNetwork net, INDArray x) {
        INDArray expected = net.output(x);

        assertClose(Components.bake(net).output(x), expected, ROUNDING);
    }

    @Test
    void whereRowsAndSequencesAreBothPossibleTheInputTypeIsAskedFor() {
        Layer activation =
                new ActivationLayer.Builder().activation(Activation.TANH).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.bake(network(qr(IN, 4), activation)))
                .withMessage("cannot tell whether layers of this network read rows or sequences: expected the output of"
                        + " shape [3, 4, 4] for made-up input of shape [3, 6, 4] from the baked network too. Give the"
                        + " network's configuration an InputType (setInputType, setInputTypes), and bake it again.");
    }

    @Test
    void aVertexThatHasTheNameOfAPartKeepsItsWeights() {
        ComputationGraph net = init(graph().addLayer(
                        "x-components",
                        new DenseLayer.Builder().nIn(IN).nOut(IN).build(),
                        "in")
                .addLayer(
                        "x", new QRReconstructionLayer.Builder().nIn(IN).nOut(2).build(), "x-components")
                .addLayer("x-components-2", qr(IN, 3), "x")
                .addLayer("loss", new LossLayer.Builder(LossFunction.MSE).build(), "x-components-2")
                .setOutputs("loss"));
        INDArray x = rows();

        ComputationGraph baked = Components.bake(net);

        assertClose(baked.outputSingle(x), net.outputSingle(x), ROUNDING);
        assertThat(baked.getVertex("x-components").params())
                .isEqualTo(net.getVertex("x-components").params());
        assertThat(baked.getConfiguration().getVertices()).containsKey("x-components-3");
    }

    /** A walk that forgot where it was would double its work with each block: 60 of them would take for ever. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aDeepGraphIsBakedInLinearTime(Block block) {
        GraphBuilder builder = graph();
        String last = "in";
        for (int i = 0; i < 60; i++) {
            last = block.add(builder, i, last);
        }
        ComputationGraph net = init(builder.addLayer("out", output(IN), last).setOutputs("out"));
        INDArray x = rows();

        assertClose(
                Components.bake(net).outputSingle(x),
                net.outputSingle(x),
                1e-3 * net.outputSingle(x).amaxNumber().doubleValue());
    }

    /** Blocks that more than one way leads through. */
    private enum Block {
        SUM {
            @Override
            String add(GraphBuilder builder, int i, String last) {
                builder.addLayer("q" + i, qr(IN, IN), last)
                        .addVertex("join" + i, new ElementWiseVertex(ElementWiseVertex.Op.Add), "q" + i, last);
                return "join" + i;
            }
        },
        LARGEST_OF_THREE {
            @Override
            String add(GraphBuilder builder, int i, String last) {
                builder.addLayer("q" + i, qr(IN, IN), last)
                        .addLayer("r" + i, qr(IN, IN), last)
                        .addVertex("join" + i, new ElementWiseVertex(ElementWiseVertex.Op.Max), "q" + i, "r" + i, last);
                return "join" + i;
            }
        },
        SIDE_BY_SIDE {
            @Override
            String add(GraphBuilder builder, int i, String last) {
                builder.addLayer("q" + i, qr(IN, 2), last)
                        .addVertex("merge" + i, new MergeVertex(), "q" + i, last)
                        .addLayer("join" + i, qr(IN + 2, IN), "merge" + i);
                return "join" + i;
            }
        },
        RECONSTRUCTION {
            @Override
            String add(GraphBuilder builder, int i, String last) {
                builder.addLayer(
                                "q" + i,
                                new QRReconstructionLayer.Builder()
                                        .nIn(IN)
                                        .nOut(2)
                                        .build(),
                                last)
                        .addVertex("join" + i, new ElementWiseVertex(ElementWiseVertex.Op.Average), "q" + i, last);
                return "join" + i;
            }
        };

        abstract String add(GraphBuilder builder, int i, String last);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "NONE,reduction",
        "RETRACTION,reduction",
        "PARAMETRIZATION,reduction",
        "NONE,reconstruction",
        "RETRACTION,reconstruction",
        "PARAMETRIZATION,reconstruction"
    })
    void whatIsBakedIsWhatOutputComputesWith(Orthonormality mode, String kind) {
        Layer layer = kind.equals("reduction")
                ? new QRReductionLayer.Builder()
                        .nIn(IN)
                        .nOut(3)
                        .orthonormality(mode)
                        .build()
                : new QRReconstructionLayer.Builder()
                        .nIn(IN)
                        .nOut(3)
                        .orthonormality(mode)
                        .build();
        MultiLayerNetwork net = network(
                layer,
                new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build());
        net.setParams(net.params().mul(2));
        INDArray x = rows();

        assertClose(Components.bake(net).output(x), net.output(x), ROUNDING);
        QRReductionLayer.restore(net);
        assertClose(Components.bake(net).output(x), net.output(x), ROUNDING);
        if (kind.equals("reduction")) {
            assertClose(Components.of(net, 0).transform(x), net.output(x), ROUNDING);
        }
    }
}
