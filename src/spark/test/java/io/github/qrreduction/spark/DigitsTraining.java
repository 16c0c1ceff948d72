package io.github.qrreduction.spark;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.examples.Digits;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Digits through 16 components into a classifier, in each mode, here and on Spark. */
final class DigitsTraining {
    /** The modes of the README's table. */
    enum Mode {
        NONE,
        PENALTY,
        RETRACTION,
        PARAMETRIZATION;

        boolean isOrthonormal() {
            return this == RETRACTION || this == PARAMETRIZATION;
        }
    }

    /** "within 1 point" of 100. */
    static final double ONE_POINT = 0.01;
    /** The bound of the orthonormality error in FLOAT. */
    static final double FLOAT_BOUND = 1e-5;

    static final int COMPONENTS = 16;

    private static final int BATCH = 32;
    private static final int WORKERS = 2;
    private static final int AVERAGING_FREQUENCY = 10;
    /** Enough for the accuracy to have settled, also with half the steps, as on two workers. */
    private static final int EPOCHS = 24;

    private final Digits digits = Digits.load();

    private static NeuralNetConfiguration.Builder defaults() {
        // A rate that falls, so that the accuracy at the end does not depend on the last few batches.
        return new NeuralNetConfiguration.Builder()
                .seed(42)
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

    static MultiLayerConfiguration configuration(Mode mode) {
        return defaults().list().layer(reduction(mode)).layer(classifier()).build();
    }

    static ComputationGraphConfiguration graph(Mode mode) {
        return defaults()
                .graphBuilder()
                .addInputs("in")
                .addLayer("reduction", reduction(mode), "in")
                .addLayer("out", classifier(), "reduction")
                .setOutputs("out")
                .build();
    }

    static MultiLayerNetwork network(Mode mode) {
        MultiLayerNetwork net = new MultiLayerNetwork(configuration(mode));
        net.init();
        return net;
    }

    double localAccuracy(Mode mode) {
        MultiLayerNetwork net = network(mode);
        net.fit(digits.trainBatches(BATCH), EPOCHS);
        return accuracy(net);
    }

    double accuracy(MultiLayerNetwork net) {
        return net.evaluate(digits.testBatches(BATCH)).accuracy();
    }

    Digits digits() {
        return digits;
    }

    int epochs() {
        return EPOCHS;
    }

    JavaRDD<DataSet> onSpark(JavaSparkContext spark) {
        return spark.parallelize(digits.train().batchBy(BATCH), WORKERS);
    }

    static RestoringTrainingMaster.Builder master() {
        return new RestoringTrainingMaster.Builder(WORKERS, BATCH)
                .batchSizePerWorker(BATCH)
                .averagingFrequency(AVERAGING_FREQUENCY)
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .rngSeed(7);
    }
}
