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
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.ComponentLayerBuilder;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.internal.stiefel.Oracles;
import io.github.qrreduction.internal.stiefel.Stiefel;
import io.github.qrreduction.testutil.InDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** DL4J's gradient check on the raw parameter, and along tangent directions where that is the parameter's space. */
@InDouble
class OrthonormalGradientTest {

    private static final double PENALTY = 0.3;

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(SEED);
    }

    private static QRReductionLayer.Builder parametrized(long nIn, long nOut) {
        return reduction(nIn, nOut).orthonormality(Orthonormality.PARAMETRIZATION);
    }

    // ---- PARAMETRIZATION: through the factorisation ----

    @ParameterizedTest(name = "{0} -> {1}, minibatch {2}, bias {3}, start {4}")
    @CsvSource({
        "6,3,5,false,orthonormal",
        "6,3,1,true,orthonormal",
        "5,5,4,false,orthonormal",
        "1,1,3,false,orthonormal",
        "7,1,3,true,gaussian",
        "6,3,5,true,gaussian",
        "5,5,4,true,gaussian",
        "6,3,5,true,ill",
        "5,5,4,false,ill"
    })
    void parametrizationAlone(int nIn, int nOut, int minibatch, boolean bias, String start) {
        MultiLayerNetwork net = network(
                null, parametrized(nIn, nOut).hasBias(bias).biasInit(0.3).build(), mse());
        start(net, start);
        check(net, Nd4j.randn(minibatch, nIn), Nd4j.randn(minibatch, nOut), null, null);
    }

    /** Gaussian, or of condition number 1e3 with smallest singular value 1, neither of them near orthonormal. */
    private static void start(MultiLayerNetwork net, String start) {
        INDArray w = net.getParam("0_Q");
        if (start.equals("gaussian")) {
            w.assign(Nd4j.randn(w.shape()));
        } else if (start.equals("ill")) {
            INDArray u = Stiefel.uniform(w.rows(), w.rows(), DataType.DOUBLE);
            for (int i = 0; i < w.rows(); i++) {
                u.getColumn(i).muli(Math.pow(1e3, 1 - i / (w.rows() - 1.0)));
            }
            w.assign(u.mmul(Stiefel.uniform(w.rows(), w.columns(), DataType.DOUBLE)));
        }
    }

    @Test
    void parametrizationInAStackOfTwoBetweenDenseLayers() {
        MultiLayerNetwork net = network(
                null,
                dense(5, 6),
                parametrized(6, 4).weightInit(new NormalDistribution(0, 1)).build(),
                parametrized(4, 3).hasBias(true).build(),
                softmax(3, 3));
        check(net, Nd4j.randn(5, 5), oneHot(5, 3), null, null);
    }

    @Test
    void parametrizationWithL1L2AndPenaltyWhichActOnTheRawParameter() {
        QRReductionLayer layer = parametrized(6, 3)
                .weightInit(new NormalDistribution(0, 1))
                .hasBias(true)
                .biasInit(0.2)
                .l1(0.01)
                .l2(0.02)
                .l2Bias(0.04)
                .orthonormalityPenalty(PENALTY)
                .build();
        MultiLayerNetwork net = network(null, layer, softmax(3, 3));
        MultiLayerNetwork plain = network(null, parametrized(6, 3).hasBias(true).build(), softmax(3, 3));
        plain.setParams(net.params());
        INDArray x = Nd4j.randn(5, 6);
        INDArray w = net.getParam("0_Q");
        double error = Stiefel.orthonormalityError(w);
        double added = PENALTY * error * error
                + 0.01 * w.norm1Number().doubleValue()
                + 0.01 * sumOfSquares(w)
                + 0.02 * sumOfSquares(net.getParam("0_b"));
        DataSet data = new DataSet(x, oneHot(5, 3));
        assertThat(net.score(data) - plain.score(data)).isCloseTo(added, within(1e-12 * added));
        check(net, x, oneHot(5, 3), null, null);
    }

    private static double sumOfSquares(INDArray a) {
        return a.mul(a).sumNumber().doubleValue();
    }

    @ParameterizedTest
    @EnumSource(value = RNNFormat.class)
    void parametrizationOnMaskedSequences(RNNFormat format) {
        int time = 4;
        MultiLayerNetwork net = network(
                InputType.recurrent(5, time, format),
                parametrized(0, 4).hasBias(true).build(),
                parametrized(0, 3).weightInit(new NormalDistribution(0, 1)).build(),
                rnnOutput(format));
        INDArray mask = mask(4, time);
        check(net, sequences(4, 5, time, format), sequences(4, 3, time, format), mask, mask);
    }

    @Test
    void parametrizationTwiceInAComputationGraph() {
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .graphBuilder()
                .addInputs("x", "y")
                .addLayer("dense", dense(4, 5), "x")
                .addLayer("left", parametrized(5, 2).build(), "dense")
                .addLayer(
                        "right",
                        parametrized(3, 2)
                                .weightInit(new NormalDistribution(0, 1))
                                .hasBias(true)
                                .build(),
                        "y")
                .addVertex("both", new MergeVertex(), "left", "right")
                .addLayer("out", softmax(4, 3), "both")
                .setOutputs("out")
                .build());
        net.init();
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                        .net(net)
                        .epsilon(EPSILON)
                        .maxRelError(MAX_RELATIVE_ERROR)
                        .minAbsoluteError(MIN_ABSOLUTE_ERROR)
                        .inputs(new INDArray[] {Nd4j.randn(5, 4), Nd4j.randn(5, 3)})
                        .labels(new INDArray[] {oneHot(5, 3)})))
                .isTrue();
    }

    @ParameterizedTest(name = "{0}, bias {1}")
    @CsvSource({"NONE,false", "NONE,true", "PARAMETRIZATION,false", "PARAMETRIZATION,true"})
    void reconstruction(Orthonormality mode, boolean bias) {
        MultiLayerNetwork net = network(
                null,
                dense(4, 6),
                new QRReconstructionLayer.Builder()
                        .nIn(6)
                        .nComponents(2)
                        .hasBias(bias)
                        .biasInit(0.1)
                        .orthonormality(mode)
                        .weightInit(new NormalDistribution(0, 1))
                        .build(),
                softmax(6, 3));
        check(net, Nd4j.randn(5, 4), oneHot(5, 3), null, null);
    }

    // ---- NONE ----

    @ParameterizedTest(name = "bias {0}")
    @CsvSource({"false", "true"})
    void freeWithPenalty(boolean bias) {
        MultiLayerNetwork net = network(
                null,
                reduction(6, 3)
                        .weightInit(new NormalDistribution(0, 1))
                        .hasBias(bias)
                        .orthonormalityPenalty(PENALTY)
                        .build(),
                mse());
        check(net, Nd4j.randn(5, 6), Nd4j.randn(5, 3), null, null);
    }

    // ---- RETRACTION: Q along tangent directions, everything else as usual ----

    @Test
    void retractionLeavesTheGradientsOfEverythingElse() {
        MultiLayerNetwork net = network(
                null,
                dense(5, 6),
                reduction(6, 3)
                        .orthonormality(Orthonormality.RETRACTION)
                        .hasBias(true)
                        .build(),
                dense(3, 4),
                softmax(4, 3));
        assertThat(GradientCheckUtil.checkGradients(
                        config(net).input(Nd4j.randn(5, 5)).labels(oneHot(5, 3)).excludeParams(Set.of("1_Q"))))
                .isTrue();
    }

    static Stream<Named<Consumer<ComponentLayerBuilder<?>>>> options() {
        return Stream.of(
                Named.of("plain", l -> {}),
                Named.of("bias", l -> l.hasBias(true).biasInit(0.2)),
                Named.of("L1", l -> l.l1(0.05)),
                Named.of("penalty", l -> l.orthonormalityPenalty(PENALTY)),
                Named.of("L2, which is left out", l -> l.l2(0.5)));
    }

    @ParameterizedTest
    @MethodSource("options")
    void retractionStepsAlongTheProjectedGradient(Consumer<ComponentLayerBuilder<?>> options) {
        for (int[] size : new int[][] {{6, 3}, {4, 4}, {5, 1}}) {
            checkAlongTangents(reduction(size[0], size[1]), options, size[0], size[1]);
            checkAlongTangents(
                    new QRReconstructionLayer.Builder().nIn(size[0]).nOut(size[1]), options, size[0], size[0]);
        }
    }

    /** {@code d/dh score(retraction(Q, h xi)) = <P(G), xi>}, with P(G) as a tiny step of Sgd shows it. */
    private static void checkAlongTangents(
            ComponentLayerBuilder<?> layer, Consumer<ComponentLayerBuilder<?>> options, int nIn, int outputs) {
        double learningRate = 1e-6;
        double tolerance = 1e-5; // of first order in the learning rate, of second in the difference
        options.accept(layer.orthonormality(Orthonormality.RETRACTION).updater(new Sgd(learningRate)));
        MultiLayerNetwork net = network(null, layer.build(), mse());
        DataSet data = new DataSet(Nd4j.randn(6, nIn), Nd4j.randn(6, outputs));
        INDArray q = net.getParam("0_Q").dup();
        double[] slopes = new double[3];
        INDArray[] directions = new INDArray[slopes.length];
        for (int i = 0; i < slopes.length; i++) {
            INDArray xi = Oracles.tangentProjection(q, Nd4j.randn(q.shape()));
            directions[i] = xi;
            slopes[i] = (scoreAt(net, data, q, xi, EPSILON) - scoreAt(net, data, q, xi, -EPSILON)) / (2 * EPSILON);
        }
        net.setParam("0_Q", q);
        net.fit(data);
        INDArray projected = q.sub(net.getParam("0_Q")).divi(learningRate);
        for (int i = 0; i < slopes.length; i++) {
            double expected = projected.mul(directions[i]).sumNumber().doubleValue();
            assertThat(slopes[i]).isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
        }
    }

    private static double scoreAt(MultiLayerNetwork net, DataSet data, INDArray q, INDArray xi, double h) {
        net.setParam("0_Q", Oracles.retraction(q, xi.mul(h)));
        return net.score(data, true);
    }
}
