package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** An apply that is killed, or ended by ctrl-C, leaves the old file or the new one whole. */
class KilledApplyIT {

    private static final int KILLS = 4;
    private static final int MANY_KILLS = 100;
    /** From before the first row is read to after the file is in its place. */
    private static final int MAX_MILLIS = 1200;

    private static final Reduction REDUCTION = Vectors.reduction(20, 5);

    @TempDir
    private Path folder;

    private Path out;
    private byte[] old;
    private byte[] whole;

    @BeforeEach
    void files() throws IOException, InterruptedException {
        REDUCTION.save(folder.resolve("r.npy"));
        Vectors.random(200_000, 20).save(folder.resolve("in.npy"));
        out = folder.resolve("out.csv");
        assertThat(start().waitFor()).isZero();
        whole = Files.readAllBytes(out);
        old = "old\n".getBytes(StandardCharsets.UTF_8);
    }

    private Process start() throws IOException {
        return new Script(folder).start("apply", "r.npy", "in.npy", "-o", "out.csv");
    }

    @Test
    void aKilledProcessLeavesTheOldFileOrTheNew() throws IOException, InterruptedException {
        kill(KILLS);
    }

    @Test
    @Tag("long")
    void manyKilledProcessesLeaveTheOldFileOrTheNew() throws IOException, InterruptedException {
        kill(MANY_KILLS);
    }

    private void kill(int times) throws IOException, InterruptedException {
        Random random = new Random(1);
        for (int i = 0; i < times; i++) {
            Files.write(out, old);
            Process process = start();
            process.waitFor(random.nextInt(MAX_MILLIS), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            assertOldOrNew();
            // What a killed process leaves beside the file is its own temporary file and nothing else.
            for (Path temporary : temporaries()) {
                Files.delete(temporary);
            }
        }
    }

    /** A signal that can be heard, as ctrl-C is: nothing is left beside the file either. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell and signals")
    void anEndedProcessLeavesNothingHalfWritten() throws IOException, InterruptedException {
        Files.write(out, old);
        Process process = start();
        while (process.isAlive() && temporaries().isEmpty()) {
            Thread.sleep(1);
        }
        process.toHandle().destroy();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();

        assertThat(said).isEmpty();
        assertThat(temporaries()).isEmpty();
        assertOldOrNew();
    }

    private void assertOldOrNew() throws IOException {
        byte[] content = Files.readAllBytes(out);
        assertThat(content).isEqualTo(content.length == old.length ? old : whole);
    }

    private List<Path> temporaries() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("\\.out\\.csv\\..*\\.tmp"))
                    .toList();
        }
    }
}
