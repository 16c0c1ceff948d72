package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Twins.CLASSES;
import static io.github.qrreduction.testutil.Twins.INPUTS;
import static io.github.qrreduction.testutil.Twins.STEPS;
import static io.github.qrreduction.testutil.Twins.assertClose;
import static io.github.qrreduction.testutil.Twins.trainOn;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Networks;
import io.github.qrreduction.testutil.Twins;
import io.github.qrreduction.testutil.Twins.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
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
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Every training feature of DenseLayer's does the same here: to score, activations, gradients and parameters. */
class TwinTrainingTest {

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("inFloatAndDouble")
    void trainsAsDenseLayer(Feature feature, DataType type) {
        Twins.of(feature, type).trainAndCompare();
    }

    static Stream<Arguments> inFloatAndDouble() {
        return features().flatMap(f -> Stream.of(Arguments.of(f, DataType.FLOAT), Arguments.of(f, DataType.DOUBLE)));
    }

    private static Stream<Feature> features() {
        List<Feature> rows = new ArrayList<>();
        rows.addAll(updaters());
        rows.addAll(regularisation());
        rows.addAll(noise());
        rows.addAll(gradientNormalisation());
        rows.addAll(constraints());
        rows.add(Feature.ofNetwork("workspaces ENABLED", g -> workspaces(g, WorkspaceMode.ENABLED))
                .withBias());
        rows.add(Feature.ofNetwork("workspaces NONE", g -> workspaces(g, WorkspaceMode.NONE))
                .withBias());
        return rows.stream();
    }

