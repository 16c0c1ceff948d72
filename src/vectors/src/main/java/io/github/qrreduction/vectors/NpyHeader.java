package io.github.qrreduction.vectors;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What stands before the values of an {@code .npy} file: magic string, version, and a Python dict literal with the
 * keys descr, fortran_order and shape.
 *
 * @param type of the values
 * @param fortranOrder whether the first index runs fastest in the file
 * @param shape every dimension at least 1
 * @param length the header's bytes, up to the first value
 */
record NpyHeader(ElementType type, boolean fortranOrder, long[] shape, long length) {
    /** Where nobody knows how many bytes there are, as in a stream. */
    static final long UNKNOWN_SIZE = -1;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** The longest header of version 1.0, and far beyond what three keys and a few dimensions take. */
    private static final int MAX_LENGTH = 65_535;
    /** NumPy pads headers so that the values start at a multiple of this. */
    private static final int ALIGNMENT = 64;

    /** The number of values. */
    long count() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** The bytes that the values take. */
    long dataBytes() {
        return Math.multiplyExact(count(), (long) type.width());
    }

    /** The header in version 1.0, byte for byte as NumPy writes it. */
    static byte[] toBytes(ElementType type, long... shape) {
        return paddedBytes(type, 0, shape);
    }

    /** As {@link #toBytes(ElementType, long...)}, padded as if the dict were at least so long. */
    static byte[] paddedBytes(ElementType type, int dictLength, long... shape) {
        String dims = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String dict = String.format(
                Locale.ROOT,
                "{'descr': '<f%d', 'fortran_order': False, 'shape': (%s%s), }",
                type.width(),
                dims,
                shape.length == 1 ? "," : "");
        int prefix = MAGIC.length + 4;
        int least = prefix + Math.max(dict.length(), dictLength) + 1;
        int total = (least + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] bytes = new byte[total];
        Arrays.fill(bytes, (byte) ' ');
        System.arraycopy(MAGIC, 0, bytes, 0, MAGIC.length);
        bytes[6] = 1;
        bytes[7] = 0;
        bytes[8] = (byte) (total - prefix);
        bytes[9] = (byte) ((total - prefix) >>> 8);
        byte[] text = dict.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, prefix, text.length);
        bytes[total - 1] = '\n';
        return bytes;
    }

    /**
     * Reads a header and leaves the stream at the first value. Allocates no more than {@value #MAX_LENGTH} bytes.
     *
     * @param size the bytes that are really there, header and values, or {@link #UNKNOWN_SIZE}
     * @param maxCount the most values in all
     * @throws Refused if these bytes are no header, or one of an array that is not read here
     */
    static NpyHeader read(DataInputStream in, long size, long maxCount) throws IOException {
        try {
            byte[] magic = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new Refused("expected the magic string \\x93NUMPY, got " + printable(magic));
            }
            int major = in.readUnsignedByte();
            int minor = in.readUnsignedByte();
            if (major < 1 || major > 3 || minor != 0) {
                throw new Refused("expected format version 1.0, 2.0 or 3.0, got " + major + "." + minor);
            }
            long length = in.readUnsignedByte() | in.readUnsignedByte() << 8;
            if (major > 1) {
                length |= (long) in.readUnsignedByte() << 16 | (long) in.readUnsignedByte() << 24;
            }
            if (length > MAX_LENGTH) {
                throw new Refused("expected a header of at most " + MAX_LENGTH + " bytes, got one of " + length);
            }
            byte[] text = in.readNBytes((int) length);
            if (text.length < length) {
                throw new Refused("expected a header of " + length + " bytes, got " + text.length);
            }
            // Version 3.0 says UTF-8, which field names of structured types need; what we accept is ASCII in all three.
            long before = MAGIC.length + (major == 1 ? 4 : 6) + length;
            NpyHeader header =
                    new NpyHeaderParser(new String(text, StandardCharsets.ISO_8859_1), major, maxCount).parse(before);
            if (size != UNKNOWN_SIZE && size - before != header.dataBytes()) {
                throw header.otherSize(Long.toString(size - before));
            }
            return header;
        } catch (EOFException e) {
            throw new Refused("expected a header, got the end of the file");
        }
    }

    /** The values do not fit what the header says. */
    Refused otherSize(String got) {
        return new Refused("expected " + dataBytes() + " bytes of values for shape " + Arrays.toString(shape) + " of "
                + type + ", got " + got);
    }

    private static String printable(byte[] bytes) {
        StringBuilder s = new StringBuilder("\"");
        for (byte b : bytes) {
            s.append(b >= ' ' && b < 127 ? String.valueOf((char) b) : String.format(Locale.ROOT, "\\x%02x", b));
        }
        return s.append('"').toString();
    }
}
