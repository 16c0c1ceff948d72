package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Failures of the file system in whole sentences: the JDK's often consist of a path alone, or of no path at all. */
final class FileErrors {
    private FileErrors() {}

    /** What is done with an open file. */
    interface Opening<T> {
        T open() throws IOException;
    }

    static SeekableByteChannel channel(Path path) throws IOException {
        return opened(path, () -> Files.newByteChannel(path));
    }

    static InputStream stream(Path path) throws IOException {
        return opened(path, () -> Files.newInputStream(path));
    }

    private static <T> T opened(Path path, Opening<T> opening) throws IOException {
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "expected a file, got a folder");
        }
        try {
            return opening.open();
        } catch (NoSuchFileException e) {
            throw caused(new NoSuchFileException(path.toString(), null, "expected a file, got none"), e);
        } catch (AccessDeniedException e) {
            throw caused(
                    new AccessDeniedException(
                            path.toString(),
                            null,
                            "expected a file that this user may read, got one without permission"),
                    e);
        } catch (IOException e) {
            throw named(path, e);
        }
    }

    /** The same failure with the path before it, if it does not have it; a thread's end keeps its type. */
    static IOException named(Path path, IOException e) {
        String message = e.getMessage();
        if (e instanceof ClosedByInterruptException || (message != null && message.startsWith(path.toString()))) {
            return e;
        }
        return new IOException(path + ": " + (message == null ? e.getClass().getSimpleName() : message), e);
    }

    static <E extends Exception> E caused(E failure, Throwable cause) {
        failure.initCause(cause);
        return failure;
    }
}
