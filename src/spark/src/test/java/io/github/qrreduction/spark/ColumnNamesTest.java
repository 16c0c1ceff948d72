package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.Components;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

/** Column names go to Spark quoted, never parsed, and are compared as the session compares them. */
class ColumnNamesTest {
    private static final String CASE_SENSITIVE = "spark.sql.caseSensitive";

    private static SparkSession session;

    @BeforeAll
    static void start() {
        session = LocalSpark.start();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    @AfterEach
    void asSparkHasIt() {
        session.conf().set(CASE_SENSITIVE, false);
    }

    /** Rows of a number and a vector, and a column beside them. */
    private static Dataset<Row> frame(String vectors, String beside) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rows.add(RowFactory.create(i, Vectors.dense(i % 3, i % 5, i % 7)));
        }
        rows.add(RowFactory.create(20, null));
        return session.createDataFrame(
                rows,
                new StructType()
                        .add(beside, DataTypes.IntegerType)
                        .add(new StructField(
                                vectors,
                                SQLDataTypes.VectorType(),
                                true,
                                new AttributeGroup(vectors, 3).toMetadata())));
    }

    private static PrincipalComponentsEstimator estimator(String in, String out) {
        return new PrincipalComponentsEstimator()
                .setInputCol(in)
                .setOutputCol(out)
                .setK(2)
                .setHandleInvalid("skip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pca.features", "a`b", "two words", "x.y.z", "`quoted`", "größe", "a,b;c", "sum(x)"})
    void anyNameWillDo(String name) {
        Dataset<Row> data = frame(name, "beside." + name);
        String out = "reduced " + name;

        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {estimator(name, out)})
                .fit(data);
        Dataset<Row> reduced = model.transform(data);

        assertThat(reduced.columns()).containsExactly("beside." + name, name, out);
        assertThat(reduced.count()).isEqualTo(20);
        Row first = reduced.first();
        assertThat(first.<Vector>getAs(out).size()).isEqualTo(2);
        assertThat(AttributeGroup.fromStructField(reduced.schema().apply(out)).size())
                .isEqualTo(2);
        assertThat(AttributeGroup.fromStructField(reduced.schema().apply(name)).size())
                .isEqualTo(3);
    }

    @Test
    void theInputIsFoundInAnotherCaseWhereTheSessionDoesNotCare() {
        Dataset<Row> data = frame("features", "id");

        Dataset<Row> reduced = estimator("Features", "reduced").fit(data).transform(data);

        assertThat(reduced.columns()).containsExactly("id", "features", "reduced");
        session.conf().set(CASE_SENSITIVE, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> estimator("Features", "reduced").fit(data))
                .withMessageEndingWith(": expected column \"Features\", got [id, features]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FEATURES", "ID", "iD"})
    void anOutputThatDiffersByCaseOnlyIsRefusedAtOnceWhereTheSessionDoesNotCare(String out) {
        Dataset<Row> data = frame("features", "id");
        String existing = out.equals("FEATURES") ? "features" : "id";
        ComponentsTransformer transformer = new ComponentsTransformer(Components.of(Nd4j.eye(3)))
                .setInputCol("features")
                .setOutputCol(out);

        for (Runnable use : List.<Runnable>of(
                () -> estimator("features", out).fit(data),
                () -> transformer.transform(data),
                () -> transformer.transformSchema(data.schema()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(use::run)
                    .withMessageEndingWith(": expected a new name for the output column, got \"" + out
                            + "\", which exists already as \"" + existing + "\"");
        }
        session.conf().set(CASE_SENSITIVE, true);
        assertThat(estimator("features", out).fit(data).transform(data).columns())
                .containsExactly("id", "features", out);
    }

    /** A projection for each column of metadata took 23 s here before any task ran. */
    @Test
    void manyColumnsWithMetadataAreKeptInOneProjection() {
        Dataset<Row> data = frame("features", "id").na().drop();
        List<org.apache.spark.sql.Column> columns = new ArrayList<>();
        columns.add(data.col("features"));
        for (int i = 0; i < 300; i++) {
            columns.add(data.col("features").as("v" + i, new AttributeGroup("v" + i, 3).toMetadata()));
        }
        Dataset<Row> wide = data.select(columns.toArray(org.apache.spark.sql.Column[]::new));

        Dataset<Row> reduced = new ComponentsTransformer(Components.of(Nd4j.eye(3)))
                .setInputCol("features")
                .setOutputCol("reduced")
                .transform(wide);

        assertThat(reduced.columns()).hasSize(302);
        assertThat(AttributeGroup.fromStructField(reduced.schema().apply("v299"))
                        .size())
                .isEqualTo(3);
        String plan = reduced.queryExecution().analyzed().toString();
        assertThat(plan.lines().filter(line -> line.contains("Project [")).count())
                .as("one of ours above the one that made the columns")
                .isEqualTo(2);
    }
}
