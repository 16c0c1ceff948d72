package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Twins.INPUTS;
import static io.github.qrreduction.testutil.Twins.STEPS;
import static io.github.qrreduction.testutil.Twins.assertClose;
import static io.github.qrreduction.testutil.Twins.assertSameState;
import static io.github.qrreduction.testutil.Twins.train;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Networks;
import io.github.qrreduction.testutil.Passage;
import io.github.qrreduction.testutil.Twins;
import io.github.qrreduction.testutil.Twins.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.stats.api.StatsReport;
import org.deeplearning4j.ui.model.stats.api.StatsType;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.classification.ROCMultiClass;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Around training, as with DenseLayer: networks are copied, saved, frozen, run in parallel, watched. */
class TwinLifecycleTest {

    private static final int BEFORE = 7;
    /** What is left of the start after 60 steps that each take off a fifth of the error or more. */
    private static final double CONVERGED = 1e-6;

    private static final Feature ADAM_WITH_BIAS =
            Feature.ofNetwork("Adam", g -> g.updater(new Adam(0.02)).l2(1e-3)).withBias();

    /** As if nothing had happened: the network goes on exactly as one that was left alone, and as DenseLayer's. */
    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("passages")
    void trainingGoesOnAfter(Passage passage, DataType type) throws Exception {
        Twins twins = Twins.of(ADAM_WITH_BIAS, type);
        MultiLayerNetwork undisturbed = twins.ours().clone();
        train(undisturbed, type, 0, STEPS);
        train(twins.ours(), type, 0, BEFORE);
        train(twins.theirs(), type, 0, BEFORE);

        MultiLayerNetwork ours = passage.through(twins.ours());
        MultiLayerNetwork theirs = passage.through(twins.theirs());
        assertThat(ours.getLayerWiseConfigurations()).isEqualTo(twins.ours().getLayerWiseConfigurations());
        assertThat(ours.params()).isEqualTo(twins.ours().params());
        assertThat(ours.getUpdater().getStateViewArray())
                .isEqualTo(twins.ours().getUpdater().getStateViewArray());
        DataSet data = Twins.batch(type, 50);
        assertThat(ours.output(data.getFeatures())).isEqualTo(twins.ours().output(data.getFeatures()));

        train(ours, type, BEFORE, STEPS);
        train(theirs, type, BEFORE, STEPS);
        assertSameState(ours, theirs, type);
        assertSameState(ours, undisturbed, type);
    }

    static Stream<Arguments> passages() {
        return Passage.all().stream()
                .flatMap(p -> Stream.of(Arguments.of(p, DataType.FLOAT), Arguments.of(p, DataType.DOUBLE)));
    }

    @Test
    void aCloneIsTrainedApartFromItsOriginal() {
        Twins twins = Twins.of(DataType.FLOAT);
        INDArray before = twins.ours().params().dup();
        MultiLayerNetwork clone = twins.ours().clone();
        train(clone, DataType.FLOAT, 0, 3);
        assertThat(twins.ours().params()).isEqualTo(before);
        assertThat(clone.params()).isNotEqualTo(before);
    }

    @Test
    void theParameterTableHoldsTheTransposeOfDensesWeights() {
        Twins twins = Twins.of(ADAM_WITH_BIAS, DataType.DOUBLE);
        twins.trainAndCompare();
        assertThat(twins.ours().paramTable()).containsOnlyKeys("0_W", "0_b", "1_Q", "1_b", "2_W", "2_b");
        assertThat(twins.ours().getLayer(1).paramTable()).containsOnlyKeys("Q", "b");
        INDArray q = twins.ours().getParam("1_Q");
        assertThat(q.shape()).containsExactly(Twins.COMPONENTS, Twins.HIDDEN);
        assertThat(q.ordering()).isEqualTo('c');
        assertClose("Q and W^T", q, twins.theirs().getParam("1_W").transpose(), DataType.DOUBLE);
        assertClose(
                "b",
                twins.ours().getParam("1_b"),
                twins.theirs().getParam("1_b").reshape(3),
                DataType.DOUBLE);
    }

