package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import io.github.qrreduction.NeighbourComponents;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.examples.NamedVectors;
import io.github.qrreduction.loss.LossSimilarity;
import io.github.qrreduction.vectors.Recall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import scala.Tuple2;

/** What {@link NeighbourComponents} do on one machine, by averaging, from parts that anyone can put together. */
class NeighboursOnSparkTest {

    private static final int SIZE = 25;
    private static final int TRAIN = 6000;
    private static final int WORKERS = 2;
    private static final int BATCH = 500;
    /** 12 batches, 6 a worker. */
    private static final int AVERAGING_FREQUENCY = 3;

    private static final int EPOCHS = 30;
    private static final int STEPS = EPOCHS * TRAIN / BATCH / WORKERS;
    /** Twice NeighbourComponents', since workers take half as many steps one after the other. */
    private static final double RATE = 0.01;
    /** "within a point" of 100. */
    private static final double ONE_POINT = 0.01;

    @Test
    void averagedTrainingKeepsAsManyNeighboursAsTheLocalOne() {
        List<float[]> all = new ArrayList<>(Arrays.asList(NamedVectors.words().vectors()));
        Collections.shuffle(all, new Random(1));
        float[][] train = all.subList(0, TRAIN).toArray(float[][]::new);
        float[][] judged = all.subList(TRAIN, all.size()).toArray(float[][]::new);
        INDArray x = Nd4j.createFromArray(train);
        // The start and the temperatures, which a sample is enough for.
        Components start = NeighbourComponents.fitter().steps(0).fit(x, SIZE);
        MultiLayerNetwork net = network(start);

        try (SparkSession session = LocalSpark.start()) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            JavaRDD<float[]> rows = spark.parallelize(Arrays.asList(train), WORKERS);
            RestoringTrainingMaster master = new RestoringTrainingMaster.Builder(WORKERS, BATCH)
                    .batchSizePerWorker(BATCH)
                    .averagingFrequency(AVERAGING_FREQUENCY)
                    .build();
            SparkDl4jMultiLayer onSpark = SparkTraining.multiLayer(spark, net, master);
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                onSpark.fit(minibatches(rows, epoch));
            }
        }

        double local = recall(judged, NeighbourComponents.fit(x, SIZE));
        double averaged = recall(judged, Components.of(net, 0));
        double atStart = recall(judged, start);
        // The line that docs/spark.md has its figures from.
        System.out.printf(
                Locale.ROOT,
                "recall of the true ten nearest: %.1f %% by averaging, %.1f %% on one machine, %.1f %% at the start%n",
                100 * averaged,
                100 * local,
                100 * atStart);
        assertThat(averaged).isGreaterThan(local - ONE_POINT);
        assertThat(averaged).isGreaterThan(atStart + ONE_POINT);
    }

    private static MultiLayerNetwork network(Components start) {
        double temperature = Double.parseDouble(start.metadata().get("temperature"));
        double reduced = Double.parseDouble(start.metadata().get("reducedTemperature"));
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new Adam(new ExponentialSchedule(ScheduleType.ITERATION, RATE, Math.pow(0.01, 1.0 / STEPS))))
                .list()
                .layer(new QRReductionLayer.Builder()
                        .nIn(start.nIn())
                        .nOut(start.nOut())
                        .orthonormality(Orthonormality.RETRACTION)
                        .build())
                .layer(new LossLayer.Builder(new LossSimilarity(temperature).withReducedTemperature(reduced)).build())
                .build());
        net.init();
        start.copyTo(net, 0);
        return net;
    }

    /** Other companions for each vector in each pass: with the same ones again and again, a point is lost. */
    private static JavaRDD<DataSet> minibatches(JavaRDD<float[]> rows, int epoch) {
        return rows.mapToPair(row -> new Tuple2<>(new Random(31L * Arrays.hashCode(row) + epoch).nextDouble(), row))
                .sortByKey(true, WORKERS)
                .values()
                .mapPartitions(NeighboursOnSparkTest::minibatches);
    }

    private static Iterator<DataSet> minibatches(Iterator<float[]> rows) {
        List<DataSet> minibatches = new ArrayList<>();
        List<float[]> some = new ArrayList<>();
        while (rows.hasNext()) {
            some.add(rows.next());
            if (some.size() == BATCH || !rows.hasNext()) {
                INDArray x = Nd4j.createFromArray(some.toArray(float[][]::new));
                minibatches.add(new DataSet(x, x));
                some.clear();
            }
        }
        return minibatches.iterator();
    }

    private static double recall(float[][] judged, Components c) {
        return Recall.at(10, judged, c.transform(Nd4j.createFromArray(judged)).toFloatMatrix());
    }
}
