package io.github.qrreduction.spark;

import io.github.qrreduction.Components;
import io.github.qrreduction.SampleMoments;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.feature.PCA;
import org.apache.spark.ml.feature.PCAModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times the distributed PCA with 1 and 2 executors, and the transformer beside Spark's own PCAModel; on a machine that
 * does nothing else. See docs/spark.md.
 */
@Command(
        name = "SparkBenchmark",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "Times PCA and reduction on Spark.%n")
public final class SparkBenchmark implements Runnable {
    /** Rows that are made at a time. */
    private static final int BATCH = 1000;

    @Option(
            names = "--rows",
            defaultValue = "1000000",
            paramLabel = "N",
            description = "Rows, a multiple of 1000 times the partitions (default: ${DEFAULT-VALUE}).")
    private long rows;

    @Option(
            names = "--partitions",
            defaultValue = "20",
            paramLabel = "N",
            description = "Partitions (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--columns",
            defaultValue = "256",
            paramLabel = "N",
            description = "Columns (default: ${DEFAULT-VALUE}).")
    private int columns;

    @Option(
            names = "--components",
            defaultValue = "32",
            paramLabel = "N",
            description = "Components (default: ${DEFAULT-VALUE}).")
    private int components;

    @Option(
            names = "--repeats",
            defaultValue = "3",
            paramLabel = "N",
            description = "Runs of each, after one that is not counted (default: ${DEFAULT-VALUE}).")
    private int repeats;

    @Option(
            names = "--executors",
            defaultValue = "1,2",
            split = ",",
            paramLabel = "N",
            description = "Executors of the PCA, one core each (default: ${DEFAULT-VALUE}).")
    private List<Integer> executors;

    @Option(
            names = "--executor-memory",
            defaultValue = "1g",
            paramLabel = "SIZE",
            description = "Heap of an executor (default: ${DEFAULT-VALUE}).")
    private String executorMemory;

    @Option(
            names = "--only",
            paramLabel = "WHAT",
            description = "pca, transform, or moments: a PCA without its decomposition.")
    private String only;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    private SparkBenchmark() {}

    /** Runs the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new SparkBenchmark()).execute(args));
    }

    @Override
    public void run() {
        out.printf(
                Locale.ROOT,
                "%d x %d in %d partitions to %d components; Java %s, %d processors%n",
                rows,
                columns,
                partitions,
                components,
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors());
        if (rows % (BATCH * (long) partitions) != 0) {
            throw new IllegalArgumentException(
                    "expected --rows to be a multiple of " + BATCH * (long) partitions + ", got " + rows);
        }
        if (!"transform".equals(only)) {
            for (int n : executors) {
                pca(n);
            }
        }
        if (only == null || "transform".equals(only)) {
            transform();
        }
        out.printf(
                Locale.ROOT,
                "load average %.1f%n",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    // ---- PCA: rows are made by the executors, so that there is more of them than anybody holds ----

    private void pca(int n) {
        try (StandaloneCluster cluster = new StandaloneCluster(n, executorMemory);
                SparkSession session = cluster.session()) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            JavaRDD<DataSet> data = made(spark);
            boolean whole = !"moments".equals(only);
            List<Double> fits = new ArrayList<>();
            List<Double> makings = new ArrayList<>();
            for (int i = 0; i <= repeats; i++) {
                double making = seconds(() -> data.count());
                double fit = seconds(() -> {
                    SampleMoments moments = SparkPrincipalComponents.moments(data, RNNFormat.NCW);
                    if (whole) {
                        moments.principalComponents(components);
                    }
                });
                if (i > 0 || repeats == 0) {
                    makings.add(making);
                    fits.add(fit);
                }
            }
            out.printf(
                    Locale.ROOT,
                    "%s, %d executor(s): %.1f s a million rows, of which making them takes %.1f s%n",
                    whole ? "PCA" : "moments",
                    n,
                    perMillion(fits),
                    perMillion(makings));
            out.printf(
                    Locale.ROOT,
                    "  most memory an executor has held: %.0f MB (heap %s); the rows alone: %.0f MB%n",
                    cluster.executors().stream()
                                    .mapToLong(StandaloneCluster::peakBytes)
                                    .max()
                                    .orElse(0)
                            / 1e6,
                    executorMemory,
                    rows * columns * 4 / 1e6);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double perMillion(List<Double> seconds) {
        return median(seconds) * 1e6 / rows;
    }

    private JavaRDD<DataSet> made(JavaSparkContext spark) {
        int width = columns;
        int batches = (int) (rows / BATCH / partitions);
        return spark.parallelize(IntStream.range(0, partitions).boxed().toList(), partitions)
                .mapPartitionsWithIndex((partition, ignored) -> made(partition, batches, width), false);
    }

    private static Iterator<DataSet> made(int partition, int batches, int width) {
        SplittableRandom random = new SplittableRandom(partition);
        return IntStream.range(0, batches)
                .mapToObj(b -> {
                    float[] values = new float[BATCH * width];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = value(random, i % width);
                    }
                    INDArray features = Nd4j.createFromArray(values).reshape(BATCH, width);
                    return new DataSet(features, null);
                })
                .iterator();
    }

    /** Uniform, each column narrower than the one before. */
    private static float value(SplittableRandom random, int column) {
        return (float) ((random.nextInt() * 0x1p-31) / (1 + column));
    }

