package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where there is no room, or no permission, a save fails with an IOException and the old file stays. */
class FullDiskTest {

    private static final TensorFile SMALL = ones(2, 3);
    /** 480 KB. */
    private static final TensorFile LARGE = ones(200, 300);

    @TempDir
    private Path dir;

    /** A file system of 64 KB, which only root may mount. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDisk() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        mount("-t", "tmpfs", "-o", "size=64k", "none", disk.toString());
        try {
            for (String name : List.of("q.npy", "q.npz", "q.safetensors")) {
                Path file = disk.resolve(name);
                SMALL.save(file);
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> LARGE.save(file))
                        .withMessage(file + ": No space left on device");
                assertOldFileStands(disk, file);
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatIsReadOnly() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        mount("-t", "tmpfs", "-o", "size=64k", "none", disk.toString());
        try {
            Path file = disk.resolve("q.npy");
            SMALL.save(file);
            mount("-o", "remount,ro", disk.toString());
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> LARGE.save(file))
                    .withMessage(file + ": expected a file that may be written, got read-only");
            assertOldFileStands(disk, file);
        } finally {
            run("umount", disk.toString());
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aFolderThatMayNotBeWrittenTo() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("folder"));
        Path file = folder.resolve("q.npy");
        SMALL.save(file);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            Assumptions.assumeFalse(Files.isWritable(folder), "this user, root perhaps, may write to every folder");
            assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> LARGE.save(file));
            assertOldFileStands(folder, file);
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** Without a file system of its own: a process that may not write files of more than 32 KB. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aLimitOfTheFileSize() throws Exception {
        Path folder = Files.createDirectory(dir.resolve("folder"));
        Path file = folder.resolve("q.npy");
        SMALL.save(file);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // In blocks of 512 bytes, or of 1024 where sh is bash.
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -f 32; exec \"$@\"",
                        "sh",
                        java,
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saving.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();

        assertThat(said).contains("refused: " + file + ": File too large");
        assertOldFileStands(folder, file);
    }

    /** Tries to save half a megabyte. */
    static final class Saving {
        private Saving() {}

        public static void main(String[] args) {
            byte[] content = new byte[500_000];
            try {
                AtomicFile.write(Path.of(args[0]), out -> out.write(content));
                System.out.println("saved");
            } catch (IOException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }

    private static TensorFile ones(int rows, int columns) {
        double[] values = new double[rows * columns];
        Arrays.fill(values, 1);
        return TensorFile.of(Map.of(TensorFile.UNNAMED, Tensor.of(values, rows, columns)));
    }

    private static void assertOldFileStands(Path folder, Path file) throws IOException {
        assertThat(TensorFile.load(file)).isEqualTo(SMALL);
        try (var files = Files.list(folder)) {
            assertThat(files.filter(f -> f.getFileName().toString().endsWith(".tmp")))
                    .isEmpty();
        }
    }

    private static void mount(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "mount";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Assumptions.assumeTrue(run(command) == 0, "this user may not mount file systems");
    }

    private static int run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }
}
