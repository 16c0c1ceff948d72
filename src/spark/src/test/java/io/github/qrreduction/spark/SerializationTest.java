package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.SampleMoments;
import java.io.Serializable;
import java.util.List;
import org.apache.commons.lang3.SerializationUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Whatever is Serializable by inheritance survives it: stages are broadcast, sent in closures, and cached. */
class SerializationTest {

    private static SparkSession session;

    @BeforeAll
    static void start() {
        session = LocalSpark.start();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    private static Dataset<Row> frame() {
        return session.createDataFrame(
                List.of(
                        RowFactory.create(Vectors.dense(1, 2, 3)),
                        RowFactory.create(Vectors.dense(3, 1, 2)),
                        RowFactory.create(Vectors.dense(0, 5, 1))),
                new StructType().add("v", SQLDataTypes.VectorType()));
    }

    private static PrincipalComponentsEstimator estimator() {
        return new PrincipalComponentsEstimator()
                .setInputCol("v")
                .setOutputCol("z")
                .setK(2)
                .setHandleInvalid("keep");
    }

    private static <T extends Serializable> T copy(T object) {
        return SerializationUtils.roundtrip(object);
    }

    @Test
    void aTransformer() {
        ComponentsTransformer stage = new ComponentsTransformer(
                        Components.of(Nd4j.eye(3)).withMean(Nd4j.ones(3)))
                .setInputCol("v")
                .setOutputCol("z");

        ComponentsTransformer copy = copy(stage);

        assertThat(copy.components()).isEqualTo(stage.components());
        assertThat(copy.transform(frame()).collectAsList())
                .isEqualTo(stage.transform(frame()).collectAsList());
        assertThat(copy.uid()).isEqualTo(stage.uid());
    }

    @Test
    void anEstimator() {
        PrincipalComponentsEstimator copy = copy(estimator());

        assertThat(copy.fit(frame()).components())
                .isEqualTo(estimator().fit(frame()).components());
        assertThat(copy.getOrDefault(copy.handleInvalid())).isEqualTo("keep");
    }

    @Test
    void aPipelineAndItsModelAlsoByBroadcast() {
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {estimator()});
        PipelineModel model = pipeline.fit(frame());
        List<Row> expected = model.transform(frame()).collectAsList();

        assertThat(copy(pipeline).fit(frame()).transform(frame()).collectAsList())
                .isEqualTo(expected);
        assertThat(copy(model).transform(frame()).collectAsList()).isEqualTo(expected);
        Broadcast<PipelineModel> broadcast =
                JavaSparkContext.fromSparkContext(session.sparkContext()).broadcast(model);
        assertThat(broadcast.value().transform(frame()).collectAsList()).isEqualTo(expected);
    }

    @Test
    void momentsAndTheirPrincipalComponents() {
        SampleMoments moments =
                SampleMoments.of(List.of(new DataSet(Nd4j.rand(9, 4), null)).iterator(), RNNFormat.NWC);

        PrincipalComponents expected = moments.principalComponents(2);

        assertThat(copy(moments).principalComponents(2).components()).isEqualTo(expected.components());
    }
}
