package io.github.qrreduction.npy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * NumPy's {@code .npy} and {@code .npz} files with arrays of float16, float32 and float64, little-endian.
 *
 * <p>Reads format versions 1.0, 2.0 and 3.0, C and Fortran order, stored and deflated zip entries; always returns 'c'
 * arrays. Writes version 1.0, C order, and zips uncompressed as {@code numpy.savez} does; a file is replaced
 * atomically. Every bit of a finite or infinite value survives both ways; NaN stays NaN. Refuses, with an
 * {@link IllegalArgumentException} that names file, expected and actual: another magic string, type, byte order or
 * rank, structured types and objects, a header that does not fit the bytes that are there (checked before anything is
 * allocated), bytes left over, and in a zip missing, duplicate or unknown names and wrong checksums.
 */
public final class NpyFiles {
    /** The earliest time that a zip can say; a constant makes equal arrays equal files, as in NumPy. */
    private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private static final String SUFFIX = ".npy";

    private NpyFiles() {}

    /**
     * Reads an {@code .npy} file.
     *
     * @param path the file
     * @param rank the number of dimensions expected
     * @return a new 'c' array of the file's type, outside any workspace
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if its content is refused
     */
    public static INDArray read(Path path, int rank) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                InputStream in = new BufferedInputStream(Channels.newInputStream(channel))) {
            return NpyStream.read(in, channel.size(), rank);
        } catch (NpyException e) {
            throw refused(path, e);
        }
    }

    /**
     * Writes an {@code .npy} file, replacing one that is there atomically.
     *
     * @param path the file
     * @param array HALF, FLOAT or DOUBLE, any order, possibly a view
     * @throws IOException if the file cannot be written; then the old one is as it was
     * @throws IllegalArgumentException if the array has another type
     */
    public static void write(Path path, INDArray array) throws IOException {
        try {
            AtomicFile.write(path, out -> NpyStream.write(array, out));
        } catch (NpyException e) {
            throw refused(path, e);
        }
    }

    /**
     * Reads an {@code .npz} file.
     *
     * @param path the file
     * @param required names of arrays that must be there, with their ranks
     * @param optional names of arrays that may be there, with their ranks; others are refused
     * @return new 'c' arrays by name
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if its content is refused
     */
    public static Map<String, INDArray> readZip(Path path, Map<String, Integer> required, Map<String, Integer> optional)
            throws IOException {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            Map<String, Integer> ranks = new HashMap<>(optional);
            ranks.putAll(required);
            Map<String, INDArray> arrays = new HashMap<>();
            List<String> names = zip.stream().map(ZipEntry::getName).sorted().toList();
            for (String entry : names) {
                String name = entry.endsWith(SUFFIX) ? entry.substring(0, entry.length() - SUFFIX.length()) : entry;
                if (!entry.endsWith(SUFFIX) || !ranks.containsKey(name) || arrays.containsKey(name)) {
                    throw unexpectedNames(required, optional, names);
                }
                arrays.put(name, entry(zip, zip.getEntry(entry), ranks.get(name)));
            }
            if (!arrays.keySet().containsAll(required.keySet())) {
                throw unexpectedNames(required, optional, names);
            }
            return arrays;
        } catch (NpyException e) {
            throw refused(path, e);
        } catch (ZipException | EOFException e) {
            throw refused(path, unreadable("a zip file", e));
        }
    }

    /**
     * Writes an {@code .npz} file, replacing one that is there atomically.
     *
     * @param path the file
     * @param arrays HALF, FLOAT or DOUBLE arrays by name, written in the map's order
     * @throws IOException if the file cannot be written; then the old one is as it was
     * @throws IllegalArgumentException if an array has another type
     */
    public static void writeZip(Path path, Map<String, INDArray> arrays) throws IOException {
        try {
            AtomicFile.write(path, out -> {
                // Not closed: that would close the channel before it is forced to the disk.
                ZipOutputStream zip = new ZipOutputStream(out);
                for (Map.Entry<String, INDArray> array : arrays.entrySet()) {
                    zip.putNextEntry(storedEntry(array.getKey(), array.getValue()));
                    NpyStream.write(array.getValue(), zip);
                    zip.closeEntry();
                }
                zip.finish();
            });
        } catch (NpyException e) {
            throw refused(path, e);
        }
    }

    /** A stored entry names size and checksum before its content, so the content is written once for these alone. */
    private static ZipEntry storedEntry(String name, INDArray array) throws IOException {
        CRC32 crc = new CRC32();
        long[] size = {0};
        NpyStream.write(array, new CheckedOutputStream(OutputStream.nullOutputStream(), crc) {
            @Override
            public void write(byte[] b, int off, int len) throws IOException {
                super.write(b, off, len);
                size[0] += len;
            }
        });
        ZipEntry entry = new ZipEntry(name + SUFFIX);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(size[0]);
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(ENTRY_TIME);
        return entry;
    }

    /** Reads an entry twice: first to count and check its bytes, so that what is allocated is what is really there. */
    private static INDArray entry(ZipFile zip, ZipEntry entry, int rank) throws IOException {
        try {
            CRC32 crc = new CRC32();
            long size = 0;
            try (InputStream in = zip.getInputStream(entry)) {
                byte[] chunk = new byte[8192];
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    crc.update(chunk, 0, n);
                    size += n;
                    if (size > entry.getSize()) {
                        break;
                    }
                }
            } catch (ZipException | EOFException e) {
                throw unreadable("a stored or deflated entry", e);
            }
            if (size != entry.getSize() || crc.getValue() != entry.getCrc()) {
                throw new NpyException(String.format(
                        "expected %d bytes with CRC-32 %08x, got %d with %08x",
                        entry.getSize(), entry.getCrc(), size, crc.getValue()));
            }
            try (InputStream in = new BufferedInputStream(zip.getInputStream(entry))) {
                return NpyStream.read(in, size, rank);
            }
        } catch (NpyException e) {
            throw new NpyException(entry.getName() + ": " + e.getMessage());
        }
    }

    private static NpyException unexpectedNames(
            Map<String, Integer> required, Map<String, Integer> optional, List<String> names) {
        String expected = String.join(
                ", ", required.keySet().stream().sorted().map(n -> n + SUFFIX).toList());
        String may = String.join(
                ", ", optional.keySet().stream().sorted().map(n -> n + SUFFIX).toList());
        return new NpyException(
                "expected the entries " + expected + (may.isEmpty() ? "" : " and, if any, " + may) + ", got " + names);
    }

    /** An EOFException comes without a message where a place that the zip names lies beyond its end. */
    private static NpyException unreadable(String expected, IOException e) {
        return new NpyException("expected " + expected + ", got one that cannot be read: "
                + (e.getMessage() == null ? "it ends too soon" : e.getMessage()));
    }

    private static IllegalArgumentException refused(Path path, NpyException reason) {
        return new IllegalArgumentException(path + ": " + reason.getMessage(), reason);
    }
}
