package io.github.qrreduction.npy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.indexer.HalfIndexer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One array in {@code .npy} format, in a file of its own or as an entry of a zip. */
final class NpyStream {
    private static final int CHUNK_BYTES = 1 << 16;

    private NpyStream() {}

    /** Writes version 1.0, C order, little-endian, in the array's own type. Does not close the stream. */
    static void write(INDArray array, OutputStream out) throws IOException {
        DataType type = array.dataType();
        if (type != DataType.FLOAT16 && type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new NpyException("expected an array of HALF, FLOAT or DOUBLE, got " + type);
        }
        NpyHeader header = new NpyHeader(type, false, array.shape().clone());
        out.write(header.toBytes());
        DataBuffer values = array.dup('c').data();
        int count = header.count();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            if (!chunk.hasRemaining()) {
                out.write(chunk.array(), 0, chunk.position());
                chunk.clear();
            }
            switch (type) {
                case HALF -> chunk.putShort((short) HalfIndexer.fromFloat(values.getFloat(i)));
                case FLOAT -> chunk.putFloat(values.getFloat(i));
                default -> chunk.putDouble(values.getDouble(i));
            }
        }
        out.write(chunk.array(), 0, chunk.position());
    }

    /**
     * Reads an array of either order into a new 'c' array. Does not close the stream.
     *
     * @param size the bytes that are really there: nothing is allocated for a header that claims others
     * @param rank the number of dimensions that the caller needs
     */
    static INDArray read(InputStream in, long size, int rank) throws IOException {
        NpyHeader header = NpyHeader.read(new DataInputStream(in), size);
        if (header.shape().length != rank) {
            throw new NpyException("expected " + rank + (rank == 1 ? " dimension" : " dimensions") + ", got shape "
                    + Arrays.toString(header.shape()));
        }
        char order = header.fortranOrder() && rank > 1 ? 'f' : 'c';
        INDArray array = Nd4j.createUninitializedDetached(header.type(), order, header.shape());
        DataBuffer values = array.data();
        int width = header.type().width();
        int count = header.count();
        byte[] bytes = new byte[CHUNK_BYTES];
        ByteBuffer chunk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; ) {
            int length = (int) Math.min(CHUNK_BYTES, (long) (count - i) * width);
            if (in.readNBytes(bytes, 0, length) < length) {
                throw new NpyException("expected " + header.dataBytes() + " bytes of values, the file got shorter");
            }
            for (chunk.position(0); chunk.position() < length; i++) {
                switch (header.type()) {
                    case HALF -> values.put(i, HalfIndexer.toFloat(chunk.getShort() & 0xffff));
                    case FLOAT -> values.put(i, chunk.getFloat());
                    default -> values.put(i, chunk.getDouble());
                }
            }
        }
        if (order == 'c') {
            return array;
        }
        try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return array.dup('c');
        }
    }
}
