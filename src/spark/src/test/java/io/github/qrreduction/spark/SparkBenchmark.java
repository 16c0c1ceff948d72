package io.github.qrreduction.spark;

import io.github.qrreduction.Components;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.feature.PCA;
import org.apache.spark.ml.feature.PCAModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Prints the times of the distributed PCA with 1 and 2 executors, and of the transformer beside Spark's own PCAModel;
 * on a machine that does nothing else, see docs/spark.md. It runs by name only and asserts nothing:
 *
 * <pre>OMP_NUM_THREADS=1 ./mvnw -P spark test -pl src/spark -am -Dtest=SparkBenchmark -Dspark.memory=-Xmx10g</pre>
 *
 * {@code -Dbenchmark.rows=100000}, a multiple of 20 000, tries it out. It is here, not with the other benchmarks: those
 * do not depend on Spark, and this one needs the tests' cluster.
 */
class SparkBenchmark {
    private static final int PARTITIONS = 20;
    /** Rows that are made at a time. */
    private static final int BATCH = 1000;

    private static final int COLUMNS = 256;
    private static final int COMPONENTS = 32;
    private static final int REPEATS = 3;
    private static final String EXECUTOR_MEMORY = "1g";

    private final int rows = Integer.getInteger("benchmark.rows", 1_000_000);

    @Test
    void printsTimes() throws IOException {
        if (rows < 1 || rows % (BATCH * PARTITIONS) != 0) {
            throw new IllegalArgumentException(
                    "benchmark.rows: expected a multiple of " + BATCH * PARTITIONS + ", got " + rows);
        }
        pca(1);
        pca(2);
        transform();
    }

    // ---- PCA: rows are made by the executors, so that there is more of them than anybody holds ----

    private void pca(int executors) throws IOException {
        try (StandaloneCluster cluster = new StandaloneCluster(executors, EXECUTOR_MEMORY);
                SparkSession session = cluster.session()) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            int batches = rows / BATCH / PARTITIONS;
            JavaRDD<DataSet> data = partitions(spark)
                    .mapPartitionsWithIndex((partition, ignored) -> batches(partition, batches), false);
            double[] medians = medians(
                    () -> seconds(data::count), () -> seconds(() -> SparkPrincipalComponents.fit(data, COMPONENTS)));
            print(
                    "PCA, %d executor(s): %.1f s a million rows, of which making them takes %.1f s%n",
                    executors, medians[1] * 1e6 / rows, medians[0] * 1e6 / rows);
            print(
                    "  most memory an executor has held: %.0f MB (heap %s); the rows alone: %.0f MB%n",
                    cluster.executors().stream()
                                    .mapToLong(StandaloneCluster::peakBytes)
                                    .max()
                                    .orElse(0)
                            / 1e6,
                    EXECUTOR_MEMORY,
                    rows * COLUMNS * 4.0 / 1e6);
        }
    }

    private static JavaRDD<Integer> partitions(JavaSparkContext spark) {
        return spark.parallelize(IntStream.range(0, PARTITIONS).boxed().toList(), PARTITIONS);
    }

    private static Iterator<DataSet> batches(int partition, int count) {
        SplittableRandom random = new SplittableRandom(partition);
        return IntStream.range(0, count)
                .mapToObj(b -> {
                    float[] values = new float[BATCH * COLUMNS];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) value(random, i % COLUMNS);
                    }
                    return new DataSet(Nd4j.createFromArray(values).reshape(BATCH, COLUMNS), null);
                })
                .iterator();
    }

    /** Uniform, each column narrower than the one before. */
    private static double value(SplittableRandom random, int column) {
        return random.nextInt() * 0x1p-31 / (1 + column);
    }

    // ---- transform: one cached DataFrame, theirs and ours in turn ----

    private void transform() {
        try (SparkSession session = LocalSpark.start()) {
            int each = rows / PARTITIONS;
            JavaRDD<Row> made = partitions(JavaSparkContext.fromSparkContext(session.sparkContext()))
                    .mapPartitionsWithIndex((partition, ignored) -> rows(partition, each), false);
            StructType schema = new StructType().add("features", SQLDataTypes.VectorType());
            Dataset<Row> frame = session.createDataFrame(made, schema).persist(StorageLevel.MEMORY_ONLY());
            print("%d rows in memory%n", frame.count());
            PCAModel theirs = new PCA()
                    .setInputCol("features")
                    .setOutputCol("reduced")
                    .setK(COMPONENTS)
                    .fit(frame.limit(BATCH * PARTITIONS));
            Components same = Components.of(
                    Nd4j.create(theirs.pc().transpose().toArray(), new long[] {COMPONENTS, COLUMNS}, 'f'));
            ComponentsTransformer ours =
                    new ComponentsTransformer(same).setInputCol("features").setOutputCol("reduced");
            Dataset<Row> few = frame.limit(BATCH);
            print(
                    "largest difference in %d rows: %.1e%n",
                    BATCH, difference(theirs.transform(few), ours.transform(few)));
            double[] medians = medians(
                    () -> drain(frame), () -> drain(theirs.transform(frame)), () -> drain(ours.transform(frame)));
            print("reading alone         %.2f s%n", medians[0]);
            print("Spark's PCAModel      %.2f s, %.0f rows/s%n", medians[1], rows / medians[1]);
            print("ComponentsTransformer %.2f s, %.0f rows/s%n", medians[2], rows / medians[2]);
            print("throughput, ours over theirs: %.2f%n", medians[1] / medians[2]);
        }
    }

    private static Iterator<Row> rows(int partition, int count) {
        SplittableRandom random = new SplittableRandom(partition);
        return IntStream.range(0, count)
                .mapToObj(r -> RowFactory.create(Vectors.dense(IntStream.range(0, COLUMNS)
                        .mapToDouble(column -> value(random, column))
                        .toArray())))
                .iterator();
    }

    private static double difference(Dataset<Row> theirs, Dataset<Row> ours) {
        List<Row> a = theirs.select("reduced").collectAsList();
        List<Row> b = ours.select("reduced").collectAsList();
        return IntStream.range(0, a.size())
                .mapToDouble(i ->
                        Math.sqrt(Vectors.sqdist(a.get(i).getAs(0), b.get(i).getAs(0))))
                .max()
                .orElse(0);
    }

    /** Computes every row and every column, and keeps none. */
    private static double drain(Dataset<Row> frame) {
        return seconds(() -> frame.write().format("noop").mode("overwrite").save());
    }

    private static double seconds(Runnable body) {
        long start = System.nanoTime();
        body.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Seconds of each, in turn, after one turn that does not count. */
    private static double[] medians(DoubleSupplier... bodies) {
        double[][] times = new double[bodies.length][REPEATS];
        for (int turn = 0; turn <= REPEATS; turn++) {
            for (int body = 0; body < bodies.length; body++) {
                double seconds = bodies[body].getAsDouble();
                if (turn > 0) {
                    times[body][turn - 1] = seconds;
                }
            }
        }
        return Stream.of(times).mapToDouble(new Median()::evaluate).toArray();
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
