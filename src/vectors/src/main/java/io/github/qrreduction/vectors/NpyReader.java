package io.github.qrreduction.vectors;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The rows of a matrix in {@code .npy} format, of either order, one after the other. */
final class NpyReader implements VectorReader {
    /** The bytes of some rows that are read together. */
    private static final int CHUNK = 1 << 20;

    private final InputStream in;
    /** Null for a stream. */
    private final Bytes file;

    private final NpyHeader header;
    private final long size;
    private final int dimension;
    private final int width;
    private long read;
    private byte[] chunk = {};
    private int chunkRows;
    private int inChunk;

    /**
     * Reads the header.
     *
     * @param file the same bytes, for Fortran order; null for a stream
     */
    NpyReader(InputStream in, Bytes file) throws IOException {
        this.in = in;
        this.file = file;
        header = NpyHeader.read(
                new DataInputStream(in), file == null ? NpyHeader.UNKNOWN_SIZE : file.size(), Long.MAX_VALUE >> 4);
        long[] shape = header.shape();
        if (shape.length != 2 || shape[1] > VectorFormat.MAX_DIMENSION) {
            throw new Refused("expected vectors of shape (n, d), d at most " + VectorFormat.MAX_DIMENSION
                    + ", got shape " + Arrays.toString(shape));
        }
        if (columnwise() && file == null) {
            throw new Refused(
                    "expected C order, since Fortran order cannot be read row by row from a stream, got Fortran"
                            + " order; read it from a file");
        }
        size = shape[0];
        dimension = (int) shape[1];
        width = header.type().width();
    }

    private boolean columnwise() {
        return header.fortranOrder() && header.shape()[0] > 1 && header.shape()[1] > 1;
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
        if (read == size) {
            if (file == null && in.read() >= 0) {
                throw header.otherSize("more");
            }
            return null;
        }
        if (inChunk == chunkRows) {
            fill();
        }
        ByteBuffer bytes = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[dimension];
        int step = columnwise() ? chunkRows * width : width;
        int at = columnwise() ? inChunk * width : inChunk * dimension * width;
        for (int i = 0; i < dimension; i++, at += step) {
            vector[i] = switch (header.type()) {
                case FLOAT16 -> Float16.toFloat(bytes.getShort(at));
                case FLOAT32 -> bytes.getFloat(at);
                case FLOAT64 -> (float) bytes.getDouble(at);
            };
        }
        inChunk++;
        read++;
        return vector;
    }

    private void fill() throws IOException {
        long rowBytes = (long) dimension * width;
        chunkRows = (int) Math.max(1, Math.min(size - read, CHUNK / rowBytes));
        inChunk = 0;
        int length = (int) (chunkRows * rowBytes);
        chunk = chunk.length == length ? chunk : new byte[length];
        int got = 0;
        if (columnwise()) {
            int stretch = chunkRows * width;
            for (int i = 0; i < dimension; i++) {
                long place = header.length() + (i * size + read) * width;
                got += file.stream(place, stretch).readNBytes(chunk, i * stretch, stretch);
            }
        } else {
            got = in.readNBytes(chunk, 0, length);
        }
        if (got < length) {
            throw new Refused(
                    "row " + (read + got / rowBytes + 1) + ": expected " + rowBytes + " bytes, got " + got % rowBytes);
        }
    }
}
