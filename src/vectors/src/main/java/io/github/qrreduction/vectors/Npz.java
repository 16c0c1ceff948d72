package io.github.qrreduction.vectors;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;

/** NumPy's {@code .npz}: a zip of {@code .npy} files, stored as by {@code savez} or deflated. */
final class Npz {
    private static final String SUFFIX = ".npy";
    /** The earliest time that a zip can say; a constant makes equal arrays equal files, as in NumPy. */
    private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private static final int MAX_NAME = 1000;

    private Npz() {}

    /** Stored, in the map's order. Does not close the stream. */
    static void write(Map<String, Tensor> tensors, OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            if (tensor.getKey().isEmpty() || tensor.getKey().length() > MAX_NAME) {
                throw new Refused("expected names of 1 to " + MAX_NAME + " characters, got one of "
                        + tensor.getKey().length());
            }
            zip.putNextEntry(storedEntry(tensor.getKey(), tensor.getValue()));
            NpyArray.write(tensor.getValue(), zip);
            zip.closeEntry();
        }
        zip.finish();
        zip.flush();
    }

    /** A stored entry names size and checksum before its content, so the content is written once for these alone. */
    private static ZipEntry storedEntry(String name, Tensor tensor) throws IOException {
        CRC32 crc = new CRC32();
        long[] size = {0};
        NpyArray.write(tensor, new CheckedOutputStream(OutputStream.nullOutputStream(), crc) {
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

    static Map<String, Tensor> read(Bytes bytes) throws IOException {
        List<ZipDirectory.Entry> entries = ZipDirectory.read(bytes);
        List<String> names =
                entries.stream().map(ZipDirectory.Entry::name).sorted().toList();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ZipDirectory.Entry entry : entries) {
            if (!entry.name().endsWith(SUFFIX) || entry.name().length() == SUFFIX.length()) {
                throw new Refused("expected entries that end in .npy, got " + names);
            }
            String name = entry.name().substring(0, entry.name().length() - SUFFIX.length());
            if (tensors.containsKey(name)) {
                throw new Refused("expected every name once, got " + names);
            }
            try {
                tensors.put(name, read(bytes, entry));
            } catch (Refused e) {
                throw e.at(entry.name());
            }
        }
        return tensors;
    }

    /** Reads an entry twice: first to count and check its bytes, so that what is allocated is what is really there. */
    private static Tensor read(Bytes bytes, ZipDirectory.Entry entry) throws IOException {
        CRC32 crc = new CRC32();
        long size = 0;
        try (InputStream in = content(bytes, entry)) {
            byte[] chunk = new byte[8192];
            for (int n = in.read(chunk); n >= 0 && size <= entry.size(); n = in.read(chunk)) {
                crc.update(chunk, 0, n);
                size += n;
            }
        } catch (ZipException | EOFException e) {
            throw new Refused("expected a stored or deflated entry, got one that cannot be read: "
                    + (e.getMessage() == null ? "it ends too soon" : e.getMessage()));
        }
        if (size != entry.size() || crc.getValue() != entry.crc()) {
            throw new Refused(String.format(
                    Locale.ROOT,
                    "expected %d bytes with CRC-32 %08x, got %d with %08x",
                    entry.size(),
                    entry.crc(),
                    size,
                    crc.getValue()));
        }
        try (InputStream in = new BufferedInputStream(content(bytes, entry))) {
            return NpyArray.read(in, size);
        }
    }

    private static InputStream content(Bytes bytes, ZipDirectory.Entry entry) {
        InputStream raw = bytes.stream(entry.data(), entry.compressed());
        return switch (entry.method()) {
            case ZipEntry.STORED -> raw;
            case ZipEntry.DEFLATED -> inflated(raw);
            default ->
                throw new Refused("expected a stored or deflated entry, got compression method " + entry.method());
        };
    }

    private static InputStream inflated(InputStream raw) {
        Inflater inflater = new Inflater(true);
        // With raw deflate data zlib may ask for one byte more than there is; see Inflater(boolean).
        InputStream padded = new SequenceInputStream(raw, new ByteArrayInputStream(new byte[1]));
        return new InflaterInputStream(padded, inflater, 8192) {
            @Override
            public void close() throws IOException {
                super.close();
                inflater.end();
            }
        };
    }
}
