package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static io.github.qrreduction.testutil.OrthonormalTraining.DOUBLE_BOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.OrthonormalityListener;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.internal.stiefel.Oracles;
import io.github.qrreduction.internal.stiefel.Stiefel;
import io.github.qrreduction.testutil.Close;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The order of things in a step with RETRACTION, and what may stand beside it. */
class RetractionStepTest {

    private static final int N_IN = 7;
    private static final int N_OUT = 3;
    private static final double LEARNING_RATE = 0.1;
    /** Rounding of one step. */
    private static final double ROUNDING = 1e-14;

    private INDArray x;
    private INDArray y;

    @BeforeEach
    void data() {
        Nd4j.getRandom().setSeed(SEED);
        x = Nd4j.randn(DataType.DOUBLE, 10, N_IN);
        y = Nd4j.randn(DataType.DOUBLE, 10, N_OUT);
    }

    /** Writes down what it is shown and adds a matrix. */
    private static final class Recorder implements Regularization {

        private static final long serialVersionUID = 1L;

        private final transient List<INDArray> seen;
        private final transient INDArray added;
        private final ApplyStep when;

        Recorder(ApplyStep when, List<INDArray> seen, INDArray added) {
            this.when = when;
            this.seen = seen;
            this.added = added;
        }

        @Override
        public ApplyStep applyStep() {
            return when;
        }

