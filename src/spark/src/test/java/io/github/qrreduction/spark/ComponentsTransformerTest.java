package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.SparkException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.feature.Normalizer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ComponentsTransformerTest {
    /** What the stage is held to. */
    private static final double SAME = 1e-6;

    private static final int N_IN = 20;
    private static final int N_OUT = 3;
    /** More than two batches of 1024 in one of the partitions. */
    private static final int ROWS = 5000;

    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.IntegerType)
            .add("features", SQLDataTypes.VectorType())
            .add("name", DataTypes.StringType);

    private static SparkSession spark;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        spark = LocalSpark.start();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static Components components(DataType type, boolean bias) {
        Nd4j.getRandom().setSeed(11);
        INDArray matrix = Nd4j.randn(type, N_OUT, N_IN);
        return Components.of(matrix, bias ? Nd4j.randn(type, N_OUT) : null)
                .withMean(bias ? Nd4j.randn(type, N_IN).muli(10) : null);
    }

    private static ComponentsTransformer stage(Components components) {
        return new ComponentsTransformer(components).setInputCol("features").setOutputCol("reduced");
    }

    private static List<Vector> vectors(int rows) {
        Random random = new Random(5);
        List<Vector> vectors = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            double[] values =
                    random.doubles(N_IN, -1, 1).map(v -> v < 0 ? 0 : v).toArray();
            vectors.add(i % 3 == 0 ? Vectors.dense(values).toSparse() : Vectors.dense(values));
        }
        return vectors;
    }

    private static Dataset<Row> frame(List<Vector> vectors, int partitions) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            rows.add(RowFactory.create(i, vectors.get(i), i % 7 == 0 ? null : "row " + i));
        }
        return spark.createDataFrame(rows, SCHEMA).repartitionByRange(partitions, functions.col("id"));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "HALF"})
    void isComponentsTransformOfEachRow(DataType type) {
        Components components = components(type, true);
        List<Vector> vectors = vectors(ROWS);
        INDArray x = Nd4j.createFromArray(vectors.stream().map(Vector::toArray).toArray(double[][]::new));
        double[][] expected = components.transform(x).toDoubleMatrix();

        List<Row> rows =
                stage(components).transform(frame(vectors, 2)).orderBy("id").collectAsList();

        assertThat(rows).hasSize(ROWS);
        for (int i = 0; i < ROWS; i++) {
            Row row = rows.get(i);
            assertThat(row.<Vector>getAs("reduced").toArray()).containsExactly(expected[i], within(SAME));
            // What else is in the row stays.
            assertThat(row.<Vector>getAs("features")).isEqualTo(vectors.get(i));
            assertThat(row.<String>getAs("name")).isEqualTo(i % 7 == 0 ? null : "row " + i);
        }
    }

    @Test
    void worksWithoutBiasAndOnNoRows() {
        List<Vector> vectors = vectors(1);
        Components components = components(DataType.DOUBLE, false);
        Dataset<Row> out = stage(components).transform(frame(vectors, 4));

        assertThat(out.first().<Vector>getAs("reduced").toArray())
                .containsExactly(
                        components
                                .transform(Nd4j.createFromArray(vectors.get(0).toArray()))
                                .toDoubleVector(),
                        within(SAME));
        assertThat(stage(components).transform(frame(List.of(), 2)).collectAsList())
                .isEmpty();
    }

    @Test
    void saysInTheSchemaHowLongItsVectorsAre() {
        Dataset<Row> in = frame(vectors(3), 1);
        in = in.withMetadata(
                "features", new AttributeGroup("features", N_IN).toStructField().metadata());
        Dataset<Row> out = stage(components(DataType.FLOAT, false)).transform(in);

        assertThat(out.schema().fieldNames()).containsExactly("id", "features", "name", "reduced");
        assertThat(AttributeGroup.fromStructField(out.schema().apply("reduced")).size())
                .isEqualTo(N_OUT);
        assertThat(AttributeGroup.fromStructField(out.schema().apply("features"))
                        .size())
                .isEqualTo(N_IN);
    }

    /** Spark's encoder of rows goes by name. */
    @Test
    void refusesTwoColumnsOfOneName() {
        Dataset<Row> frame = frame(vectors(5), 1);
        Dataset<Row> twice = frame.select(
                frame.col("id"), frame.col("features"), frame.col("name").as("id"));
        ComponentsTransformer stage = stage(components(DataType.FLOAT, false));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> stage.transform(twice))
                .withMessage(stage.uid() + ": expected columns of different names, got [id, features, id]");
    }

    @Test
    void namesColumnPartitionRowAndEntryOfABadVector() {
        List<Vector> vectors = vectors(2000);
        vectors.set(1500, Vectors.zeros(N_IN + 1));
        assertRefused(vectors, "expected a vector of size 20, got one of size 21");

        vectors.set(1500, null);
        assertRefused(vectors, "expected a vector, got null");

        double[] values = new double[N_IN];
        values[4] = Double.NaN;
        vectors.set(1500, Vectors.dense(values));
        assertRefused(vectors, "expected finite values, got NaN in entry 4");

        vectors.set(1500, Vectors.sparse(N_IN, new int[] {17}, new double[] {Double.POSITIVE_INFINITY}));
        assertRefused(vectors, "expected finite values, got Infinity in entry 17");
    }

    private static void assertRefused(List<Vector> vectors, String flaw) {
        Dataset<Row> out = stage(components(DataType.FLOAT, false)).transform(frame(vectors, 1));

        assertThatThrownBy(out::collectAsList)
                .isInstanceOf(SparkException.class)
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("column \"features\", partition 0, row 1500: " + flaw
                        + "; setHandleInvalid(\"skip\") leaves such rows out");
    }

    /** Good rows around bad ones, a batch that ends in bad ones, and one of bad ones only. */
    private static List<Vector> withBadOnes() {
        List<Vector> vectors = vectors(3000);
        vectors.set(0, null);
        vectors.set(1, Vectors.zeros(2));
        vectors.set(1023, Vectors.dense(new double[N_IN]).copy());
        vectors.get(1023).toArray()[3] = Double.NaN;
        for (int i = 1100; i < 2990; i++) {
            vectors.set(i, null);
        }
        vectors.set(2999, null);
        return vectors;
    }

    private static boolean isBad(int i) {
        return i < 2 || i == 1023 || (i >= 1100 && i < 2990) || i == 2999;
    }

    @Test
    void skipLeavesBadRowsOut() {
        List<Vector> vectors = withBadOnes();
        Components components = components(DataType.DOUBLE, true);

        List<Row> rows = stage(components)
                .setHandleInvalid("skip")
                .transform(frame(vectors, 1))
                .collectAsList();

        assertThat(rows).noneMatch(row -> isBad(row.getInt(0))).hasSize(3000 - 4 - 1890);
        for (Row row : rows) {
            assertReduced(row, vectors, components);
        }
    }

    @Test
    void keepGivesBadRowsVectorsOfNaN() {
        List<Vector> vectors = withBadOnes();
        Components components = components(DataType.DOUBLE, true);

        List<Row> rows = stage(components)
                .setHandleInvalid("keep")
                .transform(frame(vectors, 1))
                .collectAsList();

        assertThat(rows).hasSize(3000);
        for (Row row : rows) {
            if (isBad(row.getInt(0))) {
                assertThat(row.<Vector>getAs("reduced").toArray()).containsExactly(Double.NaN, Double.NaN, Double.NaN);
            } else {
                assertReduced(row, vectors, components);
            }
        }
    }

    private static void assertReduced(Row row, List<Vector> vectors, Components components) {
        INDArray x = Nd4j.createFromArray(vectors.get(row.getInt(0)).toArray());
        assertThat(row.<Vector>getAs("reduced").toArray())
                .containsExactly(components.transform(x).toDoubleVector(), within(SAME));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "HALF"})
    void isTheSameAfterSaveAndLoad(DataType type) throws IOException {
        Components components = components(type, type != DataType.DOUBLE)
                .withMetadata(type == DataType.FLOAT ? Map.of() : Map.of("method", "pca", "loss", "0.5, 0.25"));
        ComponentsTransformer saved = stage(components).setHandleInvalid("keep");
        String path = folder.resolve("stage").toString();

        saved.save(path);
        ComponentsTransformer loaded = ComponentsTransformer.load(path);

        assertThat(loaded.uid()).isEqualTo(saved.uid());
        assertThat(loaded.getInputCol()).isEqualTo("features");
        assertThat(loaded.getOutputCol()).isEqualTo("reduced");
        assertThat(loaded.getHandleInvalid()).isEqualTo("keep");
        assertThat(loaded.components()).isEqualTo(components);
        assertThat(loaded.components().metadata()).isEqualTo(components.metadata());
        assertThatThrownBy(() -> saved.save(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("already exists");
        saved.write().overwrite().save(path);
    }

    @Test
    void worksInAPipelineAndAfterSavingIt() throws IOException {
        Normalizer normalizer = new Normalizer().setInputCol("features").setOutputCol("unit");
        ComponentsTransformer stage = new ComponentsTransformer(components(DataType.FLOAT, true))
                .setInputCol("unit")
                .setOutputCol("reduced");
        Dataset<Row> data = frame(vectors(100), 2);
        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {normalizer, stage})
                .fit(data);
        String path = folder.resolve("pipeline").toString();
        model.save(path);

        List<Row> before = model.transform(data).orderBy("id").collectAsList();
        List<Row> after = PipelineModel.load(path).transform(data).orderBy("id").collectAsList();

        assertThat(after).isEqualTo(before);
        assertThat(before.get(0).<Vector>getAs("reduced").size()).isEqualTo(N_OUT);
    }

    @Test
    void copiesKeepComponentsAndTakeExtraParameters() {
        ComponentsTransformer stage = stage(components(DataType.FLOAT, true));

        ComponentsTransformer copy =
                stage.copy(new ParamMap().put(stage.outputCol().w("z")));

        assertThat(copy.getOutputCol()).isEqualTo("z");
        assertThat(stage.getOutputCol()).isEqualTo("reduced");
        assertThat(copy.uid()).isEqualTo(stage.uid());
        assertThat(copy.components().matrix()).isEqualTo(stage.components().matrix());
        assertThat(stage.params()).extracting(p -> p.name()).containsExactly("handleInvalid", "inputCol", "outputCol");
    }

    @Test
    void checksTheSchema() {
        ComponentsTransformer stage = stage(components(DataType.FLOAT, false));
        String uid = stage.uid();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> stage.copy(ParamMap.empty()).setInputCol("x").transformSchema(SCHEMA))
                .withMessage(uid + ": expected column \"x\", got [id, features, name]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stage.copy(ParamMap.empty()).setInputCol("id").transformSchema(SCHEMA))
                .withMessage(uid + ": expected column \"id\" to hold vectors, got int");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stage.transformSchema(
                        new StructType().add("features", DataTypes.createArrayType(DataTypes.DoubleType))))
                .withMessage(uid + ": expected column \"features\" to hold vectors, got array<double>: use"
                        + " org.apache.spark.ml.functions.array_to_vector");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stage.transformSchema(new StructType().add("features", new VectorUDT())))
                .withMessageStartingWith(uid + ": expected column \"features\" to hold vectors, got ")
                .withMessageEndingWith(", org.apache.spark.mllib's vectors: use MLUtils.convertVectorColumnsToML");
        for (String name : List.of("s.features", "`features`")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> stage.copy(ParamMap.empty()).setInputCol(name).transformSchema(SCHEMA))
                    .withMessage(uid + ": expected column \"" + name + "\", got [id, features, name]: names are taken"
                            + " as they are, without backticks; select a struct's field first");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> stage.copy(ParamMap.empty()).setOutputCol("name").transformSchema(SCHEMA))
                .withMessage(uid + ": expected a new name for the output column, got \"name\", which exists already");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        stage.transformSchema(new StructType().add(new AttributeGroup("features", 21).toStructField())))
                .withMessage(uid + ": expected column \"features\" to hold vectors of size 20, got size 21");
        stage.transformSchema(new StructType().add(new AttributeGroup("features", 20).toStructField()));
    }

    @Test
    void asksForWhatIsMissing() {
        Components components = components(DataType.FLOAT, false);
        ComponentsTransformer noInput = new ComponentsTransformer(components).setOutputCol("z");
        ComponentsTransformer noOutput = new ComponentsTransformer(components).setInputCol("features");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> noInput.transformSchema(SCHEMA))
                .withMessage(noInput.uid() + ": expected inputCol to be set, got nothing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noOutput.transformSchema(SCHEMA))
                .withMessage(noOutput.uid() + ": expected outputCol to be set, got nothing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noOutput.setHandleInvalid("drop"))
                .withMessageContaining("handleInvalid given invalid value drop");
        assertThatIllegalStateException()
                .isThrownBy(() -> new ComponentsTransformer("bare").components())
                .withMessage("bare: expected components, got none; use new ComponentsTransformer(Components) or"
                        + " ComponentsTransformer.load(String)");
    }
}
