package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stages that any version has saved are loaded and mean the same. Made by {@link SaveStages}. */
class SavedStagesTest {
    private static SparkSession session;

    @BeforeAll
    static void start() {
        session = LocalSpark.start();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    static List<Path> versions() throws IOException, URISyntaxException {
        try (Stream<Path> versions = Files.list(
                Path.of(SavedStagesTest.class.getResource("/fixtures/stages").toURI()))) {
            return versions.sorted().toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("versions")
    void aTransformer(Path folder) throws IOException {
        ComponentsTransformer loaded =
                ComponentsTransformer.load(folder.resolve("transformer").toString());

        assertThat(loaded.getInputCol()).isEqualTo("features");
        assertThat(loaded.getOutputCol()).isEqualTo("reduced");
        assertThat(loaded.getHandleInvalid()).isEqualTo("keep");
        assertThat(loaded.components())
                .isEqualTo(Components.load(Repository.path(
                        "src/vectors/src/test/resources/fixtures/reductions",
                        folder.getFileName().toString(),
                        "double.npz")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("versions")
    void anEstimatorAloneAndInAPipeline(Path folder) throws IOException {
        assertSame(PrincipalComponentsEstimator.load(folder.resolve("estimator").toString()));
        assertSame((PrincipalComponentsEstimator)
                Pipeline.load(folder.resolve("pipeline").toString()).getStages()[0]);
    }

    private static void assertSame(PrincipalComponentsEstimator loaded) {
        assertThat(loaded.getOrDefault(loaded.inputCol())).isEqualTo("features");
        assertThat(loaded.getOrDefault(loaded.outputCol())).isEqualTo("reduced");
        assertThat(loaded.getOrDefault(loaded.k())).isEqualTo(2);
        assertThat(loaded.getOrDefault(loaded.center())).isEqualTo(false);
    }
}
