package io.github.qrreduction.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

class NamedVectorsTest {

    /** A number of a unit vector has an error of at most 2^-12 in float16; 384 of them add up to less. */
    private static final double UNIT_IN_FLOAT16 = 1e-3;

    /** What someone clones who wants the library alone. */
    private static final long MOST_BYTES_OF_DATA = 7_000_000;

    @TempDir
    private Path folder;

    @Test
    void theDefinitionsThatShipAreUnitVectorsAndEachThere() {
        NamedVectors glosses = NamedVectors.glosses();

        assertThat(glosses.names()).hasSize(5000);
        assertThat(new HashSet<>(glosses.names())).hasSize(5000);
        for (float[] vector : glosses.vectors()) {
            assertThat(Nd4j.createFromArray(vector).norm2Number().doubleValue()).isCloseTo(1, within(UNIT_IN_FLOAT16));
        }
    }

    @Test
    void theQueriesThatShipFindWhatTheyAskFor() {
        NamedVectors queries = NamedVectors.queries();

        assertThat(NamedVectors.glosses().nearest(queries.vector("a device that measures time"), 5))
                .anyMatch(gloss -> gloss.contains("clock") || gloss.contains("time"));
    }

    @Test
    void theWordsAreThoseOfGlove() {
        NamedVectors words = NamedVectors.words();

        assertThat(words.names()).hasSize(8000);
        assertThat(words.nearest(words.vector("guitar"), 3)).containsExactly("guitar", "bass", "vocals");
    }

    @Test
    void reducedVectorsKeepTheirNames() {
        NamedVectors words = NamedVectors.words();

        NamedVectors reduced = words.reduced(PrincipalComponents.fit(Nd4j.createFromArray(words.vectors()), 25)
                .components());

        assertThat(reduced.names()).isEqualTo(words.names());
        assertThat(reduced.vector("guitar")).hasSize(25);
        assertThat(reduced.nearest(reduced.vector("guitar"), 1)).containsExactly("guitar");
    }

    @Test
    void filesAreReadWithNamesOfTheirOwnOrOfAnother() throws IOException {
        Path words = Files.writeString(folder.resolve("a.vec"), "2 2\nred 1 0\nblue 0 1\n");
        Path numbers = Files.writeString(folder.resolve("b.csv"), "1,0\n0,1\n");
        Path names = Files.writeString(folder.resolve("b.txt"), "left\nright\n");

        assertThat(NamedVectors.read(words, null).names()).containsExactly("red", "blue");
        assertThat(NamedVectors.read(numbers, names).nearest(new float[] {0, 2}, 1))
                .containsExactly("right");
        assertThat(NamedVectors.read(numbers, null).names()).containsExactly("vector 1", "vector 2");
    }

    @Test
    void tooFewNamesAndUnknownNamesAreRefused() {
        assertThatThrownBy(() -> new NamedVectors(List.of("one"), new float[2][1]))
                .hasMessage("expected a name for each of the 2 vectors, got 1");
        assertThatThrownBy(() -> new NamedVectors(List.of("one"), new float[1][1]).vector("two"))
                .hasMessage("expected a name of these vectors, got two");
    }

    @Test
    void theDataOfTheNotebooksStaySmall() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(Repository.path("notebooks", "data"))) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).isLessThan(MOST_BYTES_OF_DATA);
    }
}
