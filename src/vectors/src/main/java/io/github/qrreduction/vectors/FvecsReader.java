package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** INRIA's {@code .fvecs}: of each vector its dimension as int32, then its numbers as float32, little-endian. */
final class FvecsReader implements VectorReader {
    private final InputStream in;
    private final long size;
    private final int dimension;
    private long read;
    private byte[] bytes;

    /**
     * Reads the first dimension.
     *
     * @param available the bytes that are there, or -1
     */
    FvecsReader(InputStream in, long available) throws IOException {
        this.in = in;
        byte[] first = in.readNBytes(4);
        if (first.length < 4) {
            throw new Refused("expected at least one vector, got a file of " + first.length + " bytes");
        }
        dimension = little(first).getInt();
        if (dimension < 1 || dimension > VectorFormat.MAX_DIMENSION) {
            throw dimension(1, "1 to " + VectorFormat.MAX_DIMENSION, dimension);
        }
        long each = 4 + 4L * dimension;
        if (available >= 0 && available % each != 0) {
            throw new Refused("expected vectors of " + each + " bytes each, as the first one says, got a file of "
                    + available + " bytes");
        }
        size = available < 0 ? -1 : available / each;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Refused dimension(long row, String expected, int got) {
        return new Refused("row " + row + ": expected dimension " + expected + ", got " + got);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public boolean named() {
        return false;
    }

    @Override
    public String name() {
        return null;
    }

    @Override
    public float[] next() throws IOException {
        if (bytes == null) {
            bytes = new byte[4 * dimension];
        }
        if (read > 0) {
            int got = in.readNBytes(bytes, 0, 4);
            if (got == 0) {
                return null;
            }
            if (got < 4) {
                throw new Refused("row " + (read + 1) + ": expected 4 bytes with the dimension, got " + got);
            }
            int d = little(bytes).getInt();
            if (d != dimension) {
                throw dimension(read + 1, dimension + ", as in row 1", d);
            }
        }
        read++;
        int got = in.readNBytes(bytes, 0, bytes.length);
        if (got < bytes.length) {
            throw new Refused("row " + read + ": expected " + bytes.length + " bytes of numbers, got " + got);
        }
        float[] vector = new float[dimension];
        little(bytes).asFloatBuffer().get(vector);
        return vector;
    }
}
