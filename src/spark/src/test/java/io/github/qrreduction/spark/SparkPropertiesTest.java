package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Batches;
import io.github.qrreduction.testutil.Cases;
import io.github.qrreduction.testutil.Close;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What Spark's part does is what the same calls do without Spark, over all that may vary. */
class SparkPropertiesTest {

    private static final int CASES = 40;
    /** Each saves a folder, or trains. */
    private static final int SLOW_CASES = 20;

    /** Float64 sums in another order, over gaps of random eigenvalues. */
    private static final double REORDERED = 1e-8;

    private static final StructType SCHEMA =
            new StructType().add("id", DataTypes.IntegerType).add("features", SQLDataTypes.VectorType());

    private static SparkSession session;
    private static JavaSparkContext spark;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        session = LocalSpark.start();
        spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    @Test
    void stagesReduceGoodVectorsAsComponentsDoAndBadOnesAsAsked() {
        Cases.check("transformer", CASES, draw -> {
            int nIn = draw.size(1, 9);
            int nOut = draw.size(1, nIn);
            Components components = components(draw, nIn, nOut);
            List<Vector> vectors = vectors(draw, draw.normal(DataType.DOUBLE, draw.size(1, 40), nIn));
            int good = vectors.size();
            for (int bad = draw.size(0, 3); bad > 0; bad--) {
                vectors.add(draw.size(0, vectors.size()), bad(draw, nIn));
            }
            String invalid = draw.of("error", "skip", "keep");
            Dataset<Row> reduced = new ComponentsTransformer(components)
                    .setInputCol("features")
                    .setOutputCol("reduced")
                    .setHandleInvalid(invalid)
                    .transform(frame(draw, vectors));

            if (invalid.equals("error") && vectors.size() > good) {
                assertThatThrownBy(reduced::collectAsList).hasMessageContaining("column \"features\"");
                return;
            }
            List<Row> rows = reduced.orderBy("id").collectAsList();
            assertThat(rows).hasSize(invalid.equals("skip") ? good : vectors.size());
            for (Row row : rows) {
                Vector x = row.getAs("features");
                assertThat(String.valueOf(x)).isEqualTo(String.valueOf(vectors.get(row.getInt(0))));
                assertThat(row.<Vector>getAs("reduced").toArray())
                        .containsExactly(expected(components, x), within(REORDERED));
            }
        });
    }

    private static double[] expected(Components components, Vector x) {
        if (x == null
                || x.size() != components.nIn()
                || Arrays.stream(x.toArray()).anyMatch(v -> !Double.isFinite(v))) {
            double[] nan = new double[(int) components.nOut()];
            Arrays.fill(nan, Double.NaN);
            return nan;
        }
        return components.transform(Nd4j.createFromArray(x.toArray())).toDoubleVector();
    }

    @Test
    void stagesAreTheSameAfterSaveAndLoad() {
        Cases.check("saved stages", SLOW_CASES, draw -> {
            int nIn = draw.size(1, 9);
            Components components = components(draw, nIn, draw.size(1, nIn));
            String path = folder.resolve("stage " + draw.size(0, 9)).toString();
            new ComponentsTransformer(components)
                    .setOutputCol("z")
                    .write()
                    .overwrite()
                    .save(path);
            ComponentsTransformer loaded = ComponentsTransformer.load(path);

            assertThat(loaded.getOutputCol()).isEqualTo("z");
            assertThat(loaded.components()).isEqualTo(components);

            int k = draw.size(1, 9);
            boolean center = draw.coin();
            new PrincipalComponentsEstimator()
                    .setK(k)
                    .setCenter(center)
                    .write()
                    .overwrite()
                    .save(path);
            PrincipalComponentsEstimator estimator = PrincipalComponentsEstimator.load(path);

            assertThat(estimator.getOrDefault(estimator.k())).isEqualTo(k);
            assertThat(estimator.getOrDefault(estimator.center())).isEqualTo(center);
        });
    }

    @Test
    void estimatorsFindTheLocalPrincipalComponents() {
        Cases.check("estimator", CASES, draw -> {
            int nIn = draw.size(1, 9);
            INDArray x = draw.normal(DataType.DOUBLE, nIn + draw.size(2, 30), nIn);
            PrincipalComponentsEstimator estimator =
                    new PrincipalComponentsEstimator().setInputCol("features").setOutputCol("reduced");
            boolean center = draw.coin();
            int k = draw.size(1, nIn);
            double share = 1.0 / draw.size(1, 9);
            boolean byNumber = draw.coin();
            if (byNumber) {
                estimator.setK(k);
            } else {
                estimator.setShareOfVariance(share);
            }
            PrincipalComponents local =
                    byNumber ? PrincipalComponents.fit(x, k) : PrincipalComponents.fitForVariance(x, share);
            Dataset<Row> data = frame(draw, vectors(draw, x));

            ComponentsTransformer stage = estimator.setCenter(center).fit(data);

            INDArray expected = center
                    ? local.transform(x)
                    : local.components().withMean(null).transform(x);
            List<Row> rows = stage.transform(data).orderBy("id").collectAsList();
            assertThat(rows).hasSize(x.rows());
            for (int i = 0; i < x.rows(); i++) {
                assertThat(rows.get(i).<Vector>getAs("reduced").toArray())
                        .containsExactly(expected.getRow(i).toDoubleVector(), within(REORDERED));
            }
        });
    }

