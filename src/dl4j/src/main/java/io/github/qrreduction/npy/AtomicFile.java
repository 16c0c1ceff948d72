package io.github.qrreduction.npy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that appears whole or not at all. */
final class AtomicFile {
    private AtomicFile() {}

    /** What goes into the file; must not close the stream's channel before it returns. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes to a new file in the same folder, forces it to the disk and moves it over the target. Whatever fails,
     * the target is as before and the new file is gone; a killed process leaves the target whole, old or new.
     */
    static void write(Path path, Content content) throws IOException {
        // The file behind a symbolic link is replaced, not the link.
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            // The move would replace an empty folder, and whoever may write there could lose a device.
            throw new IOException(target + ": expected a regular file or none, got something else");
        }
        // Not Files.createTempFile: its files are readable by their owner only.
        Path temp = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temp, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (Throwable e) {
            try {
                Files.deleteIfExists(temp);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }
}
