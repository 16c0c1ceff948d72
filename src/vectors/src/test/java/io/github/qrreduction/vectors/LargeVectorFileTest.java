package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is larger than the memory of the JVM that reduces it. */
class LargeVectorFileTest {
    private static final int DIMENSION = 100;
    private static final long SHORT_FORM = 100L << 20;
    private static final long LONG_FORM = 2L << 30;
    /** Of the whole process, its heap and the JVM itself. */
    private static final long MEMORY = 300_000_000;

    @TempDir
    private Path folder;

    @Test
    void aFileLargerThanTheHeapIsReduced() throws IOException, InterruptedException {
        reduce(SHORT_FORM, "-Xmx48m");
    }

    @Test
    @Tag("long")
    void twoGigabytesPassInThreeHundredMegabytes() throws IOException, InterruptedException {
        reduce(LONG_FORM, "-Xmx200m");
    }

    private void reduce(long bytes, String heap) throws IOException, InterruptedException {
        Path in = folder.resolve("in.vec");
        Path out = folder.resolve("out.npy");
        long rows = 0;
        Random random = new Random(1);
        float[] vector = new float[DIMENSION];
        try (VectorWriter writer = VectorWriter.create(in, DIMENSION)) {
            for (long written = 0; written < bytes; rows++) {
                for (int i = 0; i < DIMENSION; i++) {
                    vector[i] = random.nextInt(2_000_000) / 1e6f - 1;
                    written += 9;
                }
                writer.write(vector);
            }
            writer.finish();
        }
        assertThat(Files.size(in)).isGreaterThan(bytes);

        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reducing.class.getName(),
                        in.toString(),
                        out.toString()))
                .redirectErrorStream(true)
                .start();
        String[] said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n");
        assertThat(process.waitFor()).as(String.join("\n", said)).isZero();
        assertThat(said[0]).isEqualTo(rows + " rows");
        assertThat(Long.parseLong(said[1])).as("bytes in memory at most").isLessThan(MEMORY);
        try (VectorFile reduced = VectorFile.open(out)) {
            assertThat(reduced.size()).isEqualTo(rows);
        }
    }

    /** Reduces the first file into the second. */
    static final class Reducing {
        private Reducing() {}

        public static void main(String[] args) throws IOException {
            float[][] q = new float[8][DIMENSION];
            for (int j = 0; j < 8; j++) {
                q[j][j] = 1;
            }
            Reduction r = Reduction.of(q, null, null);
            long rows = 0;
            try (VectorFile in = VectorFile.open(Path.of(args[0]));
                    VectorWriter out = VectorWriter.create(Path.of(args[1]), 8, ElementType.FLOAT16)) {
                for (float[] x : in) {
                    out.write(r.apply(x));
                    rows++;
                }
                out.finish();
            }
            System.out.print(rows + " rows\n" + peak() + "\n");
        }

        /** The most that the process has had in memory; 0 where the system does not say. */
        private static long peak() throws IOException {
            Path status = Path.of("/proc/self/status");
            if (!Files.exists(status)) {
                return 0;
            }
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        }
    }
}
