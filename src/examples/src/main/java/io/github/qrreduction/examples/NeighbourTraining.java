package io.github.qrreduction.examples;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.loss.LossSimilarity;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import me.tongfei.progressbar.ProgressBar;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Trains components to keep neighbours: one orthonormal layer under {@link LossSimilarity}.
 *
 * @param steps of Adam
 * @param temperature of the loss
 */
record NeighbourTraining(int steps, double temperature) {

    static final int BATCH = 512;
    static final double LEARNING_RATE = 5e-3;

    /** What the learning rate falls to, step by step. */
    static final double LAST_RATE = 5e-5;

    /** A network that is not trained yet; its components start at random, orthonormal, from the seed. */
    MultiLayerNetwork untrained(int components, long seed) {
        double decay = Math.pow(LAST_RATE / LEARNING_RATE, 1.0 / steps);
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Adam(new ExponentialSchedule(ScheduleType.ITERATION, LEARNING_RATE, decay)))
                .list()
                .layer(new QRReductionLayer.Builder()
                        .nIn(WordVectors.SIZE)
                        .nOut(components)
                        .orthonormality(Orthonormality.RETRACTION)
                        .build())
                .layer(new LossLayer.Builder(new LossSimilarity(temperature)).build())
                .build());
        net.init();
        return net;
    }

    /** Trains on the given words, starting from the given components. */
    Components train(Components start, INDArray rows, long seed, ProgressBar progress) {
        MultiLayerNetwork net = untrained((int) start.nOut(), seed);
        start.withMean(null).copyTo(net, 0);
        int[] order = IntStream.range(0, (int) rows.size(0)).toArray();
        int batch = Math.min(BATCH, order.length);
        Random random = new Random(seed);
        int next = order.length;
        for (int step = 0; step < steps; step++) {
            if (next + batch > order.length) {
                shuffle(order, random);
                next = 0;
            }
            INDArray x = Nd4j.pullRows(rows, 1, Arrays.copyOfRange(order, next, next + batch));
            net.fit(x, x);
            next += batch;
            progress.step();
        }
        return Components.of(net, 0);
    }

    /** Puts the rows into a random order (Fisher and Yates). */
    static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }
}