    @Test
    void setParamAssigns() {
        Twins twins = Twins.of(ADAM_WITH_BIAS, DataType.DOUBLE);
        INDArray q = Nd4j.randn(DataType.DOUBLE, Twins.COMPONENTS, Twins.HIDDEN);
        INDArray b = Nd4j.randn(DataType.DOUBLE, Twins.COMPONENTS);
        twins.ours().setParam("1_Q", q.dup('f'));
        twins.ours().setParam("1_b", b);
        twins.theirs().setParam("1_W", q.transpose());
        twins.theirs().setParam("1_b", b.reshape(1, 3));
        assertThat(twins.ours().getParam("1_Q")).isEqualTo(q);
        assertThat(twins.ours().getParam("1_b")).isEqualTo(b);
        twins.trainAndCompare();
    }

    /** What DL4J's Model asks of every layer; its own SameDiff layers throw. */
    @Test
    void theLayerAnswersAsAModel() {
        Twins twins = Twins.of(ADAM_WITH_BIAS, DataType.DOUBLE);
        Twins.gradients(twins.ours(), Twins.batch(DataType.DOUBLE, 1));
        org.deeplearning4j.nn.api.Layer layer = twins.ours().getLayer(1);
        assertThat(layer.score()).isZero();
        assertThat(layer.gradient().gradientForVariable()).containsOnlyKeys("Q", "b");
        INDArray q = layer.getParam("Q").dup();
        INDArray b = layer.getParam("b").dup();
        layer.update(layer.gradient());
        assertThat(layer.getParam("Q")).isEqualTo(q.add(layer.gradient().getGradientFor("Q")));
        assertThat(layer.getParam("b")).isEqualTo(b.add(layer.gradient().getGradientFor("b")));
        layer.update(q.neg(), "Q");
        assertThat(layer.getParam("Q"))
                .isEqualTo(layer.gradient().getGradientFor("Q").add(q).sub(q));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void aFrozenLayerStaysWhileTheOthersTrain(DataType type) {
        Twins twins = Twins.of(ADAM_WITH_BIAS, type);
        MultiLayerNetwork ours = frozenUpToTheTwin(twins.ours());
        MultiLayerNetwork theirs = frozenUpToTheTwin(twins.theirs());
        assertThat(ours.getLayer(1)).isInstanceOf(FrozenLayer.class);
        INDArray q = ours.getParam("1_Q").dup();
        INDArray output = ours.getParam("2_W").dup();
        List<Double> scores = train(ours, type, 0, STEPS);
        twins.assertScoresEqual(scores, train(theirs, type, 0, STEPS));
        assertThat(ours.getParam("1_Q")).isEqualTo(q);
        assertThat(ours.getParam("2_W")).isNotEqualTo(output);
        assertClose("parameters", ours.params(), theirs.params(), type);
    }

    private static MultiLayerNetwork frozenUpToTheTwin(MultiLayerNetwork net) {
        return new TransferLearning.Builder(net).setFeatureExtractor(1).build();
    }

    @Test
    void earlyStoppingFindsTheSameBestModel() {
        DataType type = DataType.DOUBLE;
        Twins twins = Twins.of(ADAM_WITH_BIAS, type);
        EarlyStoppingResult<MultiLayerNetwork> ours = stopEarly(twins.ours());
        EarlyStoppingResult<MultiLayerNetwork> theirs = stopEarly(twins.theirs());
        assertThat(ours.getTotalEpochs()).isEqualTo(theirs.getTotalEpochs()).isPositive();
        assertThat(ours.getBestModelEpoch()).isEqualTo(theirs.getBestModelEpoch());
        twins.assertScoresEqual(
                List.copyOf(ours.getScoreVsEpoch().values()),
                List.copyOf(theirs.getScoreVsEpoch().values()));
        assertSameState(ours.getBestModel(), theirs.getBestModel(), type);
    }

    private static EarlyStoppingResult<MultiLayerNetwork> stopEarly(MultiLayerNetwork net) {
        EarlyStoppingConfiguration<MultiLayerNetwork> conf = new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(5))
                .scoreCalculator(new DataSetLossCalculator(batches(DataType.DOUBLE, 20, 2), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
        return new EarlyStoppingTrainer(conf, net, batches(DataType.DOUBLE, 0, 4)).fit();
    }

    /** To convergence: which worker's step ParallelWrapper averages first is a matter of luck, with DenseLayer too. */
    @Test
    void parallelWrapperFindsTheSameLeastSquaresSolution() {
        INDArray ours = solvedInParallel(Networks.reduction(INPUTS, 2).build());
        INDArray theirs = solvedInParallel(new DenseLayer.Builder()
                .nIn(INPUTS)
                .nOut(2)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build());
        assertThat(ours.sub(theirs).amaxNumber().doubleValue()).isLessThan(CONVERGED);
    }

    private static INDArray solvedInParallel(Layer twin) {
        MultiLayerNetwork net = Networks.withMse(DataType.DOUBLE, new Sgd(0.5), twin);
        INDArray before = net.params().dup();
        Nd4j.getRandom().setSeed(Networks.SEED);
        INDArray features = Nd4j.randn(DataType.DOUBLE, 32, INPUTS);
        INDArray labels = Nd4j.randn(DataType.DOUBLE, 32, 2);
        List<DataSet> all = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            all.addAll(new DataSet(features, labels).asList());
        }
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(2)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build()) {
            wrapper.fit(new ListDataSetIterator<>(all, 32));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        assertThat(net.params()).isNotEqualTo(before);
        return net.params();
    }

    @ParameterizedTest
    @EnumSource(InferenceMode.class)
    void parallelInferenceAnswersAsTheNetwork(InferenceMode mode) {
        Twins twins = Twins.of(ADAM_WITH_BIAS, DataType.FLOAT);
        ParallelInference inference = new ParallelInference.Builder(twins.ours())
                .inferenceMode(mode)
                .workers(2)
                .build();
        try {
            for (int size : new int[] {8, 1, 5}) {
                INDArray features = Twins.batch(DataType.FLOAT, 3, size).getFeatures();
                assertClose("output", inference.output(features), twins.theirs().output(features), DataType.FLOAT);
            }
        } finally {
            inference.shutdown();
        }
    }

    @Test
    void statsListenerSeesTheLayersParametersGradientsAndUpdates() {
        Twins twins = Twins.of(ADAM_WITH_BIAS, DataType.DOUBLE);
        List<StatsReport> ours = stats(twins.ours());
        List<StatsReport> theirs = stats(twins.theirs());
        assertThat(ours).hasSameSizeAs(theirs).hasSizeGreaterThan(3);
        for (int i = 0; i < ours.size(); i++) {
            for (StatsType what : List.of(StatsType.Parameters, StatsType.Gradients, StatsType.Updates)) {
                double mine = ours.get(i).getMeanMagnitudes(what).get("1_Q");
                double other = theirs.get(i).getMeanMagnitudes(what).get("1_W");
                assertThat(mine).as("%s, iteration %d", what, i).isPositive().isCloseTo(other, withinFloat());
            }
            assertThat(ours.get(i).getLearningRates()).containsKey("1_Q");
        }
    }

    private static List<StatsReport> stats(MultiLayerNetwork net) {
        InMemoryStatsStorage storage = new InMemoryStatsStorage();
        net.setListeners(new StatsListener(storage, 1));
        train(net, DataType.DOUBLE, 0, 5);
        String session = storage.listSessionIDs().get(0);
        List<StatsReport> reports = new ArrayList<>();
        for (Persistable update : storage.getAllUpdatesAfter(session, StatsListener.TYPE_ID, 0)) {
            reports.add((StatsReport) update);
        }
        return reports;
    }

    /** StatsListener keeps its figures in float. */
    private static Offset<Double> withinFloat() {
        return Offset.offset(1e-6);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void externalErrorsComeBackToTheInput(DataType type) {
        MultiLayerNetwork ours = withoutLoss(
                type,
                new QRReductionLayer.Builder().nIn(6).nOut(3).hasBias(true).build());
        MultiLayerNetwork theirs = withoutLoss(
                type,
                new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build());
        new Twins(ours, theirs, type).startAlike();
        for (int step = 0; step < STEPS; step++) {
            INDArray features = Twins.batch(type, step).getFeatures();
            INDArray error = Nd4j.randn(DataType.DOUBLE, 8, 3).castTo(type);
            assertClose(
                    "gradient at the input",
                    stepWithExternalError(ours, features, error),
                    stepWithExternalError(theirs, features, error),
                    type);
            assertClose("parameters", ours.params(), theirs.params(), type);
        }
    }

    /** DL4J's fit throws a first layer's input gradient away; a caller that asks for it by hand gets it. */
    @Test
    void externalErrorsComeBackThroughAFirstLayer() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(Networks.reduction(INPUTS, 3).build())
                .build());
        net.init();
        INDArray error = Nd4j.randn(DataType.DOUBLE, 8, 3);
        INDArray expected = error.mmul(net.getParam("0_Q"));
        INDArray features = Twins.batch(DataType.DOUBLE, 1).getFeatures();
        assertClose("input gradient", stepWithExternalError(net, features, error), expected, DataType.DOUBLE);
    }

