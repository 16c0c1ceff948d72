package io.github.qrreduction.testutil;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of the repository, from whichever module's folder a test runs in. */
public final class Repository {

    private Repository() {}

    /** A file or folder, by its path from the repository's root. */
    public static Path path(String first, String... more) {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve(".mvn"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("expected to run within the repository, got "
                        + Path.of("").toAbsolutePath());
            }
        }
        return folder.resolve(Path.of(first, more));
    }

    /** What a text file says. */
    public static String text(String first, String... more) throws IOException {
        return Files.readString(path(first, more));
    }
}
