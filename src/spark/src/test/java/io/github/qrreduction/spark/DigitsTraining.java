package io.github.qrreduction.spark;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.examples.Digits;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Digits through 16 components into a classifier, in each mode, here and on Spark: 896 to train on, and the other 901
 * to judge by. Both ways make as many passes and, one after the other, as many steps. Accuracies are means over starts
 * from several seeds, since one training's is off by half a point and more for no reason but its seed.
 */
final class DigitsTraining {
    /** The modes of the table in docs/orthonormality.md. */
    enum Mode {
        NONE,
        PENALTY,
        RETRACTION,
        PARAMETRIZATION;

        boolean isOrthonormal() {
            return this == RETRACTION || this == PARAMETRIZATION;
        }
    }

    /** "within 1 point" of 100, of means over {@link #SEEDS}. */
    static final double ONE_POINT = 0.01;
    /** The bound of the orthonormality error in FLOAT. */
    static final double FLOAT_BOUND = 1e-5;

    static final long SEED = 1;
    static final List<Long> SEEDS = List.of(SEED, 2L, 3L);
    static final int COMPONENTS = 16;
    static final int EPOCHS = 24;
    private static final int TRAIN = 896;
    static final int WORKERS = 2;
    /** Here. Two workers share it, so that a pass has as many steps there: 28, one after the other. */
    private static final int BATCH = 32;

    /** Unless asked for another one: docs/spark.md has a figure of {@code -DworkerBatch=32}. */
    static final int WORKER_BATCH = Integer.getInteger("workerBatch", BATCH / WORKERS);

    static final int AVERAGING_FREQUENCY = 7;
    /** Averagings of a pass: 4, of 56 batches, dealt out to 2 workers, 7 at a time; no batch is left over. */
    static final int ROUNDS = TRAIN / WORKER_BATCH / WORKERS / AVERAGING_FREQUENCY;

    private final DataSet train;
    private final DataSet heldOut;
    private final Map<Mode, Double> local = new EnumMap<>(Mode.class);

    DigitsTraining() {
        Digits digits = Digits.load();
        DataSet all = DataSet.merge(List.of(digits.train(), digits.test()));
        this.train = rows(all, 0, TRAIN);
        this.heldOut = rows(all, TRAIN, all.numExamples());
    }

    private static DataSet rows(DataSet all, int from, int to) {
        INDArrayIndex rows = NDArrayIndex.interval(from, to);
        return new DataSet(
                all.getFeatures().get(rows, NDArrayIndex.all()).dup(),
                all.getLabels().get(rows, NDArrayIndex.all()).dup());
    }

    private static NeuralNetConfiguration.Builder defaults(long seed) {
        // A rate that falls, so that the accuracy at the end does not depend on the last few batches. Of 0.01, 0.02
        // and 0.04, chosen by a 4-fold cross-validation, on Spark and here, within the digits to train on.
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Adam(new ExponentialSchedule(ScheduleType.EPOCH, 0.04, 0.88)));
    }

    private static QRReductionLayer reduction(Mode mode) {
        QRReductionLayer.Builder layer = new QRReductionLayer.Builder()
                .nIn(Digits.PIXELS)
                .nOut(COMPONENTS)
                .name("reduction");
        return mode == Mode.PENALTY
                ? layer.orthonormalityPenalty(1e-2).build()
                : layer.orthonormality(Orthonormality.valueOf(mode.name())).build();
    }

    private static OutputLayer classifier() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(COMPONENTS)
                .nOut(Digits.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static MultiLayerNetwork network(Mode mode) {
        return network(mode, SEED);
    }

    static MultiLayerNetwork network(Mode mode, long seed) {
        MultiLayerNetwork net = new MultiLayerNetwork(
                defaults(seed).list().layer(reduction(mode)).layer(classifier()).build());
        net.init();
        return net;
    }

    static ComputationGraph graph(Mode mode, long seed) {
        ComputationGraph net = new ComputationGraph(defaults(seed)
                .graphBuilder()
                .addInputs("in")
                .addLayer("reduction", reduction(mode), "in")
                .addLayer("out", classifier(), "reduction")
                .setOutputs("out")
                .build());
        net.init();
        return net;
    }

    /** The mean over seeds of what a training leads to. */
    static double mean(LongToDoubleFunction accuracyOfSeed) {
        return SEEDS.stream()
                .mapToDouble(accuracyOfSeed::applyAsDouble)
                .average()
                .orElseThrow();
    }

    double localAccuracy(Mode mode) {
        return local.computeIfAbsent(
                mode,
                m -> mean(seed -> {
                    MultiLayerNetwork net = network(m, seed);
                    net.fit(batches(train), EPOCHS);
                    return accuracy(net);
                }));
    }

    double accuracy(MultiLayerNetwork net) {
        return net.evaluate(batches(heldOut)).accuracy();
    }

    double accuracy(ComputationGraph net) {
        return net.evaluate(batches(heldOut)).accuracy();
    }

    private static DataSetIterator batches(DataSet data) {
        // The list holds whole batches, so the iterator hands out one entry at a time.
        return new ListDataSetIterator<>(data.batchBy(BATCH), 1);
    }

    /** Whether a pass has as many steps, one after the other, on Spark as here. */
    static boolean workersShareTheBatch() {
        return WORKER_BATCH * WORKERS == BATCH;
    }

    /** The line that docs/spark.md has its figures from. */
    void print(Mode mode, double averaged) {
        System.out.printf(
                Locale.ROOT,
                "%s: accuracy %.2f %% by averaging, %.2f %% on one machine, %+.1f points%n",
                mode,
                100 * averaged,
                100 * localAccuracy(mode),
                100 * (averaged - localAccuracy(mode)));
    }

    /** The first digits to train on. */
    DataSet rows(int number) {
        return rows(train, 0, number);
    }

    /** The digits to train on. */
    INDArray features() {
        return train.getFeatures();
    }

    JavaRDD<DataSet> onSpark(JavaSparkContext spark) {
        return spark.parallelize(train.batchBy(WORKER_BATCH), WORKERS);
    }

    static RestoringTrainingMaster.Builder master() {
        return new RestoringTrainingMaster.Builder(WORKERS, WORKER_BATCH)
                .batchSizePerWorker(WORKER_BATCH)
                .averagingFrequency(AVERAGING_FREQUENCY)
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .rngSeed(7);
    }
}
