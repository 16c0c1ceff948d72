package io.github.qrreduction.vectors;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** One array in {@code .npy} format, in a file of its own or as an entry of a zip. */
final class NpyArray {
    private NpyArray() {}

    /** Writes version 1.0, C order, little-endian, in the tensor's own type. Does not close the stream. */
    static void write(Tensor tensor, OutputStream out) throws IOException {
        out.write(NpyHeader.toBytes(
                tensor.type(), Arrays.stream(tensor.shape()).asLongStream().toArray()));
        Values.write(tensor, out);
    }

    /**
     * Reads an array of either order. Does not close the stream.
     *
     * @param size the bytes that are really there, or {@link NpyHeader#UNKNOWN_SIZE}: nothing is allocated for a header
     *     that claims others
     */
    static Tensor read(InputStream in, long size) throws IOException {
        NpyHeader header = NpyHeader.read(new DataInputStream(in), size, Integer.MAX_VALUE);
        int[] shape = Arrays.stream(header.shape()).mapToInt(Math::toIntExact).toArray();
        boolean known = size != NpyHeader.UNKNOWN_SIZE;
        Tensor tensor =
                Values.read(in, Values.Encoding.of(header.type()), shape, Math.toIntExact(header.count()), known);
        if (tensor == null) {
            throw header.otherSize("fewer");
        }
        if (!known && in.read() >= 0) {
            throw header.otherSize("more");
        }
        return header.fortranOrder() && shape.length > 1 ? Values.fromFortranOrder(tensor, shape) : tensor;
    }
}
