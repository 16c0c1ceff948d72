package io.github.qrreduction.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qrreduction.testutil.Repository;
import io.github.qrreduction.vectors.VectorFile;
import io.github.qrreduction.vectors.VectorWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of a comparison are those that NumPy computes from the same vectors; skipped where there is no NumPy. */
class IndependentFiguresTest {
    /** 0.1 points. Of signs some are of numbers near 0, which float32 rounds to the other side. */
    private static final double TENTH_OF_A_POINT = 1e-3;

    private static final long SEED = 7;
    private static final int[] SIZES = {16, 50};
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final ReductionMethod[] METHODS = {
        ReductionMethod.TRUNCATION, ReductionMethod.RANDOM, ReductionMethod.PCA, ReductionMethod.PCA_UNCENTRED
    };

    @TempDir
    private Path folder;

    @Test
    void theFiguresAreThoseOfNumPy() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON) && python("-c", "import numpy").exitValue() == 0, "no NumPy here");
        VectorSample sample;
        try (VectorFile words = VectorFile.open(Repository.path("notebooks", "data", "embeddings.npy"))) {
            sample = VectorSample.draw(words, 4000, SEED, seen -> {});
        }
        Comparison comparison =
                Comparison.setup().methods(METHODS).sizes(SIZES).seed(SEED).run(sample);
        write(comparison);

        Process run = python(
                Repository.path("src", "dl4j", "src", "test", "resources", "fixtures", "compare", "recall.py")
                        .toString(),
                folder.toString(),
                "16,50");
        List<String> lines = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(run.exitValue()).as("%s", lines).isZero();

        assertThat(lines).hasSize(METHODS.length * SIZES.length * Storage.values().length);
        for (String line : lines) {
            String[] figures = line.split(",");
            ComparisonRow row = comparison.rows().stream()
                    .filter(r -> (r.method() + "," + r.size() + "," + r.storage())
                            .equals(String.join(",", Arrays.copyOf(figures, 3))))
                    .findFirst()
                    .orElseThrow();
            assertThat(row.recall()).as(line).isCloseTo(Double.parseDouble(figures[3]), within(TENTH_OF_A_POINT));
            assertThat(row.rescored()).as(line).isCloseTo(Double.parseDouble(figures[4]), within(TENTH_OF_A_POINT));
        }
    }

    private void write(Comparison comparison) throws IOException {
        int[] heldOut = Arrays.stream(comparison.heldOut()).sorted().toArray();
        float[][] all = comparison.sample().vectors();
        write(
                "fitted",
                IntStream.range(0, all.length)
                        .filter(i -> Arrays.binarySearch(heldOut, i) < 0)
                        .mapToObj(i -> all[i])
                        .toArray(float[][]::new));
        write(
                "held-out",
                Arrays.stream(comparison.heldOut()).mapToObj(i -> all[i]).toArray(float[][]::new));
        for (int size : SIZES) {
            write(
                    "random-" + size,
                    comparison.components(ReductionMethod.RANDOM, size).matrix().toFloatMatrix());
            write("rotation-" + size, Fixed.orthonormal(size, size, SEED).toFloatMatrix());
        }
    }

    private void write(String name, float[][] rows) throws IOException {
        try (VectorWriter writer = VectorWriter.create(folder.resolve(name + ".npy"), rows[0].length)) {
            for (float[] row : rows) {
                writer.write(row);
            }
            writer.finish();
        }
    }

    private static Process python(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(PYTHON.toString());
        builder.command().addAll(List.of(arguments));
        Process process = builder.redirectErrorStream(true).start();
        process.waitFor();
        return process;
    }
}
