package io.github.qrreduction.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.notebooks.Notebook.CodeCell;
import io.github.qrreduction.testutil.Repository;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Every code cell of every notebook runs, in order; the figures hold; what was committed is fit to be read. */
class NotebooksTest {

    private static final String CLASSPATH = "%classpath ../target/notebooks/*.jar";

    /** A code host shows notebooks of some megabytes no longer, and diffs of them are slow. */
    private static final long MOST_BYTES = 1_500_000;

    static List<Path> notebooks() throws IOException {
        return Notebook.files();
    }

    @BeforeEach
    void asInAFreshKernel() {
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }

    @Test
    void thereAreTwo() throws IOException {
        assertThat(Notebook.files())
                .extracting(f -> f.getFileName().toString())
                .containsExactly("embedding-compression.ipynb", "qr-reduction.ipynb");
    }

    @ParameterizedTest
    @MethodSource("notebooks")
    void theOutputsCommittedAreFitToBeRead(Path file) throws IOException {
        assertThat(CommittedOutputs.problems(Notebook.read(file))).isEmpty();
        assertThat(Files.size(file)).isLessThan(MOST_BYTES);
    }

    @ParameterizedTest
    @MethodSource("notebooks")
    void kernelAndClassPathAreThoseOfBothKernels(Path file) throws IOException {
        Notebook notebook = Notebook.read(file);

        assertThat(notebook.kernel()).isEqualTo("java");
        assertThat(notebook.codeCells().get(0).source().lines())
                .containsExactly(
                        "// An error here: the library is not built."
                                + " Run  ./mvnw -q -DskipTests package  in the repository's root.",
                        CLASSPATH);
    }

    @Test
    void qrReduction() throws IOException {
        try (NotebookShell shell = run("qr-reduction.ipynb")) {
            assertThat(shell.printed()).contains("Reduced output: [32, 64]");
            all(
                    shell,
                    "after < before",
                    // Chance is 0.1.
                    "learnedAccuracy > 0.6 && learnedAccuracy > pcaAccuracy + 0.03 && directAccuracy > 0.9",
                    "learnedLoss[29] < pcaLoss[29] && directLoss[29] < learnedLoss[29]",
                    // The library's bound for FLOAT.
                    "table.get(Orthonormality.RETRACTION)[1] < 1e-5",
                    "table.get(Orthonormality.PARAMETRIZATION)[1] < 1e-5",
                    "table.get(Orthonormality.NONE)[1] > 1",
                    "table.values().stream().allMatch(row -> row[0] > 0.9)",
                    "Math.abs(table.get(Orthonormality.RETRACTION)[3] - 1) < 1e-3",
                    "Math.abs(table.get(Orthonormality.RETRACTION)[4] - 1) < 1e-3",
                    "table.get(Orthonormality.NONE)[4] > 1.2 * table.get(Orthonormality.NONE)[3]",
                    "table.get(Orthonormality.NONE)[2] > 0.1 && table.get(Orthonormality.RETRACTION)[2] < 1e-5",
                    "startHolds < taskHolds && taskHolds < pcaHolds && pcaHolds > 0.8",
                    // PCA is the optimum: training comes near it and never below it.
                    "randomLoss[19] > pcaFirst && randomLoss[19] < 1.3 * pcaFirst && randomFirst > 3 * pcaFirst",
                    "classesRandomLoss[4] < classesPcaLoss[4] && classesPcaLoss[4] - classesRandomLoss[4] < 0.1",
                    "axesLost[3] < rawLost[3] && axesLost[31] < 0.06",
                    "difference.amaxNumber().doubleValue() < 1e-5",
                    "accuracy(again, test) == accuracy(classesFromPca, test)",
                    "loaded.matrix().equals(axes.truncate(8).matrix())",
                    "readerAccuracy > 0.7",
                    "reduced.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.interval(6, 8))"
                            + ".amaxNumber().doubleValue() == 0",
                    "reduced.get(NDArrayIndex.point(0), NDArrayIndex.all(), NDArrayIndex.all())"
                            + ".aminNumber().doubleValue() != 0",
                    "guess.components().nOut() > 16 && guess.components().nOut() < 40");
        }
    }

    @Test
    void embeddingCompression() throws IOException {
        try (NotebookShell shell = run("embedding-compression.ipynb")) {
            all(
                    shell,
                    "cut25 < pca25 && random25 < pca25",
                    // The claim of the notebook, on words that training never saw.
                    "trained25 > Math.max(pca25, axes25) + 0.02",
                    // Means of 20 steps: one minibatch is harder than the next.
                    "smooth[smooth.length - 1] < smooth[0]",
                    "IntStream.range(1, sizes.length).allMatch(i -> recalls[3][i] > recalls[2][i] + 0.01)",
                    // With five numbers a draw, as the notebook says.
                    "Math.abs(recalls[3][0] - recalls[2][0]) < 0.02 && recalls[3][0] < 0.2",
                    "recalls[3][4] > 0.6",
                    "kept >= 3 * asked.size() && asked.size() == 5",
                    "apart100 > 0.9 && apart25 > 0.85 && apart25 <= apart100",
                    "query.length == 25");
        }
    }

    /** Runs all cells, each of which must show as many pictures as were committed with it. */
    private static NotebookShell run(String name) throws IOException {
        Notebook notebook = Notebook.read(Repository.path("notebooks", name));
        NotebookShell shell = new NotebookShell();
        try {
            int pictures = 0;
            for (CodeCell cell : notebook.codeCells()) {
                int before = pictures;
                shell.run(cell);
                pictures = shell.displayed().size();
                assertThat(cell.pictures())
                        .as("pictures committed with cell \"%s\"", cell.id())
                        .hasSize(pictures - before);
            }
            assertThat(pictures).as("pictures").isGreaterThan(2);
            assertThat(shell.displayed()).hasOnlyElementsOfType(BufferedImage.class);
            return shell;
        } catch (Throwable e) {
            shell.close();
            throw e;
        }
    }

    private static void all(NotebookShell shell, String... conditions) {
        SoftAssertions softly = new SoftAssertions();
        for (String condition : conditions) {
            softly.assertThat(shell.holds(condition)).as(condition).isTrue();
        }
        softly.assertAll();
    }
}
