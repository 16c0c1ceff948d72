package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it saves leaves the old file or the new one whole. */
class KilledSaveTest {

    private static final int KILLS = 10;
    private static final int MANY_KILLS = 100;
    /** A child gets killed up to so long after its first save; a save takes some milliseconds. */
    private static final int MAX_MILLIS = 60;

    private static final int BYTES = 500_000;

    @TempDir
    private Path dir;

    private Path file;

    @BeforeEach
    void aFile() {
        file = dir.resolve("q.npy");
    }

    /** What is killed is the write, the flush and the move. */
    @Test
    void aKilledProcessLeavesTheOldContentOrTheNew() throws Exception {
        killAndRead(KILLS);
    }

    @Test
    @Tag("long")
    void manyKilledProcessesLeaveTheOldContentOrTheNew() throws Exception {
        killAndRead(MANY_KILLS);
    }

    private void killAndRead(int times) throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < times; i++) {
            killWhileSaving(Writing.class, random.nextInt(MAX_MILLIS));
            byte[] content = Files.readAllBytes(file);
            assertThat(content).hasSize(BYTES);
            assertThat(content).as("of one write").isEqualTo(filled(content[0]));
        }
    }

    private void killWhileSaving(Class<?> program, int millis) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.lines().anyMatch("saved once"::equals)).isTrue();
            Thread.sleep(millis);
        } finally {
            process.destroyForcibly().waitFor();
        }
        // What a killed process leaves beside the file are its own temporary files and nothing else.
        try (Stream<Path> others = Files.list(dir)) {
            for (Path other : others.filter(p -> !p.equals(file)).toList()) {
                assertThat(other.getFileName().toString()).matches("\\.q\\.npy\\..*\\.tmp");
                Files.delete(other);
            }
        }
    }

    private static byte[] filled(byte value) {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, value);
        return bytes;
    }

    /** Writes one content after the other until it is killed. */
    static final class Writing {
        private Writing() {}

        public static void main(String[] args) throws IOException {
            for (int i = 0; ; i++) {
                byte[] content = filled((byte) i);
                AtomicFile.write(Path.of(args[0]), out -> {
                    // In pieces, so that a part of it can be on the disk.
                    for (int from = 0; from < BYTES; from += 10_000) {
                        out.write(content, from, 10_000);
                        out.flush();
                    }
                });
                if (i == 0) {
                    System.out.println("saved once");
                }
            }
        }
    }
}
