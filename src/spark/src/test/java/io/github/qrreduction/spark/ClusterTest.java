package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.spark.DigitsTraining.Mode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** A standalone master and two workers with an executor each: JVMs of their own, one of which is killed at times. */
class ClusterTest {
    private static final int K = 16;
    private static final int PARTITIONS = 8;
    private static final double SAME = 1e-6;

    private static StandaloneCluster cluster;
    private static SparkSession session;
    private static JavaSparkContext spark;
    private static DigitsTraining training;
    private static INDArray digits;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        cluster = new StandaloneCluster(2, "1g");
        session = cluster.session();
        spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        training = new DigitsTraining();
        digits = training.features();
    }

    @AfterAll
    static void stop() {
        if (session != null) {
            session.stop();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void trainsToTheLocalAccuracyOrthonormalAfterEachAveraging(Mode mode) {
        double accuracy = DigitsTraining.mean(seed -> train(mode, seed, DigitsTraining.master()));

        assertThat(accuracy).isGreaterThanOrEqualTo(training.localAccuracy(mode) - DigitsTraining.ONE_POINT);
    }

    private static double train(Mode mode, long seed, RestoringTrainingMaster.Builder options) {
        MultiLayerNetwork net = DigitsTraining.network(mode, seed);
        RestoringTrainingMaster master = options.build();
        SparkDl4jMultiLayer onSpark = SparkTraining.multiLayer(spark, net, master);
        JavaRDD<DataSet> data = training.onSpark(spark);
        for (int epoch = 0; epoch < DigitsTraining.EPOCHS; epoch++) {
            onSpark.fit(data);
        }

        assertThat(master.averagings()).hasSize(DigitsTraining.ROUNDS * DigitsTraining.EPOCHS);
        if (mode.isOrthonormal()) {
            assertThat(master.averagings()).allMatch(a -> a.error() <= DigitsTraining.FLOAT_BOUND);
        }
        return training.accuracy(net);
    }

    @Test
    void principalComponentsAreTheLocalOnesThoughAnExecutorIsKilled() throws Exception {
        List<Vector> vectors = SparkPrincipalComponentsTest.vectors(digits);
        PrincipalComponents local = PrincipalComponents.fit(digits, K);
        PrincipalComponents undisturbed =
                SparkPrincipalComponents.fitVectors(spark.parallelize(vectors, PARTITIONS), K);
        SparkPrincipalComponentsTest.assertSame(undisturbed, local);

        Casualty casualty = new Casualty(folder);
        JavaRDD<Vector> dangerous = spark.parallelize(vectors, PARTITIONS)
                .mapPartitionsWithIndex(
                        (partition, rows) -> {
                            if (partition == PARTITIONS / 2) {
                                casualty.here();
                            }
                            return rows;
                        },
                        true);
        CompletableFuture<ProcessHandle> killed = casualty.killer(cluster);
        PrincipalComponents survived = SparkPrincipalComponents.fitVectors(dangerous, K);

        assertKilled(killed);
        // The order of sums does not depend on who has taken them.
        assertThat(survived.components().matrix())
                .isEqualTo(undisturbed.components().matrix());
        assertThat(survived.explainedVariance()).isEqualTo(undisturbed.explainedVariance());
    }

    private static void assertKilled(CompletableFuture<ProcessHandle> killed) throws Exception {
        assertThat(killed.get(1, TimeUnit.SECONDS).isAlive()).isFalse();
    }

    @Test
    void transformsTheSameThoughAnExecutorIsKilled() throws Exception {
        Components components = PrincipalComponents.fit(digits, K).components();
        double[][] expected =
                components.transform(digits.castTo(DataType.DOUBLE)).toDoubleMatrix();
        List<Vector> vectors = SparkPrincipalComponentsTest.vectors(digits);
        JavaRDD<Integer> ids = spark.parallelize(
                java.util.stream.IntStream.range(0, vectors.size()).boxed().toList(), PARTITIONS);
        Casualty casualty = new Casualty(folder);
        JavaRDD<Row> rows = ids.map(id -> {
            if (id == vectors.size() / 2) {
                casualty.here();
            }
            return RowFactory.create(id, vectors.get(id));
        });
        Dataset<Row> data = session.createDataFrame(
                rows, new StructType().add("id", DataTypes.IntegerType).add("features", SQLDataTypes.VectorType()));

        CompletableFuture<ProcessHandle> killed = casualty.killer(cluster);
        List<Row> reduced = new ComponentsTransformer(components)
                .setInputCol("features")
                .setOutputCol("reduced")
                .transform(data)
                .collectAsList();

        assertKilled(killed);
        assertThat(reduced).hasSize(vectors.size());
        for (Row row : reduced) {
            assertThat(row.<Vector>getAs("reduced").toArray()).containsExactly(expected[row.getInt(0)], within(SAME));
        }
    }

    /** Gives a worker up in the middle of a round. */
    private static final class KillingHook extends WorkerHook {
        private static final long serialVersionUID = 1L;
        private static final int ITERATION = 104;
        private final Casualty casualty;

        KillingHook(Casualty casualty) {
            this.casualty = casualty;
        }

        @Override
        public void preUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {
            if (((MultiLayerNetwork) model).getLayerWiseConfigurations().getIterationCount() == ITERATION) {
                casualty.here();
            }
        }
    }

    @Test
    void trainingGoesOnThoughAnExecutorIsKilled() throws Exception {
        Casualty casualty = new Casualty(folder);
        CompletableFuture<ProcessHandle> killed = casualty.killer(cluster);
        // One executor is killed, in the training from the first seed.
        double accuracy = DigitsTraining.mean(seed -> train(
                Mode.RETRACTION,
                seed,
                seed == DigitsTraining.SEED
                        ? DigitsTraining.master().trainingHooks(new KillingHook(casualty))
                        : DigitsTraining.master()));

        assertKilled(killed);
        assertThat(accuracy).isGreaterThanOrEqualTo(training.localAccuracy(Mode.RETRACTION) - DigitsTraining.ONE_POINT);
    }
}