        @Override
        public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
            try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                seen.add(gradView.dup().reshape('c', N_OUT, N_IN));
            }
            gradView.addi(added.reshape(gradView.shape()));
        }

        @Override
        public double score(INDArray param, int iteration, int epoch) {
            return 0.25;
        }

        @Override
        public Regularization clone() {
            return this;
        }
    }

    @Test
    void regularizationOfTheUsersOwnRunsInItsOrderWithinProjectionAndRetraction() {
        List<INDArray> seen = new ArrayList<>();
        INDArray first = Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN);
        INDArray second = Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN);
        INDArray last = Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN);
        MultiLayerNetwork net = network(
                new Sgd(LEARNING_RATE),
                l -> l.regularization(List.of(
                        new Recorder(Regularization.ApplyStep.BEFORE_UPDATER, seen, first),
                        new Recorder(Regularization.ApplyStep.POST_UPDATER, seen, last),
                        new Recorder(Regularization.ApplyStep.BEFORE_UPDATER, seen, second))));
        INDArray q = net.getParam("0_Q").dup();
        INDArray gradient = meanGradient(net);
        double loss = net.score(new DataSet(x, y)) - 3 * 0.25;
        assertThat(loss).isCloseTo(plain().score(new DataSet(x, y)), within(ROUNDING));

        net.fit(x, y);
        INDArray whole = gradient.add(first).add(second);
        INDArray step = Oracles.tangentProjection(q, whole).mul(LEARNING_RATE);
        assertThat(seen).hasSize(3);
        assertClose(seen.get(0), gradient);
        assertClose(seen.get(1), gradient.add(first));
        assertClose(seen.get(2), step);
        assertClose(net.getParam("0_Q"), Oracles.retraction(q, step.add(last).neg()));
    }

    @Test
    void clippingComesBeforeTheProjection() {
        double limit = 0.01;
        MultiLayerNetwork net = network(
                new Sgd(LEARNING_RATE),
                l -> l.gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                        .gradientNormalizationThreshold(limit));
        INDArray q = net.getParam("0_Q").dup();
        INDArray gradient = meanGradient(net);
        assertThat(gradient.amaxNumber().doubleValue()).isGreaterThan(limit);
        net.fit(x, y);
        INDArray clipped = gradient.dup();
        for (long i = 0; i < clipped.length(); i++) {
            clipped.putScalar(i, Math.max(-limit, Math.min(limit, clipped.getDouble(i))));
        }
        assertClose(
                net.getParam("0_Q"),
                Oracles.retraction(q, Oracles.tangentProjection(q, clipped).mul(-LEARNING_RATE)));
    }

    @Test
    void l1ActsOnTheGradientBeforeTheProjectionAndOnTheScore() {
        double l1 = 0.05;
        MultiLayerNetwork net = network(new Sgd(LEARNING_RATE), l -> l.l1(l1));
        INDArray q = net.getParam("0_Q").dup();
        INDArray gradient = meanGradient(net);
        assertThat(net.score(new DataSet(x, y)))
                .isCloseTo(
                        plain().score(new DataSet(x, y)) + l1 * q.norm1Number().doubleValue(), within(ROUNDING));
        net.fit(x, y);
        INDArray whole = gradient.add(Transforms.sign(q, true).mul(l1));
        assertClose(
                net.getParam("0_Q"),
                Oracles.retraction(q, Oracles.tangentProjection(q, whole).mul(-LEARNING_RATE)));
        fit(net, 20);
        assertOrthonormal(net);
    }

    @Test
    void l2AndWeightDecayAreLeftOutOfScoreAndStepWithOneWarning() {
        PrintStream original = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        MultiLayerNetwork net;
        MultiLayerNetwork plain = plain();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            net = network(new Adam(LEARNING_RATE), l -> l.l2(0.1).weightDecay(0.2));
            fit(net, 5);
            net.score(new DataSet(x, y));
        } finally {
            System.setErr(original);
        }
        fit(plain, 5);
        assertThat(net.params()).isEqualTo(plain.params());
        assertThat(net.score(new DataSet(x, y))).isEqualTo(plain.score(new DataSet(x, y)));
        assertThat(log.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("L2 and weight decay are left out for Q, whose norm is fixed with RETRACTION");
    }

    @Test
    void theBiasKeepsItsL2() {
        MultiLayerNetwork net =
                network(new Sgd(LEARNING_RATE), l -> l.hasBias(true).biasInit(2).l2Bias(0.5));
        MultiLayerNetwork plain =
                network(new Sgd(LEARNING_RATE), l -> l.hasBias(true).biasInit(2));
        assertThat(net.score(new DataSet(x, y)) - plain.score(new DataSet(x, y)))
                .isCloseTo(0.5 * 0.5 * N_OUT * 4, within(1e-12));
    }

    @Test
    void aConstraintOfTheUsersOwnIsFollowedByTheNearestOrthonormalMatrix() {
        MultiLayerNetwork net =
                network(new Adam(LEARNING_RATE), l -> l.constrainWeights(new MaxNormConstraint(0.5, 1)));
        OrthonormalityListener listener = new OrthonormalityListener(1, DOUBLE_BOUND);
        net.setListeners(listener);
        for (int i = 0; i < 10; i++) {
            net.fit(x, y);
            assertOrthonormal(net);
        }
        assertThat(listener.measurements()).hasSize(10);
    }

    @Test
    void externalErrorsThroughTheNetworksUpdaterEndOnTheManifold() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(LEARNING_RATE))
                .list()
                .layer(reduction(N_IN, N_OUT)
                        .orthonormality(Orthonormality.RETRACTION)
                        .build())
                .build());
        net.init();
        INDArray start = net.getParam("0_Q").dup();
        for (int i = 0; i < 10; i++) {
            net.setInput(x);
            INDArray error = net.feedForward(true, false).get(1).sub(y);
            Gradient gradient = net.backpropGradient(error, LayerWorkspaceMgr.noWorkspaces())
                    .getFirst();
            net.getUpdater().update(net, gradient, i, 0, x.rows(), LayerWorkspaceMgr.noWorkspaces());
            net.params().subi(gradient.gradient());
            assertOrthonormal(net);
        }
        assertThat(net.getParam("0_Q").distance2(start)).isGreaterThan(0.1);
    }

    @Test
    void aGradientThatIsNotFiniteIsAnErrorAndLeavesParametersAndUpdaterState() {
        MultiLayerNetwork net = network(new Adam(LEARNING_RATE), l -> {});
        fit(net, 3);
        INDArray params = net.params().dup();
        INDArray state = net.getUpdater().getStateViewArray().dup();
        INDArray spoiled = y.dup();
        spoiled.putScalar(2, 1, Double.NaN);
        assertThatThrownBy(() -> net.fit(x, spoiled))
                .isInstanceOf(DL4JException.class)
                .hasMessageStartingWith(net.getLayer(0).conf().getLayer()
                        + ": the gradient of \"Q\" in iteration 3 has no tangent projection: expected finite"
                        + " entries of G, got NaN at row 1, column 0 of the 3 x 7 matrix. Look for such values"
                        + " in features and labels, lower the learning rate, or clip the gradient.");
        assertThat(net.params()).isEqualTo(params);
        assertThat(net.getUpdater().getStateViewArray()).isEqualTo(state);
        MultiLayerNetwork fresh = network(new Adam(LEARNING_RATE), l -> {});
        fit(fresh, 3);
        net.fit(x, y);
        fresh.fit(x, y);
        assertThat(net.params()).isEqualTo(fresh.params());
    }

    /** Deeplearning4j runs the updaters from the first layer on, and has run that one when ours refuses. */
    @Test
    void anUpdaterOfItsOwnInALayerBeforeHasSeenTheGradientThatIsRefused() {
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE,
                new Sgd(LEARNING_RATE),
                new DenseLayer.Builder()
                        .nIn(N_IN)
                        .nOut(N_IN)
                        .updater(new Adam(LEARNING_RATE))
                        .build(),
                reduction(N_IN, N_OUT).orthonormality(Orthonormality.RETRACTION).build());
        net.fit(x, y);
        INDArray params = net.params().dup();
        INDArray spoiled = y.dup();
        spoiled.putScalar(2, 1, Double.NaN);

        assertThatThrownBy(() -> net.fit(x, spoiled)).isInstanceOf(DL4JException.class);

        assertThat(net.params()).isEqualTo(params);
        assertThat(net.getUpdater().getStateViewArray().sumNumber().doubleValue())
                .isNaN();
        net.getUpdater().getStateViewArray().assign(0);
        net.fit(x, y);
        assertThat(net.params().sumNumber().doubleValue()).isFinite();
    }

    private MultiLayerNetwork plain() {
        return network(new Adam(LEARNING_RATE), l -> {});
    }

    private static MultiLayerNetwork network(IUpdater updater, Consumer<QRReductionLayer.Builder> options) {
        QRReductionLayer.Builder layer = reduction(N_IN, N_OUT).orthonormality(Orthonormality.RETRACTION);
        options.accept(layer);
        return withMse(DataType.DOUBLE, updater, layer.build());
    }

    private void fit(MultiLayerNetwork net, int steps) {
        for (int i = 0; i < steps; i++) {
            net.fit(x, y);
        }
    }

    /** The loss's own gradient by Q; DL4J divides by the minibatch's size later. */
    private INDArray meanGradient(MultiLayerNetwork net) {
        net.setInput(x);
        net.setLabels(y);
        net.computeGradientAndScore();
        return net.gradient().getGradientFor("0_Q").div(x.rows());
    }

    private static void assertOrthonormal(MultiLayerNetwork net) {
        assertThat(Stiefel.orthonormalityError(net.getParam("0_Q"))).isLessThanOrEqualTo(DOUBLE_BOUND);
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        Close.assertClose(actual, expected, ROUNDING);
    }
}
