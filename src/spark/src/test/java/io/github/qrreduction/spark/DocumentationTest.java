package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.lang3.SerializationUtils;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import org.nd4j.kryo.Nd4jRegistrator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** What docs/spark.md says about the JVM, the versions, and what ND4J does to data on their way. */
class DocumentationTest {

    private static List<String> opened(Stream<String> words) {
        return words.map(String::strip)
                .filter(word -> word.startsWith("--add-opens="))
                .sorted()
                .toList();
    }

    @Test
    void theOptionsOfTheJvmAreThoseOfSparkAndOfTheseTests() throws IOException {
        List<String> documented = opened(Repository.text("docs/spark.md").lines());

        assertThat(documented)
                .isEqualTo(opened(
                        Stream.of(JavaModuleOptions.defaultModuleOptions().split(" ", -1))));
        assertThat(documented).isEqualTo(opened(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()));
    }

    @Test
    void theVersionOfSparkIsThatOfTheBuild() throws IOException {
        assertThat(Repository.text("docs/spark.md"))
                .contains("Spark " + org.apache.spark.package$.MODULE$.SPARK_VERSION() + ", Scala "
                        + scala.util.Properties$.MODULE$.versionNumberString());
    }

    @Test
    void aPermutedSequenceArrivesInOtherPlacesByJavasSerializationAndACopyDoesNot() {
        INDArray permuted = Nd4j.rand(2, 3, 4).permute(0, 2, 1);

        INDArray arrived = SerializationUtils.roundtrip(permuted);
        assertThat(arrived.shape()).isEqualTo(permuted.shape());
        assertThat(arrived).isNotEqualTo(permuted);
        assertThat(SerializationUtils.roundtrip(permuted.dup())).isEqualTo(permuted);

        SerializerInstance kryo = new KryoSerializer(
                        new SparkConf().set("spark.kryo.registrator", Nd4jRegistrator.class.getName()))
                .newInstance();
        ClassTag<INDArray> type = ClassTag$.MODULE$.apply(INDArray.class);
        assertThat(kryo.<INDArray>deserialize(kryo.serialize(permuted, type), type))
                .isEqualTo(permuted);
    }
}
