package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** What docs/spark.md says about the JVM and the versions. */
class DocumentationTest {

    private static List<String> opened(Stream<String> words) {
        return words.map(String::strip)
                .filter(word -> word.startsWith("--add-opens="))
                .sorted()
                .toList();
    }

    @Test
    void theOptionsOfTheJvmAreThoseOfSparkAndOfTheseTests() throws IOException {
        List<String> documented = opened(Files.readAllLines(Path.of("docs/spark.md")).stream());

        assertThat(documented)
                .isEqualTo(opened(
                        Stream.of(JavaModuleOptions.defaultModuleOptions().split(" ", -1))));
        assertThat(documented).isEqualTo(opened(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()));
    }

    @Test
    void theVersionOfSparkIsThatOfTheBuild() throws IOException {
        assertThat(Files.readString(Path.of("docs/spark.md")))
                .contains("Spark " + org.apache.spark.package$.MODULE$.SPARK_VERSION() + ", Scala "
                        + scala.util.Properties$.MODULE$.versionNumberString());
    }
}