    private static MultiLayerNetwork withoutLoss(DataType type, Layer twin) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(Networks.SEED)
                .dataType(type)
                .updater(new Adam(0.01))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(INPUTS)
                        .nOut(6)
                        .activation(Activation.TANH)
                        .build())
                .layer(twin)
                .build());
        net.init();
        return net;
    }

    private static INDArray stepWithExternalError(MultiLayerNetwork net, INDArray features, INDArray error) {
        net.setInput(features);
        net.feedForward(true, false);
        Pair<Gradient, INDArray> back = net.backpropGradient(error, LayerWorkspaceMgr.noWorkspaces());
        int iteration = net.getIterationCount();
        net.getUpdater().update(net, back.getFirst(), iteration, 0, 8, LayerWorkspaceMgr.noWorkspaces());
        net.params().subi(back.getFirst().gradient());
        return back.getSecond();
    }

    @Test
    void evaluatesAlike() {
        Twins twins = Twins.of(ADAM_WITH_BIAS, DataType.DOUBLE);
        twins.trainAndCompare();
        Evaluation ours = twins.ours().evaluate(batches(DataType.DOUBLE, 30, 6));
        Evaluation theirs = twins.theirs().evaluate(batches(DataType.DOUBLE, 30, 6));
        assertThat(ours.getConfusionMatrix()).isEqualTo(theirs.getConfusionMatrix());
        assertThat(ours.accuracy()).isEqualTo(theirs.accuracy());
        ROCMultiClass a = twins.ours().evaluateROCMultiClass(batches(DataType.DOUBLE, 30, 6), 0);
        ROCMultiClass b = twins.theirs().evaluateROCMultiClass(batches(DataType.DOUBLE, 30, 6), 0);
        assertThat(a.calculateAverageAUC()).isEqualTo(b.calculateAverageAUC());
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void goesOnAsAComputationGraph(DataType type) {
        Twins twins = Twins.of(ADAM_WITH_BIAS, type);
        train(twins.ours(), type, 0, BEFORE);
        train(twins.theirs(), type, 0, BEFORE);
        ComputationGraph ours = twins.ours().toComputationGraph();
        ComputationGraph theirs = twins.theirs().toComputationGraph();
        for (int step = BEFORE; step < STEPS; step++) {
            ours.fit(Twins.batch(type, step));
            theirs.fit(Twins.batch(type, step));
            assertThat(ours.score()).isCloseTo(theirs.score(), Offset.offset(Twins.tolerance(type)));
        }
        assertClose("parameters", ours.params(), theirs.params(), type);
        INDArray features = Twins.batch(type, 40).getFeatures();
        assertClose("output", ours.outputSingle(features), theirs.outputSingle(features), type);
        assertClose("our graph and our network", ours.clone().params(), ours.params(), type);
    }

    @Test
    void convertsToAnotherDataType() {
        Twins twins = Twins.of(ADAM_WITH_BIAS, DataType.DOUBLE);
        train(twins.ours(), DataType.DOUBLE, 0, BEFORE);
        train(twins.theirs(), DataType.DOUBLE, 0, BEFORE);
        MultiLayerNetwork ours = twins.ours().convertDataType(DataType.FLOAT);
        MultiLayerNetwork theirs = twins.theirs().convertDataType(DataType.FLOAT);
        train(ours, DataType.FLOAT, BEFORE, STEPS);
        train(theirs, DataType.FLOAT, BEFORE, STEPS);
        assertSameState(ours, theirs, DataType.FLOAT);
    }

    private static DataSetIterator batches(DataType type, int from, int count) {
        List<DataSet> all = new ArrayList<>();
        for (int step = from; step < from + count; step++) {
            all.addAll(Twins.batch(type, step).asList());
        }
        return new ListDataSetIterator<>(all, 8);
    }
}
