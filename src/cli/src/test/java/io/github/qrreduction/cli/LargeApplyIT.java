package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qrreduction.vectors.VectorFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a process of apply holds does not grow with the file. */
@EnabledOnOs(OS.LINUX)
class LargeApplyIT {

    private static final int DIMENSION = 300;
    private static final int BLOCK_ROWS = 1000;
    private static final long SHORT_FORM = 100L << 20;
    private static final long LONG_FORM = 2L << 30;
    private static final long MAX_RESIDENT = 300_000_000;

    @TempDir
    private Path folder;

    @Test
    void aHundredMegabytesPassInThreeHundred() throws IOException, InterruptedException {
        reduce(SHORT_FORM);
    }

    @Test
    @Tag("long")
    void twoGigabytesPassInThreeHundredMegabytes() throws IOException, InterruptedException {
        reduce(LONG_FORM);
    }

    private void reduce(long bytes) throws IOException, InterruptedException {
        byte[] block = block();
        long blocks = bytes / block.length + 1;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(folder.resolve("in.vec")))) {
            out.write((blocks * BLOCK_ROWS + " " + DIMENSION + "\n").getBytes(StandardCharsets.UTF_8));
            for (long i = 0; i < blocks; i++) {
                out.write(block);
            }
        }
        assertThat(Files.size(folder.resolve("in.vec"))).isGreaterThan(bytes);
        Vectors.reduction(DIMENSION, 64).save(folder.resolve("r.npy"));

        Process process = new Script(folder).start("apply", "r.npy", "in.vec", "-o", "out.vec");
        long peak = 0;
        while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, resident(process));
        }

        assertThat(process.exitValue()).isZero();
        assumeTrue(peak > 0, "expected a /proc that tells the resident set, got none");
        assertThat(peak).isLessThan(MAX_RESIDENT);
        try (VectorFile out = VectorFile.open(folder.resolve("out.vec"))) {
            assertThat(out.size()).isEqualTo(blocks * BLOCK_ROWS);
        }
    }

    private static byte[] block() {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < BLOCK_ROWS; i++) {
            text.append("word").append(i);
            for (int j = 0; j < DIMENSION; j++) {
                text.append(String.format(Locale.ROOT, " %.6f", random.nextGaussian()));
            }
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static long resident(Process process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"))
                    .lines()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
