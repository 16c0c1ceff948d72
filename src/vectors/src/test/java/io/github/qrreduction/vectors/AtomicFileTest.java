package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.testutil.Damage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    private Path folder;

    @Test
    void replacesAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "a longer old content");

        AtomicFile.write(file, out -> out.write("new".getBytes(StandardCharsets.UTF_8)));

        assertThat(file).hasContent("new");
        assertThat(folder.toFile().list()).containsExactly("file");
    }

    @Test
    void theOldFileStandsUntilTheNewOneIsWhole() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");

        AtomicFile.write(file, out -> {
            out.write(new byte[100_000]);
            assertThat(file).hasContent("old");
        });

        assertThat(file).hasSize(100_000);
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AtomicFile.write(file, out -> {
                    out.write(new byte[100_000]);
                    throw new IOException("disk full");
                }))
                .withMessage(file + ": disk full");
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> AtomicFile.write(file, out -> {
                    throw new OutOfMemoryError("on purpose");
                }));

        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("file");
    }

    @Test
    void whatAFormatCannotHoldLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file.npy"), "old");
        Tensor one = Tensor.of(new float[] {1, 2}, 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        TensorFile.of(new TreeMap<>(Map.of("a", one, "b", one))).save(file))
                .withMessage(file + ": expected one array, since .npy holds no more, got [a, b];"
                        + " save as .npz or .safetensors");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> TensorFile.of(Map.of("a", one), Map.of("k", "v")).save(file))
                .withMessage(file + ": expected no metadata, since .npy holds arrays only, got [k];"
                        + " save as .safetensors");

        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("file.npy");
    }

    @Test
    void whatIsNoFileIsNotReplaced() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("empty.npy"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AtomicFile.write(inside, out -> out.write('n')))
                .withMessage(inside + ": expected a regular file or none, got something else");
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AtomicFile.write(file.resolve("below"), out -> out.write('n')));

        assertThat(inside).isEmptyDirectory();
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("file", "empty.npy");
    }

    @Test
    void aSymbolicLinkStays() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path link;
        try {
            link = Files.createSymbolicLink(folder.resolve("link"), file);
        } catch (UnsupportedOperationException | IOException e) {
            Assumptions.abort("no symbolic links here: " + e);
            return;
        }

        AtomicFile.write(link, out -> out.write('n'));

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("n");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void modeOwnerAndGroupStay() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Map<String, Object> before = Files.readAttributes(file, "posix:owner,group,permissions");

        AtomicFile.write(file, out -> {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path f : files.toList()) {
                    assertThat(Files.getPosixFilePermissions(f)).hasSize(2);
                }
            }
            out.write('n');
        });

        assertThat(file).hasContent("n");
        assertThat(Files.readAttributes(file, "posix:owner,group,permissions")).isEqualTo(before);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void anotherUsersFileStaysTheirs() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        try {
            Files.setAttribute(file, "unix:uid", 1);
            Files.setAttribute(file, "unix:gid", 1);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            Assumptions.abort("this user may not give files away: " + e);
        }

        AtomicFile.write(file, out -> out.write('n'));

        assertThat(file).hasContent("n");
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(1);
        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(1);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aReadOnlyFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));

        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> AtomicFile.write(file, out -> out.write('n')))
                .withMessage(file + ": expected a file that may be written, got read-only");
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("file");
    }

    @Test
    void anEntryOfAZipFileSystemIsReplaced() throws IOException {
        Path zip = folder.resolve("files.zip");
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path file = Files.writeString(files.getPath("/file"), "old");

            AtomicFile.write(file, out -> out.write('n'));

            assertThat(Files.readString(file)).isEqualTo("n");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> AtomicFile.write(file, out -> {
                        throw new IOException("on purpose");
                    }))
                    .withMessage("/file: on purpose");
        }
        assertThat(Damage.entries(Files.readAllBytes(zip))).containsOnlyKeys("file");
    }
}
