package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** dl4j-spark and Spark ask for several versions of the same; two on one class path end in errors that name neither. */
class ClassPathTest {
    private static final Set<String> LAST_AT_M2 = Set.of("dl4j-spark_2.12", "nd4j-kryo_2.12", "datavec-spark_2.12");

    /** By artifact: in a repository a jar's folder is its version, and the folder above it the artifact. */
    private static Map<String, Set<String>> versions() {
        String surefire = System.getProperty("surefire.test.class.path");
        String path = surefire != null ? surefire : System.getProperty("java.class.path");
        Map<String, Set<String>> versions = new TreeMap<>();
        for (String entry : path.split(File.pathSeparator, -1)) {
            if (entry.endsWith(".jar")) {
                Path version = Path.of(entry).getParent();
                Path artifact = version.getParent();
                String name = artifact.getParent().getFileName() + ":" + artifact.getFileName();
                versions.computeIfAbsent(name, key -> new TreeSet<>())
                        .add(version.getFileName().toString());
            }
        }
        return versions;
    }

    @Test
    void hasOneVersionOfEach() {
        assertThat(versions())
                .hasSizeGreaterThan(100)
                .allSatisfy((artifact, versions) ->
                        assertThat(versions).as(artifact).hasSize(1));
    }

    @Test
    void hasDl4jOfOneVersionButForWhatEndedBeforeIt() {
        versions().forEach((artifact, versions) -> {
            String[] name = artifact.split(":", -1);
            if (Set.of("deeplearning4j", "nd4j", "datavec").contains(name[0])) {
                assertThat(versions)
                        .as(artifact)
                        .containsExactly(LAST_AT_M2.contains(name[1]) ? "1.0.0-M2" : "1.0.0-M2.1");
            }
        });
    }

    @Test
    void hasOneKryoAndScalaAsPinned() {
        assertThat(versions()).doesNotContainKey("esotericsoftware:kryo").containsKey("esotericsoftware:kryo-shaded");
        assertThat(versions().get("scala-lang:scala-library")).containsExactly("2.12.18");
        assertThat(versions().get("scala-lang:scala-reflect")).containsExactly("2.12.18");
    }
}
