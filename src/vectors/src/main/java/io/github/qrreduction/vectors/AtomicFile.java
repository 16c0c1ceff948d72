package io.github.qrreduction.vectors;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/**
 * A file that appears whole or not at all: written as a new file in the same folder, forced to the disk and moved over
 * the target. Whatever fails, the target is as before and the new file is gone; a killed process leaves the target
 * whole, old or new. Mode, owner and group of a file that is replaced are kept where the system lets us; other names of
 * it (hard links) keep the old content.
 */
public final class AtomicFile implements AutoCloseable {
    private static final Set<PosixFilePermission> WRITE =
            Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final Path named;
    private final Path target;
    private final Path temp;
    private final SeekableByteChannel channel;
    private final OutputStream out;
    private boolean done;

    private AtomicFile(Path named, Path target, Path temp, SeekableByteChannel channel) {
        this.named = named;
        this.target = target;
        this.temp = temp;
        this.channel = channel;
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    }

    /** What goes into the file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all of it.
         *
         * @param out buffered; must not be closed before this returns
         * @throws IOException if it cannot be written; then the target stays as it was
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file.
     *
     * @param path the target, on any file system
     * @param content what goes into it
     * @throws IOException if it cannot be written; the message names the file
     */
    public static void write(Path path, Content content) throws IOException {
        try (AtomicFile file = open(path)) {
            content.writeTo(file.out);
            file.commit();
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw FileErrors.named(path, e);
        }
    }

    static AtomicFile open(Path path) throws IOException {
        // The file behind a symbolic link is replaced, not the link.
        boolean exists = Files.exists(path);
        Path target = exists ? path.toRealPath() : path.toAbsolutePath();
        if (exists && !Files.isRegularFile(target)) {
            // The move would replace an empty folder, and a user with the right to write there could lose a device.
            throw new FileSystemException(path.toString(), null, "expected a regular file or none, got something else");
        }
        PosixFileAttributes old = exists ? posix(target) : null;
        // The superuser may write to every file; a file without any write bit is read-only to us all the same.
        if (exists && (!Files.isWritable(target) || (old != null && disjoint(old.permissions(), WRITE)))) {
            throw new AccessDeniedException(
                    path.toString(), null, "expected a file that may be written, got read-only");
        }
        Path folder = target.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new NoSuchFileException(path.toString(), null, "expected the folder " + folder + " to be there");
        }
        // Not Files.createTempFile: its files are readable by their owner only.
        Path temp = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        SeekableByteChannel channel;
        try {
            channel = Files.newByteChannel(
                    temp, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes(old));
        } catch (AccessDeniedException e) {
            throw FileErrors.caused(
                    new AccessDeniedException(path.toString(), null, "expected a folder that may be written to"), e);
        } catch (FileSystemException e) {
            throw FileErrors.caused(new FileSystemException(path.toString(), null, e.getReason()), e);
        }
        AtomicFile file = new AtomicFile(path, target, temp, channel);
        if (old != null) {
            keep(old, temp);
        }
        return file;
    }

    OutputStream out() {
        return out;
    }

    /** Where bytes of the start can be written over; the stream is flushed first. */
    SeekableByteChannel channel() throws IOException {
        out.flush();
        return channel;
    }

    void commit() throws IOException {
        out.flush();
        if (channel instanceof FileChannel file) {
            file.force(true);
        }
        channel.close();
        try {
            move();
        } catch (FileSystemException e) {
            throw FileErrors.caused(new FileSystemException(named.toString(), null, e.getReason()), e);
        }
        done = true;
    }

    private void move() throws IOException {
        try {
            // Both options: a file system of a zip takes the second one's word only.
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException | UnsupportedOperationException e) {
            Files.move(temp, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Without {@link #commit} before, all that was written is gone. */
    @Override
    public void close() throws IOException {
        if (!done) {
            done = true;
            try {
                channel.close();
            } finally {
                Files.deleteIfExists(temp);
            }
        }
    }

    private static PosixFileAttributes posix(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return view == null ? null : view.readAttributes();
    }

    private static boolean disjoint(Set<PosixFilePermission> some, Set<PosixFilePermission> others) {
        return some.stream().noneMatch(others::contains);
    }

    /** From the start no wider than the old file's. */
    private static FileAttribute<?>[] attributes(PosixFileAttributes old) {
        if (old == null) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_WRITE);
        permissions.addAll(old.permissions());
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    private static void keep(PosixFileAttributes old, Path file) {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        try {
            PosixFileAttributes now = view.readAttributes();
            if (!now.group().equals(old.group())) {
                view.setGroup(old.group());
            }
            if (!now.owner().equals(old.owner())) {
                view.setOwner(old.owner());
            }
        } catch (IOException e) {
            // Not every user may give files away: then they are the user's own.
        }
        try {
            view.setPermissions(old.permissions());
        } catch (IOException e) {
            // A file system without modes after all.
        }
    }
}
