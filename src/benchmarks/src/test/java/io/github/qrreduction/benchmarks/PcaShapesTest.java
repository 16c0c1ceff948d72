package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The benchmark runs; its figures are for those who run it. */
class PcaShapesTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new PcaShapes())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void writesRatiosGrowthAndTheWideCase() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON), "no " + PYTHON);
        Process look = new ProcessBuilder(PYTHON.toString(), "-c", "import sklearn, scipy").start();
        assumeTrue(look.waitFor() == 0, "no scikit-learn and SciPy");
        Path page = folder.resolve("page.md");

        assertThat(run("--data=" + folder, "--rounds=1", "--small", "--page=" + page))
                .as("%s", err)
                .isZero();
        assertThat(Files.readString(page))
                .isEqualToNormalizingNewlines(out.toString())
                .containsPattern("\\| 600 x 100 -> 8 \\| [0-9.]+ \\| [0-9.]+ \\| [0-9.]+ \\| [0-9.]+ \\| 1\\.00000")
                .containsPattern("Geometric mean of the ratios: [0-9.]+\\.")
                .containsPattern("Slope of the logarithms: ")
                .containsPattern("\\| ours, in passes \\| [0-9.]+ \\| (1\\.0000|0\\.99)");
    }

    @Test
    void needsAPython() {
        assertThat(run("--data=" + folder, "--python=" + folder.resolve("none")))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("--python: expected a Python with scikit-learn and SciPy, got ");
    }
}
