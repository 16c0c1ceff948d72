package io.github.qrreduction.vectors;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;

/** Bytes that can be read at any place: of a file on any file system, or in memory. Not for several threads. */
interface Bytes {
    long size();

    /** As {@link InputStream#read(byte[], int, int)}, from a position before the end. */
    int read(long position, byte[] to, int offset, int length) throws IOException;

    static Bytes of(SeekableByteChannel channel) throws IOException {
        long size = channel.size();
        return new Bytes() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public int read(long position, byte[] to, int offset, int length) throws IOException {
                return channel.position(position).read(ByteBuffer.wrap(to, offset, length));
            }
        };
    }

    static Bytes of(byte[] bytes) {
        return new Bytes() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public int read(long position, byte[] to, int offset, int length) {
                int n = Math.min(length, bytes.length - (int) position);
                System.arraycopy(bytes, (int) position, to, offset, n);
                return n;
            }
        };
    }

    /** A stretch that lies within {@link #size()}, for random access. */
    default ByteBuffer slice(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        if (stream(position, length).readNBytes(bytes, 0, length) < length) {
            throw new EOFException("expected " + size() + " bytes, the file got shorter");
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A stretch as a stream, which ends at its end. */
    default InputStream stream(long position, long length) {
        return new InputStream() {
            private long at = position;
            private final long end = position + length;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int offset, int count) throws IOException {
                Objects.checkFromIndexSize(offset, count, to.length);
                if (count == 0) {
                    return 0;
                }
                if (at >= end) {
                    return -1;
                }
                int n = Bytes.this.read(at, to, offset, (int) Math.min(count, end - at));
                at += Math.max(n, 0);
                return n;
            }
        };
    }
}
