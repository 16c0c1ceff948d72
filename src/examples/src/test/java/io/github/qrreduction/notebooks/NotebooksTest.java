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

    private static final int MOST_LINES_OF_SETUP = 30;

    static List<Path> notebooks() throws IOException {
        return Notebook.files();
    }

    @BeforeEach
    void asInAFreshKernel() {
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }

    @Test
    void thereAreThree() throws IOException {
        assertThat(Notebook.files())
                .extracting(f -> f.getFileName().toString())
                .containsExactly("embedding-compression.ipynb", "networks.ipynb", "qr-reduction.ipynb");
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
                .startsWith(
                        "// An error here: the library is not built."
                                + " Run  ./mvnw -q -DskipTests package  in the repository's root.",
                        CLASSPATH)
                .hasSizeLessThan(MOST_LINES_OF_SETUP);
    }

    @Test
    void qrReduction() throws IOException {
        try (NotebookShell shell = run("qr-reduction.ipynb")) {
            assertThat(shell.printed()).contains("Reduced output: [32, 64]");
            all(
                    shell,
                    "after < before",
                    // Chance is 0.1.
                    "learnedAccuracy > 0.6 && learnedAccuracy > pcaAccuracy + 0.03",
                    "curve.means().length == 34 && curve.means()[33] < 0.5 * curve.means()[0]",
                    "withLayer[1] > withPca[1] + 3 && withLayer[2] > withPca[2] + 3",
                    "allPixels > 90 && withLayer[8] > 90",
                    // The library's bound for FLOAT.
                    "table.get(Orthonormality.RETRACTION)[1] < 1e-5",
                    "table.get(Orthonormality.PARAMETRIZATION)[1] < 1e-5",
                    "table.get(Orthonormality.NONE)[1] > 1",
                    "table.values().stream().allMatch(row -> row[0] > 0.9)",
                    "Math.abs(table.get(Orthonormality.RETRACTION)[2] - 1) < 1e-3",
                    "Math.abs(table.get(Orthonormality.RETRACTION)[3] - 1) < 1e-3",
                    "table.get(Orthonormality.NONE)[3] > 1.2 * table.get(Orthonormality.NONE)[2]",
                    "taskHolds < pcaHolds && pcaHolds > 0.8",
                    "difference.amaxNumber().doubleValue() < 1e-5",
                    "share[99] > 0.999 && share[80] > 0.94");
        }
    }

    @Test
    void embeddingCompression() throws IOException {
        try (NotebookShell shell = run("embedding-compression.ipynb")) {
            all(
                    shell,
                    "sentences.names().size() == 5000 && unseen.length == 1250",
                    // The claims of the notebook, on sentences that neither a fit nor the training saw.
                    "recall[0] > report.best(8) + 0.01 && recall[1] > report.best(16) + 0.01",
                    "recall[2] > report.best(32) && recall[3] > report.best(64) - 0.01",
                    "report.best(64) > report.recall(ReductionMethod.RANDOM, 64) + 0.1",
                    "enough.rescored() >= 0.95 && enough.bytes() < 400",
                    // Of five a query.
                    "kept >= 16 && candidates >= 34",
                    "z.length == 32 && reduction.nIn() == 384");
        }
    }

    @Test
    void networks() throws IOException {
        try (NotebookShell shell = run("networks.ipynb")) {
            all(
                    shell,
                    // Chance is 0.24, the share of the largest class.
                    "accuracy.values().stream().allMatch(a -> a > 0.6)",
                    "accuracy.get(\"12, from PCA of the words\") > accuracy.get(\"100 numbers a word\") - 0.04",
                    "reduced.numParams() < 0.6 * whole.numParams()",
                    // Behind the end of a text.
                    "out.mul(test.getFeaturesMaskArray().rsub(1).reshape(test.numExamples(), 1, Definitions.LENGTH))"
                            + ".amaxNumber().doubleValue() == 0",
                    "tied.numParams() * 2 == untied.numParams()",
                    // PCA is the optimum on what was seen.
                    "tiedError < 1.1 * pcaError && untiedError > 0.95 * pcaError",
                    "heads.get(\"neighbours\")[0] > heads.get(\"kinds\")[0] + 0.1",
                    "heads.get(\"both\")[0] > heads.get(\"kinds\")[0] + 0.1",
                    "heads.get(\"kinds\")[1] > heads.get(\"neighbours\")[1] + 0.04");
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
            assertThat(pictures).as("pictures").isGreaterThan(1);
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
