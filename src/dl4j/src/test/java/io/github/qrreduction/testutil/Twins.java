package io.github.qrreduction.testutil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.QRReductionLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Two networks that start from the same parameters and differ in layer 1 only: a QRReductionLayer in "ours", a
 * DenseLayer without activation in "theirs". Q (nOut x nIn, 'c') and W (nIn x nOut, 'f') lie alike in the flat vector.
 */
public record Twins(MultiLayerNetwork ours, MultiLayerNetwork theirs, DataType type) {

    public static final int STEPS = 20;
    public static final int INPUTS = 5;
    public static final int HIDDEN = 6;
    public static final int COMPONENTS = 3;
    public static final int CLASSES = 4;
    private static final int BATCH = 8;

    /** What a row of the twin tests varies; the defaults are Nesterovs and a layer without bias. */
    public record Feature(
            String name,
            UnaryOperator<NeuralNetConfiguration.Builder> network,
            Consumer<QRReductionLayer.Builder> ours,
            Consumer<DenseLayer.Builder> theirs) {

        public static Feature ofNetwork(String name, UnaryOperator<NeuralNetConfiguration.Builder> network) {
            return new Feature(name, network, q -> {}, d -> {});
        }

        public static Feature ofLayer(
                String name, Consumer<QRReductionLayer.Builder> ours, Consumer<DenseLayer.Builder> theirs) {
            return new Feature(name, g -> g, ours, theirs);
        }

        /** The same with a bias in the layer. */
        public Feature withBias() {
            return new Feature(
                    name + ", bias", network, ours.andThen(q -> q.hasBias(true)), theirs.andThen(d -> d.hasBias(true)));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The twins of a feature, untrained. */
    public static Twins of(Feature feature, DataType type) {
        QRReductionLayer.Builder q =
                new QRReductionLayer.Builder().name("twin").nIn(HIDDEN).nOut(COMPONENTS);
        feature.ours().accept(q);
        DenseLayer.Builder d = new DenseLayer.Builder()
                .name("twin")
                .nIn(HIDDEN)
                .nOut(COMPONENTS)
                .hasBias(false)
                .activation(Activation.IDENTITY);
        feature.theirs().accept(d);
        return new Twins(network(feature, type, q.build()), network(feature, type, d.build()), type).startAlike();
    }

    public static Twins of(DataType type) {
        return of(Feature.ofNetwork("default", g -> g), type);
    }

    private static MultiLayerNetwork network(Feature feature, DataType type, Layer twin) {
        NeuralNetConfiguration.Builder global = new NeuralNetConfiguration.Builder()
                .seed(Networks.SEED)
                .dataType(type)
                .updater(new Nesterovs(0.1, 0.9));
        MultiLayerNetwork net = new MultiLayerNetwork(feature.network()
                .apply(global)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(INPUTS)
                        .nOut(HIDDEN)
                        .activation(Activation.TANH)
                        .build())
                .layer(twin)
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(COMPONENTS)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }

    /** Theirs takes over our parameters, as one flat vector. */
    public Twins startAlike() {
        theirs.setParams(ours.params().dup());
        return this;
    }

    /** Largest difference that rounding explains after 20 steps. */
    public static double tolerance(DataType type) {
        return switch (type) {
            case DOUBLE -> 1e-11;
            case FLOAT -> 2e-5;
            default -> 1e-2; // HALF has 11 bits
        };
    }

    /** The data of a step; the same for the same arguments. */
    public static DataSet batch(DataType type, int step, int size) {
        Nd4j.getRandom().setSeed(700L + step);
        INDArray features = Nd4j.randn(DataType.DOUBLE, size, INPUTS).castTo(type);
        INDArray labels = Nd4j.zeros(type, size, CLASSES);
        for (int i = 0; i < size; i++) {
            labels.putScalar(i, (i * 3 + step) % CLASSES, 1.0);
        }
        return new DataSet(features, labels);
    }

    public static DataSet batch(DataType type, int step) {
        return batch(type, step, BATCH);
    }

    /** Trains a network on steps from (inclusive) to (exclusive), each with a seed of its own; the scores. */
    public static List<Double> train(MultiLayerNetwork net, DataType type, int from, int to) {
        List<Double> scores = new ArrayList<>();
        for (int step = from; step < to; step++) {
            scores.add(trainOn(net, batch(type, step), step));
        }
        return scores;
    }

    /** One step, with the random numbers of that step; the score. */
    public static double trainOn(MultiLayerNetwork net, DataSet data, int step) {
        Nd4j.getRandom().setSeed(9000L + step);
        net.fit(data);
        return net.score();
    }

    /** Trains both for all steps and holds them against each other. */
    public void trainAndCompare() {
        assertScoresEqual(train(ours, type, 0, STEPS), train(theirs, type, 0, STEPS));
        assertEqual();
    }

    public void assertScoresEqual(List<Double> actual, List<Double> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i))
                    .as("score of step %d", i)
                    .isFinite()
                    .isCloseTo(expected.get(i), within(tolerance(type)));
        }
    }

    /** Parameters, updater state, activations in test and training mode, gradients and score. */
    public void assertEqual() {
        assertSameState(ours, theirs, type);
    }

    public static void assertSameState(MultiLayerNetwork ours, MultiLayerNetwork theirs, DataType type) {
        assertThat(ours.params().dataType()).isEqualTo(type);
        assertClose("parameters", ours.params(), theirs.params(), type);
        INDArray state = theirs.getUpdater().getStateViewArray();
        if (state != null) {
            assertClose("updater state", ours.getUpdater().getStateViewArray(), state, type);
        }
        DataSet data = batch(type, 99);
        for (boolean training : new boolean[] {false, true}) {
            List<INDArray> a = activations(ours, data.getFeatures(), training);
            List<INDArray> b = activations(theirs, data.getFeatures(), training);
            for (int i = 0; i < b.size(); i++) {
                assertThat(a.get(i).dataType()).isEqualTo(type);
                assertClose("activations " + i + ", training " + training, a.get(i), b.get(i), type);
            }
            assertThat(score(ours, data, training)).isCloseTo(score(theirs, data, training), within(tolerance(type)));
        }
        assertClose("gradients", gradients(ours, data), gradients(theirs, data), type);
    }

    private static double score(MultiLayerNetwork net, DataSet data, boolean training) {
        Nd4j.getRandom().setSeed(30);
        double score = net.score(data, training);
        net.getLayer(1).clearNoiseWeightParams();
        return score;
    }

    private static List<INDArray> activations(MultiLayerNetwork net, INDArray features, boolean training) {
        Nd4j.getRandom().setSeed(31);
        List<INDArray> all = net.feedForward(features, training);
        net.getLayer(1).clearNoiseWeightParams();
        return all;
    }

    /** The flat gradient vector. */
    public static INDArray gradients(MultiLayerNetwork net, DataSet data) {
        Nd4j.getRandom().setSeed(32);
        net.setInput(data.getFeatures());
        net.setLabels(data.getLabels());
        net.computeGradientAndScore();
        return net.gradient().gradient().dup();
    }

    public static void assertClose(String what, INDArray actual, INDArray expected, DataType type) {
        Close.assertClose(what, actual, expected, tolerance(type));
    }
}