    private static List<Feature> updaters() {
        return List.of(
                Feature.ofNetwork("Sgd", g -> g.updater(new Sgd(0.1))),
                Feature.ofNetwork("Sgd", g -> g.updater(new Sgd(0.1))).withBias(),
                Feature.ofNetwork(
                        "Sgd, exponential schedule",
                        g -> g.updater(new Sgd(new ExponentialSchedule(ScheduleType.ITERATION, 0.2, 0.9)))),
                Feature.ofNetwork("Nesterovs", g -> g.updater(new Nesterovs(0.1, 0.9))),
                Feature.ofNetwork("Nesterovs", g -> g.updater(new Nesterovs(0.1, 0.9)))
                        .withBias(),
                Feature.ofNetwork(
                        "Nesterovs, step schedule",
                        g -> g.updater(new Nesterovs(new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 5), 0.9))),
                Feature.ofNetwork("Adam", g -> g.updater(new Adam(0.01))),
                Feature.ofNetwork("Adam", g -> g.updater(new Adam(0.01))).withBias(),
                Feature.ofNetwork(
                        "Adam, map schedule",
                        g -> g.updater(new Adam(new MapSchedule.Builder(ScheduleType.ITERATION)
                                .add(0, 0.02)
                                .add(10, 0.005)
                                .build()))),
                Feature.ofLayer(
                                "the layer's own updater and bias updater",
                                q -> q.updater(new Adam(0.02)).biasUpdater(new Sgd(0.5)),
                                d -> d.updater(new Adam(0.02)).biasUpdater(new Sgd(0.5)))
                        .withBias(),
                Feature.ofNetwork("the network's bias updater", g -> g.biasUpdater(new Sgd(0.5)))
                        .withBias());
    }

    private static List<Feature> regularisation() {
        return List.of(
                Feature.ofLayer("L1", q -> q.l1(0.01), d -> d.l1(0.01)),
                Feature.ofLayer("L2", q -> q.l2(0.05), d -> d.l2(0.05)),
                Feature.ofLayer(
                        "L1 and L2", q -> q.l1(0.01).l2(0.05), d -> d.l1(0.01).l2(0.05)),
                Feature.ofLayer(
                                "L1 and L2 of the bias",
                                q -> q.biasInit(0.3).l1Bias(0.01).l2Bias(0.05),
                                d -> d.biasInit(0.3).l1Bias(0.01).l2Bias(0.05))
                        .withBias(),
                Feature.ofLayer("weight decay", q -> q.weightDecay(0.05), d -> d.weightDecay(0.05)),
                Feature.ofLayer(
                        "weight decay without learning rate",
                        q -> q.weightDecay(0.01, false),
                        d -> d.weightDecay(0.01, false)),
                Feature.ofLayer(
                                "weight decay of the bias",
                                q -> q.biasInit(0.3).weightDecayBias(0.05),
                                d -> d.biasInit(0.3).weightDecayBias(0.05))
                        .withBias(),
                Feature.ofNetwork(
                                "the network's L1, L2 and bias L2",
                                g -> g.l1(0.01).l2(0.05).l2Bias(0.02).biasInit(0.2))
                        .withBias());
    }

    private static List<Feature> noise() {
        return List.of(
                Feature.ofLayer("dropout", q -> q.dropOut(0.6), d -> d.dropOut(0.6)),
                Feature.ofLayer(
                        "dropout by schedule",
                        q -> q.dropOut(new Dropout(new StepSchedule(ScheduleType.ITERATION, 0.9, 0.8, 5))),
                        d -> d.dropOut(new Dropout(new StepSchedule(ScheduleType.ITERATION, 0.9, 0.8, 5)))),
                Feature.ofLayer(
                        "Gaussian dropout",
                        q -> q.dropOut(new GaussianDropout(0.3)),
                        d -> d.dropOut(new GaussianDropout(0.3))),
                Feature.ofLayer(
                        "Gaussian noise",
                        q -> q.dropOut(new GaussianNoise(0.3)),
                        d -> d.dropOut(new GaussianNoise(0.3))),
                Feature.ofLayer(
                        "alpha dropout", q -> q.dropOut(new AlphaDropout(0.7)), d -> d.dropOut(new AlphaDropout(0.7))),
                Feature.ofNetwork("the network's dropout", g -> g.dropOut(0.7)).withBias(),
                Feature.ofLayer(
                        "DropConnect",
                        q -> q.weightNoise(new DropConnect(0.7)),
                        d -> d.weightNoise(new DropConnect(0.7))),
                Feature.ofLayer(
                                "DropConnect of the bias",
                                q -> q.biasInit(0.3).weightNoise(new DropConnect(0.7, true)),
                                d -> d.biasInit(0.3).weightNoise(new DropConnect(0.7, true)))
                        .withBias(),
                Feature.ofLayer(
                        "additive weight noise",
                        q -> q.weightNoise(new WeightNoise(new NormalDistribution(0, 0.1))),
                        d -> d.weightNoise(new WeightNoise(new NormalDistribution(0, 0.1)))),
                Feature.ofLayer(
                                "multiplicative weight noise, of the bias too",
                                q -> q.biasInit(0.3)
                                        .weightNoise(new WeightNoise(new NormalDistribution(1, 0.1), true, false)),
                                d -> d.biasInit(0.3)
                                        .weightNoise(new WeightNoise(new NormalDistribution(1, 0.1), true, false)))
                        .withBias(),
                Feature.ofNetwork(
                        "the network's weight noise",
                        g -> g.weightNoise(new WeightNoise(new NormalDistribution(0, 0.1)))),
                Feature.ofLayer(
                        "dropout and weight noise",
                        q -> q.dropOut(0.6).weightNoise(new DropConnect(0.7)),
                        d -> d.dropOut(0.6).weightNoise(new DropConnect(0.7))));
    }

    private static List<Feature> gradientNormalisation() {
        List<Feature> rows = new ArrayList<>();
        for (GradientNormalization mode : GradientNormalization.values()) {
            rows.add(Feature.ofLayer(
                            "gradient normalisation " + mode,
                            q -> q.gradientNormalization(mode).gradientNormalizationThreshold(0.02),
                            d -> d.gradientNormalization(mode).gradientNormalizationThreshold(0.02))
                    .withBias());
        }
        rows.add(Feature.ofNetwork(
                "the network's gradient clipping",
                g -> g.gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(0.02)));
        return rows;
    }

    /** A component is a row of Q and a column of W: the dimension that a norm is taken over is the other one. */
    private static List<Feature> constraints() {
        return List.of(
                Feature.ofLayer(
                        "max norm of a component",
                        q -> q.constrainWeights(new MaxNormConstraint(0.6, 1)),
                        d -> d.constrainWeights(new MaxNormConstraint(0.6, 0))),
                Feature.ofLayer(
                        "max norm of an input's weights",
                        q -> q.constrainWeights(new MaxNormConstraint(0.4, 0)),
                        d -> d.constrainWeights(new MaxNormConstraint(0.4, 1))),
                Feature.ofLayer(
                        "min-max norm",
                        q -> q.constrainWeights(new MinMaxNormConstraint(0.5, 0.8, 0.7, 1)),
                        d -> d.constrainWeights(new MinMaxNormConstraint(0.5, 0.8, 0.7, 0))),
                Feature.ofLayer(
                        "unit norm",
                        q -> q.constrainWeights(new UnitNormConstraint(1)),
                        d -> d.constrainWeights(new UnitNormConstraint(0))),
                Feature.ofLayer(
                                "non-negative bias",
                                q -> q.constrainBias(new NonNegativeConstraint()),
                                d -> d.constrainBias(new NonNegativeConstraint()))
                        .withBias(),
                Feature.ofLayer(
                                "non-negative in all parameters",
                                q -> q.constrainAllParameters(new NonNegativeConstraint()),
                                d -> d.constrainAllParameters(new NonNegativeConstraint()))
                        .withBias(),
                Feature.ofNetwork(
                        "the network's constraint of weights", g -> g.constrainWeights(new NonNegativeConstraint())),
                Feature.ofNetwork(
                                "the network's constraint of all parameters",
                                g -> g.constrainAllParameters(new NonNegativeConstraint()))
                        .withBias(),
                Feature.ofNetwork(
                                "the network's constraint of biases", g -> g.constrainBias(new NonNegativeConstraint()))
                        .withBias());
    }

    private static NeuralNetConfiguration.Builder workspaces(NeuralNetConfiguration.Builder g, WorkspaceMode mode) {
        return g.trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode);
    }

    @ParameterizedTest(name = "{0} in HALF")
    @MethodSource("inHalf")
    void trainsAsDenseLayerInHalf(Feature feature) {
        Twins.of(feature, DataType.FLOAT16).trainAndCompare();
    }

    static Stream<Feature> inHalf() {
        Feature sgd = Feature.ofNetwork("Sgd", g -> g.updater(new Sgd(0.1)));
        Feature nesterovs = Feature.ofNetwork("Nesterovs", g -> g.updater(new Nesterovs(0.1, 0.9)));
        return Stream.of(sgd, sgd.withBias(), nesterovs, nesterovs.withBias());
    }

    @Test
    void theConstraintRowsConstrainSomething() {
        Twins twins = Twins.of(
                Feature.ofLayer(
                        "max norm",
                        q -> q.constrainWeights(new MaxNormConstraint(0.6, 1)),
                        d -> d.constrainWeights(new MaxNormConstraint(0.6, 0))),
                DataType.DOUBLE);
        assertThat(twins.ours().getParam("1_Q").norm2(1).maxNumber().doubleValue())
                .isGreaterThan(0.9);
        twins.trainAndCompare();
        assertThat(twins.ours().getParam("1_Q").norm2(1).maxNumber().doubleValue())
                .isLessThanOrEqualTo(0.6);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void aColumnMaskLeavesExamplesOut(DataType type) {
        Twins twins = Twins.of(Feature.ofNetwork("mask", g -> g).withBias(), type);
        INDArray mask = Nd4j.createFromArray(1f, 0f, 1f, 1f, 0f, 1f, 1f, 1f)
                .reshape(8, 1)
                .castTo(type);
        for (int step = 0; step < STEPS; step++) {
            DataSet data = Twins.batch(type, step);
            data.setFeaturesMaskArray(mask);
            data.setLabelsMaskArray(Nd4j.onesLike(mask)); // so that the layers' masks alone hold anything back
            twins.assertScoresEqual(
                    List.of(trainOn(twins.ours(), data, step)), List.of(trainOn(twins.theirs(), data, step)));
        }
        INDArray features = Twins.batch(type, 50).getFeatures();
        INDArray reduced = twins.ours().feedForward(features, mask, mask).get(2);
        assertClose(
                "masked activations",
                reduced,
                twins.theirs().feedForward(features, mask, mask).get(2),
                type);
        assertThat(reduced.getRow(1).norm2Number().doubleValue()).isZero();
        assertThat(reduced.getRow(0).norm2Number().doubleValue()).isPositive();
        twins.ours().clearLayerMaskArrays();
        twins.theirs().clearLayerMaskArrays();
        twins.assertEqual();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE", "HALF"})
    void theBatchSizeMayChangeFromStepToStep(DataType type) {
        Twins twins = Twins.of(Feature.ofNetwork("batch size", g -> g).withBias(), type);
        int[] sizes = {8, 1, 5, 13, 2};
        for (int step = 0; step < STEPS; step++) {
            DataSet data = Twins.batch(type, step, sizes[step % sizes.length]);
            twins.assertScoresEqual(
                    List.of(trainOn(twins.ours(), data, step)), List.of(trainOn(twins.theirs(), data, step)));
        }
        twins.assertEqual();
    }

    /** DenseLayer sees sequences as rows, by way of DL4J's preprocessors; QRReductionLayer takes them as they are. */
    @ParameterizedTest(name = "{0}, masked {1}, {2}")
    @CsvSource({
        "NCW,false,FLOAT", "NCW,true,FLOAT", "NWC,false,FLOAT", "NWC,true,FLOAT",
        "NCW,false,DOUBLE", "NCW,true,DOUBLE", "NWC,false,DOUBLE", "NWC,true,DOUBLE"
    })
    void sequencesTrainAsThroughPreprocessors(RNNFormat format, boolean masked, DataType type) {
        MultiLayerNetwork ours = recurrent(
                format,
                type,
                new QRReductionLayer.Builder().nOut(3).hasBias(true).build());
        MultiLayerNetwork theirs = recurrent(
                format,
                type,
                new DenseLayer.Builder().nOut(3).activation(Activation.IDENTITY).build());
        Twins twins = new Twins(ours, theirs, type).startAlike();
        for (int step = 0; step < STEPS; step++) {
            DataSet data = sequences(format, type, step, 3 + step % 4, masked);
            twins.assertScoresEqual(List.of(trainOn(ours, data, step)), List.of(trainOn(theirs, data, step)));
        }
        assertClose("parameters", ours.params(), theirs.params(), type);
        INDArray features = sequences(format, type, 77, 4, false).getFeatures();
        assertClose("output", ours.output(features), theirs.output(features), type);
        DataSet data = sequences(format, type, 78, 4, false);
        assertClose("gradients", Twins.gradients(ours, data), Twins.gradients(theirs, data), type);
    }

    private static MultiLayerNetwork recurrent(RNNFormat format, DataType type, Layer twin) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(Networks.SEED)
                .dataType(type)
                .updater(new Nesterovs(0.05, 0.9))
                .list()
                .layer(new LSTM.Builder().nOut(6).activation(Activation.TANH).build())
                .layer(twin)
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .dataFormat(format)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(INPUTS, 4, format))
                .build());
        net.init();
        return net;
    }

    private static DataSet sequences(RNNFormat format, DataType type, int step, int time, boolean masked) {
        int batch = 4;
        Nd4j.getRandom().setSeed(800L + step);
        INDArray x = Nd4j.randn(DataType.DOUBLE, batch, INPUTS, time).castTo(type);
        INDArray y = Nd4j.zeros(type, batch, CLASSES, time);
        for (int i = 0; i < batch; i++) {
            for (int t = 0; t < time; t++) {
                y.putScalar(i, (i + t + step) % CLASSES, t, 1.0);
            }
        }
        if (format == RNNFormat.NWC) {
            x = x.permute(0, 2, 1).dup('c');
            y = y.permute(0, 2, 1).dup('c');
        }
        DataSet data = new DataSet(x, y);
        if (masked) {
            INDArray mask = Nd4j.ones(type, batch, time);
            mask.putScalar(0, time - 1, 0.0);
            mask.putScalar(2, 1, 0.0);
            mask.putScalar(2, 2, 0.0);
            data.setFeaturesMaskArray(mask);
            data.setLabelsMaskArray(mask.dup());
        }
        return data;
    }
}
