package io.github.qrreduction.spark.examples;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.examples.Digits;
import io.github.qrreduction.spark.Averaging;
import io.github.qrreduction.spark.ComponentsTransformer;
import io.github.qrreduction.spark.RestoringTrainingMaster;
import io.github.qrreduction.spark.SparkPrincipalComponents;
import io.github.qrreduction.spark.SparkTraining;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Handwritten digits on Spark: a distributed PCA as the start, training with parameter averaging that keeps the
 * components orthonormal, and a column of vectors reduced by what was learned. On {@code local[*]}, unless
 * {@code --master} or spark-submit say otherwise.
 *
 * <p>Exit codes: 0; 1 if a job failed; 2 for options that make no sense.
 */
@Command(
        name = "SparkDigits",
        description = "Trains a QRReductionLayer on handwritten digits with Spark.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class SparkDigits implements Callable<Integer> {

    private static final int BATCH = 32;

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = "Spark's master, spark://host:7077 for example (default: spark-submit's, or local[*]).")
    private String master;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "RETRACTION",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Orthonormality mode;

    @Option(
            names = "--components",
            paramLabel = "N",
            defaultValue = "16",
            description = "Numbers that 64 pixels are reduced to, 1 to 64 (default: ${DEFAULT-VALUE}).")
    private int components;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "24",
            description = "Passes over the training digits (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "2",
            description = "Workers that train side by side (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    private SparkDigits() {}

    /** Runs the command; the JVM exits with its code unless that is 0. */
    public static void main(String[] args) {
        int code = commandLine().execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new SparkDigits());
    }

    @Override
    public Integer call() {
        require(
                components >= 1 && components <= Digits.PIXELS,
                "--components: expected between 1 and 64, got " + components);
        require(epochs >= 1, "--epochs: expected at least 1, got " + epochs);
        require(workers >= 1, "--workers: expected at least 1, got " + workers);
        SparkConf conf = new SparkConf().setAppName("SparkDigits");
        if (master != null) {
            conf.setMaster(master);
        }
        conf.setIfMissing("spark.master", "local[*]");
        // Each worker computes in one thread; more would get in each other's way.
        conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            run(spark, spec.commandLine().getOut());
        }
        return CommandLine.ExitCode.OK;
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private void run(JavaSparkContext spark, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s, %d workers, 64 pixels to %d components, %s%n",
                spark.master(),
                workers,
                components,
                mode);
        Digits digits = Digits.load();
        JavaRDD<DataSet> data = spark.parallelize(digits.train().batchBy(BATCH), workers);

        MultiLayerNetwork net = network();
        SparkPrincipalComponents.fit(data, components).copyTo(net, 0);
        out.printf(
                Locale.ROOT,
                "start from a distributed PCA: orthonormality error %.1e%n",
                Components.of(net, 0).orthonormalityError());

        RestoringTrainingMaster averaging = new RestoringTrainingMaster.Builder(workers, BATCH)
                .batchSizePerWorker(BATCH)
                .averagingFrequency(10)
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .build();
        SparkDl4jMultiLayer onSpark = SparkTraining.multiLayer(spark, net, averaging);
        for (int epoch = 0; epoch < epochs; epoch++) {
            onSpark.fit(data);
        }
        for (Averaging a : averaging.averagings()) {
            if (a.number() % 10 == 0) {
                out.printf(
                        Locale.ROOT,
                        "averaging %3d: score %.4f, orthonormality error of the mean %.1e, then %.1e%n",
                        a.number(),
                        a.score(),
                        a.errorOfMean(),
                        a.error());
            }
        }
        out.printf(
                Locale.ROOT,
                "accuracy on the test digits: %.1f %%%n",
                100 * net.evaluate(digits.testBatches(BATCH)).accuracy());

        reduce(spark, digits, Components.of(net, 0), out);
        out.flush();
    }

    private void reduce(JavaSparkContext spark, Digits digits, Components learned, PrintWriter out) {
        SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
        INDArray pixels = digits.test().getFeatures().castTo(DataType.DOUBLE);
        List<Row> rows = Arrays.stream(pixels.toDoubleMatrix())
                .map(Vectors::dense)
                .map(RowFactory::create)
                .toList();
        Dataset<Row> frame = session.createDataFrame(rows, new StructType().add("pixels", SQLDataTypes.VectorType()));
        Dataset<Row> reduced = new ComponentsTransformer(learned)
                .setInputCol("pixels")
                .setOutputCol("reduced")
                .transform(frame);
        out.printf(
                Locale.ROOT,
                "the column \"reduced\" of %d rows: vectors of size %d%n",
                reduced.count(),
                reduced.first().<Vector>getAs("reduced").size());
    }

    private MultiLayerNetwork network() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(42)
                .updater(new Adam(new ExponentialSchedule(ScheduleType.EPOCH, 0.04, 0.88)))
                .list()
                .layer(new QRReductionLayer.Builder()
                        .nIn(Digits.PIXELS)
                        .nOut(components)
                        .orthonormality(mode)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(components)
                        .nOut(Digits.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }
}
