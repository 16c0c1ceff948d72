package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Little-endian numbers of a file into arrays and back, in chunks. */
final class Values {
    private static final int CHUNK_BYTES = 1 << 16;

    private Values() {}

    /** The encodings of files; BF16 is read only. */
    enum Encoding {
        F16(ElementType.FLOAT16, 2),
        BF16(ElementType.FLOAT32, 2),
        F32(ElementType.FLOAT32, 4),
        F64(ElementType.FLOAT64, 8);

        final ElementType type;
        final int width;

        Encoding(ElementType type, int width) {
            this.type = type;
            this.width = width;
        }

        static Encoding of(ElementType type) {
            return switch (type) {
                case FLOAT16 -> F16;
                case FLOAT32 -> F32;
                case FLOAT64 -> F64;
            };
        }
    }

    /**
     * Reads numbers into a tensor. Where it is not known that they are all there, memory grows with those that come.
     *
     * @param known whether as many bytes are there as are asked for
     * @return the tensor, or null if the stream ends before
     */
    static Tensor read(InputStream in, Encoding encoding, int[] shape, int count, boolean known) throws IOException {
        boolean wide = encoding == Encoding.F64;
        int capacity = known ? count : Math.min(count, CHUNK_BYTES);
        float[] floats = wide ? null : new float[capacity];
        double[] doubles = wide ? new double[capacity] : null;
        byte[] bytes = new byte[CHUNK_BYTES];
        ByteBuffer chunk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < count; ) {
            int n = Math.min(CHUNK_BYTES / encoding.width, count - done);
            if (in.readNBytes(bytes, 0, n * encoding.width) < n * encoding.width) {
                return null;
            }
            if (n > capacity - done) {
                capacity = (int) Math.min(count, 2L * capacity);
                floats = wide ? null : Arrays.copyOf(floats, capacity);
                doubles = wide ? Arrays.copyOf(doubles, capacity) : null;
            }
            switch (encoding) {
                case F16, BF16 -> halves(chunk, encoding, floats, done, n);
                case F32 -> chunk.asFloatBuffer().get(floats, done, n);
                case F64 -> chunk.asDoubleBuffer().get(doubles, done, n);
            }
            done += n;
        }
        return Tensor.owning(encoding.type, shape, floats, doubles);
    }

    private static void halves(ByteBuffer chunk, Encoding encoding, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            short bits = chunk.getShort(2 * i);
            to[at + i] = encoding == Encoding.F16 ? Float16.toFloat(bits) : Float16.fromBfloat16(bits);
        }
    }

    /** Writes a tensor's values in its own type. Does not close the stream. */
    static void write(Tensor tensor, OutputStream out) throws IOException {
        byte[] bytes = new byte[CHUNK_BYTES];
        ByteBuffer chunk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int width = tensor.type().width();
        for (int done = 0; done < tensor.count(); ) {
            int n = Math.min(CHUNK_BYTES / width, tensor.count() - done);
            switch (tensor.type()) {
                case FLOAT16 -> {
                    for (int i = 0; i < n; i++) {
                        chunk.putShort(2 * i, Float16.fromFloat(tensor.floatArray()[done + i]));
                    }
                }
                case FLOAT32 -> chunk.asFloatBuffer().put(tensor.floatArray(), done, n);
                case FLOAT64 -> chunk.asDoubleBuffer().put(tensor.doubleArray(), done, n);
            }
            out.write(bytes, 0, n * width);
            done += n;
        }
    }

    /** Values that came with the first index fastest, in C order. */
    static Tensor fromFortranOrder(Tensor read, int[] shape) {
        float[] floats = read.floatArray() == null ? null : new float[read.count()];
        double[] doubles = read.doubleArray() == null ? null : new double[read.count()];
        int[] strides = new int[shape.length];
        int stride = 1;
        for (int d = 0; d < shape.length; d++) {
            strides[d] = stride;
            stride *= shape[d];
        }
        int[] index = new int[shape.length];
        int from = 0;
        for (int to = 0; to < read.count(); to++) {
            if (floats != null) {
                floats[to] = read.floatArray()[from];
            } else {
                doubles[to] = read.doubleArray()[from];
            }
            for (int d = shape.length - 1; d >= 0; d--) {
                from += strides[d];
                if (++index[d] < shape[d]) {
                    break;
                }
                from -= strides[d] * shape[d];
                index[d] = 0;
            }
        }
        return Tensor.owning(read.type(), shape, floats, doubles);
    }
}
