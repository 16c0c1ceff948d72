package io.github.qrreduction.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports run one way, as docs/design.md draws them. */
class PackagesTest {

    private static final String MAIN = "src/dl4j/src/main/java/io/github/qrreduction";
    private static final Pattern OURS =
            Pattern.compile("^import (?:static )?(io\\.github\\.qrreduction\\.[\\w.]+);", Pattern.MULTILINE);

    private static Set<String> imports(Path folder) throws IOException {
        Set<String> all = new TreeSet<>();
        for (Path file : sources(folder)) {
            OURS.matcher(Files.readString(file)).results().forEach(m -> all.add(m.group(1)));
        }
        return all;
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".java")).toList();
        }
    }

    @Test
    void theGroundFloorImportsNothingOfOurs() throws IOException {
        assertThat(imports(Repository.path(MAIN, "internal", "nd4j"))).isEmpty();
        assertThat(imports(Repository.path(MAIN, "internal", "lapack"))).isEmpty();
        assertThat(imports(Repository.path(MAIN, "internal", "similarity"))).isEmpty();
    }

    @Test
    void theMathematicsOfOrthonormalRowsStandsOnTheGroundFloorOnly() throws IOException {
        assertThat(imports(Repository.path(MAIN, "internal", "stiefel")))
                .allMatch(name -> name.matches("io\\.github\\.qrreduction\\.internal\\.(nd4j|lapack)\\..*"));
    }

    @Test
    void principalComponentsStandOnTheGroundFloorOnly() throws IOException {
        assertThat(imports(Repository.path(MAIN, "internal", "pca")))
                .allMatch(name -> name.matches("io\\.github\\.qrreduction\\.internal\\.(nd4j|lapack)\\..*"));
    }

    /** DL4J's own pattern: a layer's configuration makes the layer at work, which knows its configuration. */
    @Test
    void theRuntimeKnowsOfTheLayersOneDoorway() throws IOException {
        assertThat(imports(Repository.path(MAIN, "internal", "runtime")))
                .filteredOn(name -> !name.startsWith("io.github.qrreduction.internal."))
                .containsExactly("io.github.qrreduction.ComponentLayer", "io.github.qrreduction.Orthonormality");
        for (Path file : sources(Repository.path(MAIN, "internal", "runtime"))) {
            if (!file.endsWith("RunningLayer.java")) {
                assertThat(Files.readString(file))
                        .as("%s", file)
                        .doesNotContain("import io.github.qrreduction.ComponentLayer;");
            }
        }
    }

    @Test
    void whatIsComparedKnowsNothingOfTheComparison() throws IOException {
        for (Path file : sources(Repository.path(MAIN))) {
            if (!file.getParent().endsWith("compare")) {
                assertThat(Files.readString(file))
                        .as("%s", file)
                        .doesNotContain("import io.github.qrreduction.compare");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spark", "spark-examples", "examples", "benchmarks", "cli"})
    void noOtherModuleUsesAnInternalPackage(String module) throws IOException {
        Path folder = Repository.path("src", module);
        if (Files.exists(folder)) {
            assertThat(imports(folder)).noneMatch(name -> name.contains(".internal."));
        }
    }
}