    // ---- transform: one cached DataFrame, theirs and ours in turn ----

    private void transform() {
        try (SparkSession session = LocalSpark.start()) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            int width = columns;
            int each = (int) (rows / partitions);
            JavaRDD<Row> made = spark.parallelize(
                            IntStream.range(0, partitions).boxed().toList(), partitions)
                    .mapPartitionsWithIndex(
                            (partition, ignored) -> {
                                SplittableRandom random = new SplittableRandom(partition);
                                return IntStream.range(0, each)
                                        .mapToObj(r -> {
                                            double[] values = new double[width];
                                            for (int i = 0; i < width; i++) {
                                                values[i] = value(random, i);
                                            }
                                            return RowFactory.create(Vectors.dense(values));
                                        })
                                        .iterator();
                            },
                            false);
            Dataset<Row> frame = session.createDataFrame(
                            made, new StructType().add("features", SQLDataTypes.VectorType()))
                    .persist(StorageLevel.MEMORY_ONLY());
            out.printf(Locale.ROOT, "%d rows in memory%n", frame.count());

            PCAModel theirs = new PCA()
                    .setInputCol("features")
                    .setOutputCol("reduced")
                    .setK(components)
                    .fit(frame.limit(20_000));
            Components same =
                    Components.of(Nd4j.create(theirs.pc().transpose().toArray(), new long[] {components, width}, 'f'));
            ComponentsTransformer ours =
                    new ComponentsTransformer(same).setInputCol("features").setOutputCol("reduced");
            out.printf(
                    Locale.ROOT,
                    "largest difference in 1000 rows: %.1e%n",
                    difference(theirs.transform(frame.limit(1000)), ours.transform(frame.limit(1000))));
            List<Double> scanTimes = new ArrayList<>();
            List<Double> theirTimes = new ArrayList<>();
            List<Double> ourTimes = new ArrayList<>();
            for (int i = 0; i <= repeats; i++) {
                double scan = seconds(() -> drain(frame));
                double their = seconds(() -> drain(theirs.transform(frame)));
                double our = seconds(() -> drain(ours.transform(frame)));
                if (i > 0) {
                    scanTimes.add(scan);
                    theirTimes.add(their);
                    ourTimes.add(our);
                }
            }
            out.printf(Locale.ROOT, "reading alone         %.2f s%n", median(scanTimes));
            out.printf(
                    Locale.ROOT,
                    "Spark's PCAModel      %.2f s, %.0f rows/s%n",
                    median(theirTimes),
                    rows / median(theirTimes));
            out.printf(
                    Locale.ROOT,
                    "ComponentsTransformer %.2f s, %.0f rows/s%n",
                    median(ourTimes),
                    rows / median(ourTimes));
            out.printf(Locale.ROOT, "throughput, ours over theirs: %.2f%n", median(theirTimes) / median(ourTimes));
        }
    }

    private static double difference(Dataset<Row> theirs, Dataset<Row> ours) {
        List<Row> a = theirs.select("reduced").collectAsList();
        List<Row> b = ours.select("reduced").collectAsList();
        double largest = 0;
        for (int i = 0; i < a.size(); i++) {
            largest = Math.max(
                    largest,
                    Math.sqrt(Vectors.sqdist(a.get(i).<Vector>getAs(0), b.get(i).getAs(0))));
        }
        return largest;
    }

    /** Computes every row and every column, and keeps none. */
    private static void drain(Dataset<Row> frame) {
        frame.write().format("noop").mode("overwrite").save();
    }

    private static double seconds(Runnable body) {
        long start = System.nanoTime();
        body.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
