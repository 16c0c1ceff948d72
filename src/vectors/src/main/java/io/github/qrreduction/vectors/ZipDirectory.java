package io.github.qrreduction.vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The entries of a zip file, read from its central directory (PKWARE's APPNOTE 6.3). The JDK's own ZipFile reads files
 * of the default file system only, and passes over bytes that belong to no entry. Here the entries, the directory and
 * its end cover the file without a gap.
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int END64 = 0x06064b50;
    private static final int END64_LENGTH = 56;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int LOCATOR64_LENGTH = 20;
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_LENGTH = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_LENGTH = 30;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int HAS_DESCRIPTOR = 1 << 3;
    private static final int ENCRYPTED = 1;
    private static final int ZIP64_FIELD = 1;
    private static final long IN_ZIP64 = 0xffff_ffffL;
    /** A directory longer than this is not one of arrays; it is read as a whole. */
    private static final int MAX_DIRECTORY = 1 << 24;

    private final Bytes bytes;
    private final long size;

    private ZipDirectory(Bytes bytes) {
        this.bytes = bytes;
        this.size = bytes.size();
    }

    /**
     * One entry.
     *
     * @param name as in the directory
     * @param method 0 stored, 8 deflated, others
     * @param crc CRC-32 of the content
     * @param compressed bytes in the zip
     * @param size bytes of the content
     * @param local where its local header is
     * @param flags general purpose bits
     * @param data where its content begins
     */
    record Entry(String name, int method, long crc, long compressed, long size, long local, int flags, long data) {}

    /** The entries in the order of the directory. */
    static List<Entry> read(Bytes bytes) throws IOException {
        return new ZipDirectory(bytes).entries();
    }

    private List<Entry> entries() throws IOException {
        if (size < END_LENGTH) {
            throw unreadable("it ends too soon");
        }
        long end = endRecord();
        ByteBuffer record = bytes.slice(end, END_LENGTH);
        long count = record.getShort(10) & 0xffff;
        long length = unsigned(record.getInt(12));
        long start = unsigned(record.getInt(16));
        long directoryEnd = end;
        if (end >= LOCATOR64_LENGTH) {
            ByteBuffer locator = bytes.slice(end - LOCATOR64_LENGTH, LOCATOR64_LENGTH);
            if (locator.getInt(0) == LOCATOR64) {
                directoryEnd = locator.getLong(8);
                if (directoryEnd < 0 || directoryEnd != end - LOCATOR64_LENGTH - END64_LENGTH) {
                    throw unreadable("its zip64 end lies elsewhere than it says");
                }
                ByteBuffer record64 = bytes.slice(directoryEnd, END64_LENGTH);
                if (record64.getInt(0) != END64) {
                    throw unreadable("its zip64 end is missing");
                }
                count = record64.getLong(32);
                length = record64.getLong(40);
                start = record64.getLong(48);
            }
        }
        if (length < 0 || length > MAX_DIRECTORY || start != directoryEnd - length) {
            throw unreadable("bytes before it, between its parts or behind it, or its directory is not where it says");
        }
        return checked(central(bytes.slice(start, (int) length), count), start);
    }

    /** The end record is the last thing in the file, with its comment. */
    private long endRecord() throws IOException {
        int tail = (int) Math.min(size, END_LENGTH + 0xffff);
        ByteBuffer last = bytes.slice(size - tail, tail);
        for (int at = tail - END_LENGTH; at >= 0; at--) {
            if (last.getInt(at) == END && at + END_LENGTH + (last.getShort(at + 20) & 0xffff) == tail) {
                return size - tail + at;
            }
        }
        throw unreadable("no end of a zip's directory at the end of the file");
    }

    private static List<Entry> central(ByteBuffer directory, long count) {
        List<Entry> entries = new ArrayList<>();
        while (directory.hasRemaining()) {
            int at = directory.position();
            if (directory.remaining() < CENTRAL_LENGTH || directory.getInt(at) != CENTRAL) {
                throw unreadable("its directory is damaged");
            }
            int nameLength = directory.getShort(at + 28) & 0xffff;
            int extraLength = directory.getShort(at + 30) & 0xffff;
            int length = CENTRAL_LENGTH + nameLength + extraLength + (directory.getShort(at + 32) & 0xffff);
            if (directory.remaining() < length) {
                throw unreadable("its directory is damaged");
            }
            long[] sizes = {
                unsigned(directory.getInt(at + 24)),
                unsigned(directory.getInt(at + 20)),
                unsigned(directory.getInt(at + 42))
            };
            resolve64(sizes, directory.slice(at + CENTRAL_LENGTH + nameLength, extraLength));
            entries.add(new Entry(
                    name(directory.slice(at + CENTRAL_LENGTH, nameLength)),
                    directory.getShort(at + 10) & 0xffff,
                    unsigned(directory.getInt(at + 16)),
                    sizes[1],
                    sizes[0],
                    sizes[2],
                    directory.getShort(at + 8) & 0xffff,
                    -1));
            directory.position(at + length);
        }
        if (entries.size() != count) {
            throw unreadable("its directory has " + entries.size() + " entries and says " + count);
        }
        return entries;
    }

    /** Size, compressed size and place that are too large for 32 bits stand in an extra field, in this order. */
    private static void resolve64(long[] sizes, ByteBuffer extra) {
        extra.order(ByteOrder.LITTLE_ENDIAN);
        while (extra.remaining() >= 4) {
            int id = extra.getShort() & 0xffff;
            int end = (extra.getShort() & 0xffff) + extra.position();
            if (end > extra.limit()) {
                throw unreadable("its directory is damaged");
            }
            for (int i = 0; id == ZIP64_FIELD && i < sizes.length; i++) {
                if (sizes[i] == IN_ZIP64 && extra.position() + 8 <= end) {
                    sizes[i] = extra.getLong();
                }
            }
            extra.position(end);
        }
    }

    private static String name(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw unreadable("a name that is not UTF-8");
        }
    }

    /** Reads the local headers; they and the contents must cover the file up to the directory. */
    private List<Entry> checked(List<Entry> entries, long directory) throws IOException {
        List<Entry> located = new ArrayList<>();
        for (Entry e : entries) {
            if (e.local < 0 || e.local > directory - LOCAL_LENGTH || e.compressed < 0 || e.size < 0) {
                throw unreadable("an entry lies outside");
            }
            ByteBuffer local = bytes.slice(e.local, LOCAL_LENGTH);
            long data = e.local + LOCAL_LENGTH + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
            if (local.getInt(0) != LOCAL || e.compressed > directory - data) {
                throw unreadable("an entry is not where the directory says");
            }
            if ((e.flags & ENCRYPTED) != 0) {
                throw unreadable("an encrypted entry");
            }
            located.add(new Entry(e.name, e.method, e.crc, e.compressed, e.size, e.local, e.flags, data));
        }
        long covered = 0;
        for (Entry e :
                located.stream().sorted(Comparator.comparingLong(Entry::local)).toList()) {
            if (e.local != covered) {
                throw unreadable("bytes that belong to no entry, or to two");
            }
            covered = e.data + e.compressed;
            if ((e.flags & HAS_DESCRIPTOR) != 0) {
                covered += descriptorLength(e, covered, directory);
            }
        }
        if (covered != directory) {
            throw unreadable("bytes that belong to no entry, or to two");
        }
        return located;
    }

    /** Checksum and sizes again, of 4 or 8 bytes each, with a signature or without. */
    private int descriptorLength(Entry e, long at, long directory) throws IOException {
        for (int signature : new int[] {4, 0}) {
            for (int width : new int[] {4, 8}) {
                int length = signature + 4 + 2 * width;
                if (at + length > directory) {
                    continue;
                }
                ByteBuffer d = bytes.slice(at, length);
                long compressed = width == 4 ? unsigned(d.getInt(signature + 4)) : d.getLong(signature + 4);
                long whole = width == 4 ? unsigned(d.getInt(signature + 8)) : d.getLong(signature + 12);
                if ((signature == 0 || d.getInt(0) == DESCRIPTOR)
                        && unsigned(d.getInt(signature)) == e.crc
                        && compressed == e.compressed
                        && whole == e.size) {
                    return length;
                }
            }
        }
        throw unreadable("what stands behind an entry differs from the directory");
    }

    private static long unsigned(int value) {
        return value & 0xffff_ffffL;
    }

    private static Refused unreadable(String why) {
        return new Refused("expected a zip file, got one that cannot be read: " + why);
    }
}
