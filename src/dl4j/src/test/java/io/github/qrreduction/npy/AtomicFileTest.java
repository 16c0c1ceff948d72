package io.github.qrreduction.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

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
                .withMessage("disk full");
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> AtomicFile.write(file, out -> {
                    throw new OutOfMemoryError("on purpose");
                }));

        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("file");
    }

    @Test
    void arraysThatAreNotWrittenLeaveTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file.npy"), "old");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> NpyFiles.write(file, Nd4j.createFromArray(1, 2)))
                .withMessage(file + ": expected an array of HALF, FLOAT or DOUBLE, got INT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NpyFiles.writeZip(file, Map.of("a", Nd4j.createFromArray(1, 2))));

        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("file.npy");
    }

    @Test
    void whatIsNoFileIsNotReplaced() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("empty.npy"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AtomicFile.write(inside, out -> out.write('n')))
                .withMessage(inside.toRealPath() + ": expected a regular file or none, got something else");
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
}
