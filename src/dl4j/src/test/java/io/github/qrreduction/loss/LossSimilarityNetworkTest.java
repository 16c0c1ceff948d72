package io.github.qrreduction.loss;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.testutil.InDouble;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/** The loss inside DL4J's networks, with labels of another width than the output. */
@InDouble
class LossSimilarityNetworkTest {

    private static final double EPSILON = 1e-6;
    private static final double MAX_RELATIVE_ERROR = 1e-5;
    private static final double MIN_ABSOLUTE_ERROR = 1e-8;
    /** The order of additions in float64. */
    private static final double ROUNDING = 1e-12;

    private static final int ROWS = 9;
    private static final int SIZE = 6;
    private static final int REDUCED = 3;

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(SEED);
    }

    @ParameterizedTest(name = "temperature {0}, mask {1}, {2}")
    @CsvSource({
        "0.05,false,IDENTITY",
        "0.05,true,IDENTITY",
        "1,false,IDENTITY",
        "1,true,IDENTITY",
        "0.05,true,TANH",
        "1,true,SOFTMAX",
        "1,false,SOFTMAX"
    })
    void passesDl4jsGradientCheck(double temperature, boolean masked, Activation activation) {
        MultiLayerNetwork net = network(
                new NoOp(),
                WorkspaceMode.ENABLED,
                dense(),
                reduction(5, REDUCED).build(),
                loss(temperature, activation));
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                        .net(net)
                        .input(Nd4j.randn(ROWS, SIZE))
                        .labels(Nd4j.randn(ROWS, SIZE + 1))
                        .labelMask(masked ? mask() : null)
                        .epsilon(EPSILON)
                        .maxRelError(MAX_RELATIVE_ERROR)
                        .minAbsoluteError(MIN_ABSOLUTE_ERROR)))
                .isTrue();
    }

    @Test
    void passesDl4jsGradientCheckWithPrefixes() {
        MultiLayerNetwork net = network(
                new NoOp(),
                WorkspaceMode.ENABLED,
                dense(),
                reduction(5, REDUCED).build(),
                new LossLayer.Builder(new LossSimilarity(0.5, 1, REDUCED)).build());
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                        .net(net)
                        .input(Nd4j.randn(ROWS, SIZE))
                        .labels(Nd4j.randn(ROWS, SIZE + 1))
                        .labelMask(mask())
                        .epsilon(EPSILON)
                        .maxRelError(MAX_RELATIVE_ERROR)
                        .minAbsoluteError(MIN_ABSOLUTE_ERROR)))
                .isTrue();
    }

    @Test
    void passesDl4jsGradientCheckInAnOutputLayer() {
        Layer output = new OutputLayer.Builder(new LossSimilarity())
                .nIn(5)
                .nOut(REDUCED)
                .activation(Activation.TANH)
                .build();
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                        .net(network(new NoOp(), WorkspaceMode.ENABLED, dense(), output))
                        .input(Nd4j.randn(ROWS, SIZE))
                        .labels(Nd4j.randn(ROWS, SIZE))
                        .epsilon(EPSILON)
                        .maxRelError(MAX_RELATIVE_ERROR)
                        .minAbsoluteError(MIN_ABSOLUTE_ERROR)))
                .isTrue();
    }

    @Test
    void passesDl4jsGradientCheckInAComputationGraph() {
        ComputationGraph net = new ComputationGraph(graph(new NoOp()));
        net.init();
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                        .net(net)
                        .inputs(new INDArray[] {Nd4j.randn(ROWS, SIZE)})
                        .labels(new INDArray[] {Nd4j.randn(ROWS, SIZE)})
                        .labelMask(new INDArray[] {mask()})
                        .epsilon(EPSILON)
                        .maxRelError(MAX_RELATIVE_ERROR)
                        .minAbsoluteError(MIN_ABSOLUTE_ERROR)))
                .isTrue();
    }

    @Test
    void networkScoresAreMeansOverTheMinibatch() {
        MultiLayerNetwork net = reducing(WorkspaceMode.ENABLED);
        INDArray x = Nd4j.randn(ROWS, SIZE);
        DataSet data = new DataSet(x, x);
        LossSimilarity loss = new LossSimilarity();
        Activation identity = Activation.IDENTITY;
        INDArray expected = loss.computeScoreArray(x, net.output(x), identity.getActivationFunction(), null);
        assertThat(net.score(data)).isCloseTo(expected.meanNumber().doubleValue(), within(ROUNDING));
        assertThat(net.scoreExamples(data, false).sub(expected).amaxNumber().doubleValue())
                .isLessThan(ROUNDING);

        ComputationGraph graph = net.toComputationGraph();
        assertThat(graph.score(data)).isCloseTo(net.score(data), within(ROUNDING));
        assertThat(graph.scoreExamples(data, false).sub(expected).amaxNumber().doubleValue())
                .isLessThan(ROUNDING);
    }

    @Test
    void fitLowersTheScoreAndLeavesTheDataAlone() {
        INDArray x = Nd4j.randn(ROWS, SIZE);
        INDArray before = x.dup();
        DataSet data = new DataSet(x, x, null, mask());
        MultiLayerNetwork net = reducing(WorkspaceMode.ENABLED);
        double score = net.score(data);
        for (int i = 0; i < 50; i++) {
            net.fit(data);
        }
        assertThat(net.score(data)).isLessThan(score);
        assertThat(x).isEqualTo(before);

        ComputationGraph graph = new ComputationGraph(graph(new Adam(0.02)));
        graph.init();
        score = graph.score(data);
        for (int i = 0; i < 50; i++) {
            graph.fit(data);
        }
        assertThat(graph.score(data)).isLessThan(score);
    }

    @Test
    void workspacesDoNotChangeTraining() {
        INDArray x = Nd4j.randn(ROWS, SIZE);
        MultiLayerNetwork with = reducing(WorkspaceMode.ENABLED);
        MultiLayerNetwork without = reducing(WorkspaceMode.NONE);
        for (int i = 0; i < 5; i++) {
            with.fit(new DataSet(x, x, null, mask()));
            without.fit(new DataSet(x, x, null, mask()));
        }
        assertThat(with.params()).isEqualTo(without.params());
    }

    @Test
    void aMinibatchOfOneTrainsNothing() {
        MultiLayerNetwork net = reducing(WorkspaceMode.ENABLED);
        INDArray before = net.params().dup();
        INDArray x = Nd4j.randn(1, SIZE);
        net.fit(x, x);
        assertThat(net.score()).isZero();
        assertThat(net.params().sub(before).amaxNumber().doubleValue()).isLessThan(ROUNDING);
    }

    @Test
    void surviveJsonAndSavedModels() throws IOException {
        MultiLayerNetwork net = network(
                new Adam(), WorkspaceMode.ENABLED, reduction(SIZE, REDUCED).build(), loss(0.07, Activation.IDENTITY));
        MultiLayerConfiguration conf = MultiLayerConfiguration.fromJson(
                net.getLayerWiseConfigurations().toJson());
        assertThat(conf).isEqualTo(net.getLayerWiseConfigurations());
        assertThat(((LossLayer) conf.getConf(1).getLayer()).getLossFn()).isEqualTo(new LossSimilarity(0.07));
        assertThat(MultiLayerConfiguration.fromYaml(
                        net.getLayerWiseConfigurations().toYaml()))
                .isEqualTo(conf);

        ComputationGraphConfiguration graph = graph(new Adam());
        assertThat(ComputationGraphConfiguration.fromJson(graph.toJson())).isEqualTo(graph);

        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, saved, true);
        MultiLayerNetwork loaded =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(saved.toByteArray()), true);
        INDArray x = Nd4j.randn(ROWS, SIZE);
        assertThat(loaded.score(new DataSet(x, x))).isEqualTo(net.score(new DataSet(x, x)));
    }

    @Test
    void saysWhichShapesOfLabelsAndMasksItExpected() {
        MultiLayerNetwork net = reducing(WorkspaceMode.ENABLED);
        assertThatThrownBy(() -> net.fit(Nd4j.randn(ROWS, SIZE), Nd4j.randn(ROWS - 1, SIZE)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("LossSimilarity: expected labels, the original vectors, of shape [9, size], one row for"
                        + " each row of the output, got [8, 6]");
        assertThatThrownBy(() -> net.fit(Nd4j.randn(ROWS, SIZE), Nd4j.randn(ROWS, SIZE), null, Nd4j.ones(ROWS, SIZE)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("LossSimilarity: expected a mask of one value a row, shape [9] or [9, 1], got [9, 6]");
    }

    private static MultiLayerNetwork reducing(WorkspaceMode mode) {
        return network(
                new Adam(0.02),
                mode,
                reduction(SIZE, REDUCED)
                        .orthonormality(Orthonormality.RETRACTION)
                        .build(),
                loss(LossSimilarity.DEFAULT_TEMPERATURE, Activation.IDENTITY));
    }

    private static MultiLayerNetwork network(IUpdater updater, WorkspaceMode mode, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private static ComputationGraphConfiguration graph(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .graphBuilder()
                .addInputs("x")
                .addLayer("reduced", reduction(SIZE, REDUCED).build(), "x")
                .addLayer("neighbours", loss(0.05, Activation.IDENTITY), "reduced")
                .setOutputs("neighbours")
                .build();
    }

    private static Layer dense() {
        return new DenseLayer.Builder()
                .nIn(SIZE)
                .nOut(5)
                .activation(Activation.TANH)
                .build();
    }

    private static Layer loss(double temperature, Activation activation) {
        return new LossLayer.Builder(new LossSimilarity(temperature))
                .activation(activation)
                .build();
    }

    private static INDArray mask() {
        INDArray mask = Nd4j.ones(ROWS, 1);
        mask.putScalar(2, 0, 0);
        mask.putScalar(7, 0, 0);
        return mask;
    }
}
