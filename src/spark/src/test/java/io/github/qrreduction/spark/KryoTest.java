package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.spark.DigitsTraining.Mode;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** With Kryo as Spark's serializer, and the registrator that dl4j-spark asks for. */
class KryoTest {

    /** A product of a batch and one of a row may add up in another order. */
    private static final double ROUNDING = 1e-12;

    @Test
    void carriesWhatIsSent() {
        DigitsTraining training = new DigitsTraining();
        INDArray digits = training.features();
        PrincipalComponents local = PrincipalComponents.fit(digits, 8);
        try (SparkSession session = LocalSpark.builder("local[2]")
                .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                .config("spark.kryo.registrator", "org.nd4j.kryo.Nd4jRegistrator")
                .getOrCreate()) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());

            SparkPrincipalComponentsTest.assertSame(SparkPrincipalComponents.fit(training.onSpark(spark), 8), local);

            Dataset<Row> frame = session.createDataFrame(
                    SparkPrincipalComponentsTest.vectors(digits).stream()
                            .map(RowFactory::create)
                            .toList(),
                    new StructType().add("pixels", SQLDataTypes.VectorType()));
            Row first = new ComponentsTransformer(local.components())
                    .setInputCol("pixels")
                    .setOutputCol("reduced")
                    .transform(frame)
                    .first();
            INDArray x = digits.getRow(0).castTo(DataType.DOUBLE);
            assertThat(first.<Vector>getAs("reduced").toArray())
                    .containsExactly(local.components().transform(x).toDoubleVector(), within(ROUNDING));

            MultiLayerNetwork net = DigitsTraining.network(Mode.RETRACTION);
            RestoringTrainingMaster master = DigitsTraining.master().build();
            SparkTraining.multiLayer(spark, net, master).fit(training.onSpark(spark));
            assertThat(master.averagings()).isNotEmpty().allMatch(a -> a.error() <= DigitsTraining.FLOAT_BOUND);
        }
    }
}
