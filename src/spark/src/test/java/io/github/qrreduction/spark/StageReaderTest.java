package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.Components;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** What SECURITY.md says of saved stages. */
class StageReaderTest {
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

    /** Spark's own reader would open the file for writing before it looked at what it has made. */
    @Test
    void noInstanceIsMadeOfAClassThatTheFileNames() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious.txt"), "precious");
        String transformer = savedWith(
                "t", new ComponentsTransformer(Components.of(Nd4j.ones(2, 3))), "java.io.FileOutputStream", precious);
        String estimator = savedWith("e", new PrincipalComponentsEstimator(), "java.io.FileOutputStream", precious);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ComponentsTransformer.load(transformer))
                .withMessageContaining("Expected class name io.github.qrreduction.spark.ComponentsTransformer but found"
                        + " class name java.io.FileOutputStream");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponentsEstimator.load(estimator))
                .withMessageContaining("Expected class name io.github.qrreduction.spark.PrincipalComponentsEstimator"
                        + " but found class name java.io.FileOutputStream");
        assertThat(precious).hasContent("precious");
    }

    @Test
    void parametersComeBackAndDefaultsStayDefaults() throws IOException {
        PrincipalComponentsEstimator saved =
                new PrincipalComponentsEstimator().setInputCol("x").setK(3).setCenter(false);
        String path = folder.resolve("stage").toString();
        saved.save(path);

        PrincipalComponentsEstimator loaded = PrincipalComponentsEstimator.load(path);

        assertThat(loaded.uid()).isEqualTo(saved.uid());
        assertThat(loaded.extractParamMap().toSeq().mkString())
                .isEqualTo(saved.extractParamMap().toSeq().mkString());
        for (var param : saved.params()) {
            assertThat(loaded.isSet(param)).as(param.name()).isEqualTo(saved.isSet(param));
        }
    }

    /** A saved stage whose metadata name another class and, as its identifier, a file. */
    private String savedWith(String name, MLWritable stage, String type, Path uid) throws IOException {
        Path path = folder.resolve(name);
        stage.write().save(path.toString());
        Path metadata = path.resolve("metadata");
        List<Path> parts;
        try (var files = Files.list(metadata)) {
            parts = files.filter(f -> f.getFileName().toString().startsWith("part-"))
                    .toList();
        }
        assertThat(parts).hasSize(1);
        Path part = parts.get(0);
        String json = Files.readString(part)
                .replace(stage.getClass().getName(), type)
                .replaceAll("\"uid\":\"[^\"]*\"", "\"uid\":\"" + uid + "\"");
        assertThat(json).contains(type).contains(uid.toString());
        Files.writeString(part, json);
        Files.deleteIfExists(metadata.resolve("." + part.getFileName() + ".crc"));
        return path.toString();
    }
}
