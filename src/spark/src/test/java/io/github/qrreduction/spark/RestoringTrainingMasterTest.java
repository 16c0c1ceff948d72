package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qrreduction.Components;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.spark.DigitsTraining.Mode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** local[2]: two workers in this JVM. */
class RestoringTrainingMasterTest {

    /** Rounding of float32 in 56 steps, over which one step of Adam would stand out by a factor of 100. */
    private static final double SAME_TRAINING = 1e-3;

    private static SparkSession session;
    private static JavaSparkContext spark;
    private static DigitsTraining training;

    @BeforeAll
    static void start() {
        session = LocalSpark.start();
        spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        training = new DigitsTraining();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    @ParameterizedTest
    @EnumSource
    void trainsToTheLocalAccuracyOrthonormalAfterEachAveraging(Mode mode) {
        double accuracy = DigitsTraining.mean(seed -> {
            MultiLayerNetwork net = DigitsTraining.network(mode, seed);
            List<Averaging> told = new ArrayList<>();
            RestoringTrainingMaster master =
                    DigitsTraining.master().listener(told::add).build();
            fit(SparkTraining.multiLayer(spark, net, master));

            assertThat(told).isEqualTo(master.averagings()).hasSize(DigitsTraining.ROUNDS * DigitsTraining.EPOCHS);
            assertThat(told).extracting(Averaging::number).startsWith(1, 2, 3);
            assertThat(told.get(told.size() - 1).score()).isLessThan(told.get(0).score() / 2);
            assertOrthonormal(told, net, mode);
            return training.accuracy(net);
        });

        training.print(mode, accuracy);
        assumeTrue(DigitsTraining.workersShareTheBatch(), "half as many steps may cost more");
        assertThat(accuracy).isGreaterThanOrEqualTo(training.localAccuracy(mode) - DigitsTraining.ONE_POINT);
    }

    private static void assertOrthonormal(List<Averaging> averagings, MultiLayerNetwork net, Mode mode) {
        if (mode.isOrthonormal()) {
            assertThat(averagings).allMatch(a -> a.error() <= DigitsTraining.FLOAT_BOUND);
            assertThat(Components.of(net, 0).orthonormalityError()).isLessThanOrEqualTo(DigitsTraining.FLOAT_BOUND);
        } else {
            assertThat(averagings).allMatch(a -> a.error() == 0 && a.errorOfMean() == 0);
        }
        if (mode == Mode.RETRACTION) {
            // Without restoring there would be something to complain about.
            assertThat(averagings).anyMatch(a -> a.errorOfMean() > 100 * DigitsTraining.FLOAT_BOUND);
        }
    }

    private static void fit(SparkDl4jMultiLayer onSpark) {
        JavaRDD<DataSet> data = training.onSpark(spark);
        for (int epoch = 0; epoch < DigitsTraining.EPOCHS; epoch++) {
            onSpark.fit(data);
        }
    }

    @Test
    void averagesTheUpdatersStateWhichDl4jByDefaultDoesNot() {
        ParameterAveragingTrainingMaster plain = new ParameterAveragingTrainingMaster.Builder(
                        DigitsTraining.WORKERS, DigitsTraining.WORKER_BATCH)
                .batchSizePerWorker(DigitsTraining.WORKER_BATCH)
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .build();
        MultiLayerNetwork plainNet = DigitsTraining.network(Mode.RETRACTION);
        new SparkDl4jMultiLayer(spark, plainNet, plain).fit(training.onSpark(spark));
        MultiLayerNetwork net = DigitsTraining.network(Mode.RETRACTION);
        SparkTraining.multiLayer(spark, net, DigitsTraining.master().build()).fit(training.onSpark(spark));

        assertThat(plain.isSaveUpdater()).isFalse();
        assertThat(plainNet.getUpdater().getStateViewArray().amaxNumber().doubleValue())
                .isZero();
        INDArray state = net.getUpdater().getStateViewArray();
        assertThat(state.amaxNumber().doubleValue()).isFinite().isPositive();
        assertThat(DigitsTraining.master().build().isSaveUpdater()).isTrue();
        // Adam's count of steps goes with its moments.
        assertThat(net.getLayerWiseConfigurations().getIterationCount()).isEqualTo(28);
    }

    /** The layer needs no help of ours but a restore at the end. */
    @ParameterizedTest
    @EnumSource(names = {"RETRACTION", "PARAMETRIZATION"})
    void plainDl4jSparkCodeTrainsTheLayer(Mode mode) {
        double accuracy = DigitsTraining.mean(seed -> {
            MultiLayerNetwork net = DigitsTraining.network(mode, seed);
            SparkDl4jMultiLayer onSpark = new SparkDl4jMultiLayer(
                    spark,
                    net,
                    new ParameterAveragingTrainingMaster.Builder(DigitsTraining.WORKERS, DigitsTraining.WORKER_BATCH)
                            .batchSizePerWorker(DigitsTraining.WORKER_BATCH)
                            .averagingFrequency(DigitsTraining.AVERAGING_FREQUENCY)
                            .saveUpdater(true)
                            .rngSeed(7)
                            .exportDirectory("target/export")
                            .build());
            fit(onSpark);
            QRReductionLayer.restore(net);

            assertThat(Components.of(net, 0).orthonormalityError()).isLessThanOrEqualTo(DigitsTraining.FLOAT_BOUND);
            assertThat(onSpark.getTrainingMaster().deleteTempFiles(spark)).isTrue();
            return training.accuracy(net);
        });

        assertThat(accuracy).isGreaterThanOrEqualTo(training.localAccuracy(mode) - DigitsTraining.ONE_POINT);
    }

    @Test
    void trainsAComputationGraph() {
        double accuracy = DigitsTraining.mean(seed -> {
            ComputationGraph net = DigitsTraining.graph(Mode.RETRACTION, seed);
            RestoringTrainingMaster master = DigitsTraining.master().build();
            SparkComputationGraph onSpark = SparkTraining.graph(spark, net, master);
            JavaRDD<DataSet> data = training.onSpark(spark);
            for (int epoch = 0; epoch < DigitsTraining.EPOCHS; epoch++) {
                onSpark.fit(data);
            }

            assertThat(master.averagings()).isNotEmpty().allMatch(a -> a.error() <= DigitsTraining.FLOAT_BOUND);
            assertThat(Components.of(net, "reduction").orthonormalityError())
                    .isLessThanOrEqualTo(DigitsTraining.FLOAT_BOUND);
            assertThat(net.getUpdater().getStateViewArray().amaxNumber().doubleValue())
                    .isFinite()
                    .isPositive();
            return training.accuracy(net);
        });

        assertThat(accuracy).isGreaterThanOrEqualTo(training.localAccuracy(Mode.RETRACTION) - DigitsTraining.ONE_POINT);
    }

    /** DL4J's would begin each round with iteration 0 of epoch 0. */
    @Test
    void aGraphGoesOnCountingOnItsWorkers() {
        ComputationGraph graph = DigitsTraining.graph(Mode.RETRACTION, DigitsTraining.SEED);
        MultiLayerNetwork net = DigitsTraining.network(Mode.RETRACTION);
        JavaRDD<DataSet> data = training.onSpark(spark);
        SparkComputationGraph graphOnSpark =
                SparkTraining.graph(spark, graph, DigitsTraining.master().build());
        SparkDl4jMultiLayer onSpark =
                SparkTraining.multiLayer(spark, net, DigitsTraining.master().build());
        for (int epoch = 0; epoch < 2; epoch++) {
            graphOnSpark.fit(data);
            onSpark.fit(data);
        }

        assertThat(graph.getConfiguration().getIterationCount()).isEqualTo(2 * 28);
        assertThat(graph.getConfiguration().getEpochCount()).isEqualTo(2);
        // The same layers, start, batches and steps.
        assertThat(graph.params().distance2(net.params())).isLessThan(SAME_TRAINING);
    }

    @Test
    void aDistributedPcaIsAStart() {
        MultiLayerNetwork net = DigitsTraining.network(Mode.RETRACTION);
        JavaRDD<DataSet> data = training.onSpark(spark);
        SparkPrincipalComponents.fit(data, DigitsTraining.COMPONENTS).copyTo(net, 0);
        RestoringTrainingMaster master = DigitsTraining.master().build();
        SparkDl4jMultiLayer onSpark = SparkTraining.multiLayer(spark, net, master);
        for (int epoch = 0; epoch < 6; epoch++) {
            onSpark.fit(data);
        }

        assertThat(master.averagings()).allMatch(a -> a.error() <= DigitsTraining.FLOAT_BOUND);
        assertThat(training.accuracy(net)).isGreaterThan(0.85);
    }

    /** What happens on a worker after each minibatch. */
    private static final class Sabotage extends WorkerHook {
        private static final long serialVersionUID = 1L;
        private final double value;

        Sabotage(double value) {
            this.value = value;
        }

        @Override
        public void postUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {
            ((MultiLayerNetwork) model).params().assign(value);
        }
    }

    @Test
    void takesBackAMeanThatIsNotFinite() {
        assertTakenBack(
                Mode.NONE,
                Double.NaN,
                "expected finite values in the mean of the workers' parameters, got NaN"
                        + " or infinity: lower the learning rate, clip the gradient, or look for such values in"
                        + " features and labels");
    }

    @Test
    void takesBackAMeanWithoutANearestOrthonormalMatrix() {
        assertTakenBack(Mode.RETRACTION, 0, "no nearest orthonormal matrix to \"Q\"");
    }

    private static void assertTakenBack(Mode mode, double value, String reason) {
        MultiLayerNetwork net = DigitsTraining.network(mode);
        SparkTraining.multiLayer(spark, net, DigitsTraining.master().build()).fit(training.onSpark(spark));
        INDArray params = net.params().dup();
        INDArray state = net.getUpdater().getStateViewArray().dup();
        int iterations = net.getLayerWiseConfigurations().getIterationCount();
        RestoringTrainingMaster master = DigitsTraining.master()
                // One batch a round: a worker's next step would see the damage before the averaging does.
                .averagingFrequency(1)
                .trainingHooks(new Sabotage(value))
                .build();
        SparkDl4jMultiLayer onSpark = SparkTraining.multiLayer(spark, net, master);

        assertThatExceptionOfType(DL4JException.class)
                .isThrownBy(() -> onSpark.fit(training.onSpark(spark)))
                .withMessageStartingWith("Averaging 1 was taken back: ")
                .withMessageContaining(reason);
        assertThat(net.params()).isEqualTo(params);
        assertThat(net.getUpdater().getStateViewArray()).isEqualTo(state);
        assertThat(net.getLayerWiseConfigurations().getIterationCount()).isEqualTo(iterations);
        assertThat(master.averagings()).isEmpty();
    }

    @Test
    void refusesOtherTrainingMasters() {
        ParameterAveragingTrainingMaster plain = new ParameterAveragingTrainingMaster.Builder(2, 32).build();
        MultiLayerNetwork net = DigitsTraining.network(Mode.RETRACTION);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkTraining.multiLayer(spark, net, plain))
                .withMessage("expected a RestoringTrainingMaster, got a ParameterAveragingTrainingMaster: what other"
                        + " training masters write to the parameters leaves orthonormal components off the manifold,"
                        + " SharedTrainingMaster's quantised steps at every iteration");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkTraining.graph(spark, null, null))
                .withMessageStartingWith("expected a RestoringTrainingMaster, got null: ");
    }

    @Test
    void refusesToTrainOnNothing() {
        MultiLayerNetwork net = DigitsTraining.network(Mode.RETRACTION);
        ComputationGraph graph = DigitsTraining.graph(Mode.RETRACTION, DigitsTraining.SEED);
        JavaRDD<DataSet> none = spark.parallelize(List.<DataSet>of(), 2);
        String message = "expected at least one DataSet, got none: look at what made the RDD, a filter or a join";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkTraining.multiLayer(
                                spark, net, DigitsTraining.master().build())
                        .fit(none))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkTraining.graph(
                                spark, graph, DigitsTraining.master().build())
                        .fit(none))
                .withMessage(message);
        assertThat(net.getEpochCount()).isZero();
    }

    @Test
    void warnsOnceWhereDataSetsHaveAnotherNumberOfRowsThanTheBuilderWasTold() {
        String single = logged(32, 1);

        assertThat(single)
                .containsOnlyOnce("expected DataSets of 32 rows, as the Builder was told, got one of 1:"
                        + " give the Builder"
                        + " the rows of each DataSet in the RDD, and batchSizePerWorker(..), which is 16, the rows of a"
                        + " worker's minibatch; otherwise a worker makes more or fewer than 5 steps before an"
                        + " averaging");
        assertThat(logged(1, 1)).doesNotContain("Builder");
        assertThat(logged(16, 16)).doesNotContain("Builder");
    }

    /** What two passes over 32 rows log, of a network and of a graph, which must be the same. */
    private static String logged(int told, int rows) {
        JavaRDD<DataSet> data = spark.parallelize(training.rows(32).batchBy(rows), 2);
        String net = logged(
                SparkTraining.multiLayer(spark, DigitsTraining.network(Mode.RETRACTION), master(told))::fit, data);
        String graph = logged(
                SparkTraining.graph(spark, DigitsTraining.graph(Mode.RETRACTION, DigitsTraining.SEED), master(told))
                        ::fit,
                data);
        assertThat(graph.contains("Builder")).isEqualTo(net.contains("Builder"));
        return net;
    }

    private static RestoringTrainingMaster master(int told) {
        return new RestoringTrainingMaster.Builder(2, told).build();
    }

    private static String logged(Consumer<JavaRDD<DataSet>> fit, JavaRDD<DataSet> data) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(log, true, StandardCharsets.UTF_8)) {
            System.setErr(capture);
            fit.accept(data);
            fit.accept(data);
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void refusesDataThatAreCachedAlready() {
        JavaRDD<DataSet> cached = training.onSpark(spark).cache();

        assertThatThrownBy(() -> SparkTraining.multiLayer(
                                spark,
                                DigitsTraining.network(Mode.RETRACTION),
                                DigitsTraining.master().build())
                        .fit(cached))
                .hasMessageContaining("Cannot change storage level of an RDD after it was already assigned a level");
        RestoringTrainingMaster master =
                DigitsTraining.master().storageLevel(null).build();
        SparkTraining.multiLayer(spark, DigitsTraining.network(Mode.RETRACTION), master)
                .fit(cached);
        assertThat(master.averagings()).hasSize(DigitsTraining.ROUNDS);
    }

    @Test
    void keepsDl4jsJsonReadable() {
        RestoringTrainingMaster master =
                DigitsTraining.master().averagingFrequency(9).build();

        ParameterAveragingTrainingMaster read = ParameterAveragingTrainingMaster.fromJson(master.toJson());

        assertThat(read.getAveragingFrequency()).isEqualTo(9);
        assertThat(read.isSaveUpdater()).isTrue();
    }
}