    @Test
    void batchesOfAnyKindGiveTheLocalPrincipalComponents() {
        Cases.check("distributed PCA", CASES, draw -> {
            int nIn = draw.size(1, 9);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT);
            boolean sequences = draw.coin();
            List<DataSet> ncw = new ArrayList<>();
            List<DataSet> nwc = new ArrayList<>();
            ncw.add(new DataSet(draw.normal(type, nIn + 2L, nIn), null));
            nwc.add(ncw.get(0));
            for (int i = draw.size(0, 6); i > 0; i--) {
                long n = draw.size(1, 6);
                INDArray x =
                        sequences ? draw.normal(type, n, nIn, draw.size(1, 5)).dup() : draw.normal(type, n, nIn);
                ncw.add(new DataSet(x, null));
                // Permuted and not copied, ND4J would send other values: see docs/spark.md.
                nwc.add(new DataSet(sequences ? x.permute(0, 2, 1).dup() : x, null));
            }
            int k = draw.size(1, nIn);
            PrincipalComponents local = PrincipalComponents.fit(new Batches(ncw), k);

            RNNFormat format = draw.of(RNNFormat.NCW, RNNFormat.NWC);
            JavaRDD<DataSet> data =
                    spark.parallelize(format == RNNFormat.NCW ? ncw : nwc, draw.size(1, ncw.size() + 2));
            PrincipalComponents fitted = SparkPrincipalComponents.fit(data, format, k);

            assertThat(fitted.nSamples()).isEqualTo(local.nSamples());
            Close.assertRelativelyClose(
                    "matrix", fitted.components().matrix(), local.components().matrix(), REORDERED);
            Close.assertRelativelyClose("mean", fitted.mean(), local.mean(), REORDERED);
            assertThat(fitted.explainedVariance()).containsExactly(local.explainedVariance(), within(REORDERED));
        });
    }

    /** One round of averaging: the mean of what each part of the data, alone, would have led to, restored. */
    @Test
    void trainingIsTheRestoredMeanOfLocalTrainings() {
        Cases.check("training", SLOW_CASES, draw -> {
            int nIn = draw.size(2, 9);
            int nOut = draw.size(1, nIn - 1);
            MultiLayerNetwork net = network(new QRReductionLayer.Builder()
                    .nIn(nIn)
                    .nOut(nOut)
                    .orthonormality(draw.of(Orthonormality.values()))
                    .hasBias(draw.coin())
                    .build());
            int workers = draw.size(1, 3);
            int batch = draw.size(1, 5);
            int batches = draw.size(1, 4);
            List<DataSet> data = new ArrayList<>();
            INDArray mean = Nd4j.zeros(DataType.DOUBLE, net.params().shape());
            for (int w = 0; w < workers; w++) {
                MultiLayerNetwork alone = net.clone();
                for (int b = 0; b < batches; b++) {
                    data.add(new DataSet(
                            draw.normal(DataType.DOUBLE, batch, nIn), draw.normal(DataType.DOUBLE, batch, nOut)));
                    alone.fit(data.get(data.size() - 1));
                }
                mean.addi(alone.params().div(workers));
            }
            MultiLayerNetwork expected = net.clone();
            expected.setParams(mean);
            QRReductionLayer.restore(expected);
            RestoringTrainingMaster master = new RestoringTrainingMaster.Builder(workers, batch)
                    .batchSizePerWorker(batch)
                    .averagingFrequency(batches)
                    .rddTrainingApproach(RDDTrainingApproach.Direct)
                    .repartionData(Repartition.Never)
                    .build();
            JavaRDD<DataSet> onSpark = spark.parallelize(data, workers);
            ComputationGraph graph = net.toComputationGraph();
            if (draw.coin()) {
                SparkTraining.multiLayer(spark, net, master).fit(onSpark);
            } else {
                SparkTraining.graph(spark, graph, master).fit(onSpark);
                net.setParams(graph.params());
            }

            Close.assertRelativelyClose("parameters", net.params(), expected.params(), REORDERED);
            assertThat(master.averagings()).hasSize(1);
        });
    }

    private static Components components(Cases draw, int nIn, int nOut) {
        DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16);
        return Components.of(draw.normal(type, nOut, nIn), draw.coin() ? draw.normal(type, nOut) : null);
    }

    private static MultiLayerNetwork network(QRReductionLayer reduction) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(0.01))
                .list()
                .layer(reduction)
                .layer(new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        net.init();
        return net;
    }

    private static List<Vector> vectors(Cases draw, INDArray x) {
        List<Vector> vectors = new ArrayList<>();
        for (double[] row : x.toDoubleMatrix()) {
            Vector dense = Vectors.dense(row);
            vectors.add(draw.coin() ? dense : dense.toSparse());
        }
        return vectors;
    }

    private static Vector bad(Cases draw, int nIn) {
        return switch (draw.size(0, 3)) {
            case 0 -> null;
            case 1 -> Vectors.zeros(nIn + 1);
            case 2 -> Vectors.sparse(nIn, new int[] {nIn - 1}, new double[] {Double.NaN});
            default -> Vectors.sparse(nIn, new int[] {0}, new double[] {Double.NEGATIVE_INFINITY});
        };
    }

    private static Dataset<Row> frame(Cases draw, List<Vector> vectors) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            rows.add(RowFactory.create(i, vectors.get(i)));
        }
        return session.createDataFrame(rows, SCHEMA).repartition(draw.size(1, 4));
    }
}
