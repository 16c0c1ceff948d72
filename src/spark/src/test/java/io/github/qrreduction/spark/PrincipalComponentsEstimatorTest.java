package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.examples.Digits;
import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.feature.PCA;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class PrincipalComponentsEstimatorTest {
    /** Float64 sums in another order, against values of order 1. */
    private static final double REORDERED = 1e-10;

    private static final StructType SCHEMA = new StructType().add("features", SQLDataTypes.VectorType());
    private static final int K = 10;

    private static SparkSession spark;
    private static INDArray digits;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        spark = LocalSpark.start();
        digits = Digits.load().train().getFeatures().castTo(DataType.DOUBLE);
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static Dataset<Row> frame(List<Vector> vectors) {
        return spark.createDataFrame(vectors.stream().map(RowFactory::create).toList(), SCHEMA)
                .repartition(3);
    }

    private static PrincipalComponentsEstimator estimator() {
        return new PrincipalComponentsEstimator().setInputCol("features").setOutputCol("reduced");
    }

    private static void assertReducesAs(PrincipalComponents expected, Dataset<Row> reduced) {
        for (Row row : reduced.takeAsList(100)) {
            INDArray x = org.nd4j.linalg.factory.Nd4j.createFromArray(
                    row.<Vector>getAs("features").toArray());
            assertThat(row.<Vector>getAs("reduced").toArray())
                    .containsExactly(expected.transform(x).toDoubleVector(), within(REORDERED));
        }
    }

    @Test
    void givesAStageThatReducesAsPrincipalComponentsDo() {
        Dataset<Row> data = frame(SparkPrincipalComponentsTest.vectors(digits));

        assertReducesAs(
                PrincipalComponents.fit(digits, K),
                estimator().setK(K).fit(data).transform(data));
        assertReducesAs(
                PrincipalComponents.fitForVariance(digits, 0.8),
                estimator().setShareOfVariance(0.8).fit(data).transform(data));
    }

    /** Its signs are those of an SVD; and it takes no mean off. */
    @Test
    void isSparksOwnPcaWithoutCenterButForSigns() {
        Dataset<Row> data = frame(SparkPrincipalComponentsTest.vectors(digits));
        Dataset<Row> both = estimator()
                .setK(K)
                .setCenter(false)
                .fit(data)
                .transform(new PCA()
                        .setInputCol("features")
                        .setOutputCol("theirs")
                        .setK(K)
                        .fit(data)
                        .transform(data));

        for (Row row : both.takeAsList(20)) {
            double[] ours = row.<Vector>getAs("reduced").toArray();
            double[] theirs = row.<Vector>getAs("theirs").toArray();
            for (int i = 0; i < K; i++) {
                assertThat(Math.abs(ours[i])).isCloseTo(Math.abs(theirs[i]), within(1e-8));
            }
        }
    }

    @Test
    void leavesBadVectorsOutOfTheFitAsAsked() {
        List<Vector> vectors = new ArrayList<>(SparkPrincipalComponentsTest.vectors(digits));
        vectors.add(0, null);
        vectors.add(100, Vectors.zeros(3));
        vectors.add(200, Vectors.sparse(64, new int[] {1}, new double[] {Double.NaN}));
        Dataset<Row> data = frame(vectors);
        PrincipalComponents expected = PrincipalComponents.fit(digits, K);
        PrincipalComponentsEstimator estimator = estimator().setK(K);

        ComponentsTransformer skip = estimator
                .copy(org.apache.spark.ml.param.ParamMap.empty())
                .setHandleInvalid("skip")
                .fit(knownSize(data));
        ComponentsTransformer keep = estimator
                .copy(org.apache.spark.ml.param.ParamMap.empty())
                .setHandleInvalid("keep")
                .fit(knownSize(data));

        assertThat(skip.getHandleInvalid()).isEqualTo("skip");
        assertThat(skip.transform(data).count()).isEqualTo(digits.rows());
        assertThat(keep.transform(data).count()).isEqualTo(digits.rows() + 3);
        assertThat(skip.components()
                        .matrix()
                        .sub(expected.components().matrix())
                        .amaxNumber()
                        .doubleValue())
                .isLessThan(REORDERED);
        assertThat(keep.components().matrix()).isEqualTo(skip.components().matrix());
        assertThatThrownBy(() -> estimator.fit(knownSize(data)))
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("column \"features\", partition \\d+, row \\d+: expected .*, got .*"
                        + "; setHandleInvalid\\(\"skip\"\\) leaves such rows out");
    }

    private static Dataset<Row> knownSize(Dataset<Row> data) {
        return data.withColumn(
                "features",
                data.col("features"),
                new AttributeGroup("features", 64).toStructField().metadata());
    }

    @Test
    void refusesToLookForASizeWhereEveryVectorIsNull() {
        List<Vector> nulls = new ArrayList<>();
        nulls.add(null);

        PrincipalComponentsEstimator one = estimator().setK(1).setHandleInvalid("skip");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.fit(frame(nulls)))
                .withMessage(one.uid()
                        + ": column \"features\": expected at least 2 samples, since variances divide by n - 1, got 0");
    }

    @Test
    void namesItsColumnWhereTheDataAreNotWhatItExpects() {
        PrincipalComponentsEstimator wide = estimator().setK(65);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wide.fit(frame(SparkPrincipalComponentsTest.vectors(digits))))
                .withMessage(wide.uid() + ": column \"features\": expected k of at most nIn = 64, got 65");

        List<Vector> vectors = List.of(Vectors.dense(1, 2), Vectors.dense(3, Double.NaN));
        assertThatThrownBy(() -> estimator().setK(1).fit(frame(vectors).coalesce(1)))
                .rootCause()
                .hasMessageMatching("column \"features\", partition 0, row [01]: expected finite values, got NaN in"
                        + " entry 1; setHandleInvalid\\(\"skip\"\\) leaves such rows out");
        Dataset<Row> sizes = spark.createDataFrame(
                JavaSparkContext.fromSparkContext(spark.sparkContext())
                        .parallelize(List.of(Vectors.zeros(3), Vectors.zeros(4)), 2)
                        .map(RowFactory::create),
                SCHEMA);
        assertThatThrownBy(() -> estimator().setK(1).fit(sizes))
                .rootCause()
                .hasMessage("column \"features\", expected nIn = 3, as in another part of the data, got nIn = 4");
    }

    @Test
    void sharesOfVarianceAreInTheStageAndStayThere() throws IOException {
        double[] expected = PrincipalComponents.fit(digits, K).explainedVarianceRatio();
        Dataset<Row> data = frame(SparkPrincipalComponentsTest.vectors(digits));
        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {estimator().setK(K).setCenter(false)})
                .fit(data);
        model.save(folder.resolve("model").toString());
        PipelineModel loaded = PipelineModel.load(folder.resolve("model").toString());
        Path file = folder.resolve("r.safetensors");
        ((ComponentsTransformer) loaded.stages()[0]).components().save(file);

        assertThat(shares(
                        ((ComponentsTransformer) model.stages()[0]).components().metadata()))
                .containsExactly(expected, within(REORDERED));
        assertThat(shares(Reduction.load(file).metadata())).containsExactly(expected, within(REORDERED));
    }

    private static double[] shares(Map<String, String> metadata) {
        return Arrays.stream(metadata.get("explainedVarianceRatio").split(", ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Test
    void worksInAPipelineAndAfterSaveAndLoad() throws IOException {
        Dataset<Row> data = frame(SparkPrincipalComponentsTest.vectors(digits));
        Pipeline pipeline = new Pipeline()
                .setStages(new PipelineStage[] {estimator().setK(K).setCenter(false)});
        pipeline.save(folder.resolve("pipeline").toString());

        PipelineModel model =
                Pipeline.load(folder.resolve("pipeline").toString()).fit(data);
        model.save(folder.resolve("model").toString());

        assertThat(PipelineModel.load(folder.resolve("model").toString())
                        .transform(data)
                        .collectAsList())
                .isEqualTo(model.transform(data).collectAsList());
        PrincipalComponentsEstimator saved = estimator().setShareOfVariance(0.5).setHandleInvalid("skip");
        saved.save(folder.resolve("estimator").toString());
        PrincipalComponentsEstimator loaded =
                PrincipalComponentsEstimator.load(folder.resolve("estimator").toString());
        assertThat(loaded.extractParamMap().toString())
                .isEqualTo(saved.extractParamMap().toString());
    }

    @Test
    void checksItsParametersAndTheSchema() {
        PrincipalComponentsEstimator none = estimator();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> none.transformSchema(SCHEMA))
                .withMessage(none.uid() + ": expected one of k and shareOfVariance to be set, got none");
        none.setK(3).setShareOfVariance(0.5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> none.transformSchema(SCHEMA))
                .withMessage(none.uid() + ": expected one of k and shareOfVariance to be set, got both");

        PrincipalComponentsEstimator wide = estimator().setK(65);
        StructType known = new StructType().add(new AttributeGroup("features", 64).toStructField());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wide.transformSchema(known))
                .withMessage(wide.uid() + ": expected k of at most 64, the size of the vectors in column"
                        + " \"features\", got 65");
        assertThatIllegalArgumentException().isThrownBy(() -> estimator().setK(0));
        assertThatIllegalArgumentException().isThrownBy(() -> estimator().setShareOfVariance(0));
        assertThat(AttributeGroup.fromStructField(
                                estimator().setK(5).transformSchema(known).apply("reduced"))
                        .size())
                .isEqualTo(5);
    }
}
