package io.github.qrreduction.vectors;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes a file of vectors one after the other, in the formats that {@link VectorFile} reads. The file appears when
 * {@link #finish} is called, whole, in the place of one that was there; where {@link #close} comes without it, nothing
 * is left.
 *
 * <pre>{@code
 * try (VectorWriter out = VectorWriter.create(path, 64)) {
 *     for (float[] x : in) {
 *         out.write(in.name(), r.apply(x));
 *     }
 *     out.finish();
 * }
 * }</pre>
 *
 * <p>.npy is written in C order, in float32 unless another type is asked for; .vec with the first line "n d", .txt
 * without. In .vec and .txt a vector without a name gets its number, from 0 on. In .csv and .tsv a header comes before
 * names, "name,0,1,..". Numbers in text are those of {@link Float#toString(float)}, which read as the same float32. Not
 * for several threads.
 */
public final class VectorWriter implements AutoCloseable {
    /** Room for the largest count and dimension in the first line of .vec; blanks behind them are passed over. */
    private static final int VEC_LINE = 28;
    /** Room for the largest count in a header of .npy. */
    private static final int NPY_DICT = 100;

    private final VectorFormat format;
    private final int dimension;
    private final ElementType type;
    private final long announced;
    private final Path path;
    private final AtomicFile file;
    private final OutputStream out;
    private final ByteBuffer bytes;
    private final TextRows text;
    private long written;

    private VectorWriter(
            VectorFormat format, int dimension, ElementType type, long announced, Path path, OutputStream stream)
            throws IOException {
        if (dimension < 1 || dimension > VectorFormat.MAX_DIMENSION) {
            throw new Refused("expected a dimension of 1 to " + VectorFormat.MAX_DIMENSION + ", got " + dimension);
        }
        if (format != VectorFormat.NPY && type != ElementType.FLOAT32) {
            throw new Refused("expected type FLOAT32 for " + format.ending() + ", got " + type + "; .npy takes others");
        }
        this.format = format;
        this.dimension = dimension;
        this.type = type;
        this.announced = announced;
        this.path = path;
        this.text = new TextRows(format, dimension);
        this.bytes = ByteBuffer.allocate(4 + dimension * type.width()).order(ByteOrder.LITTLE_ENDIAN);
        this.file = path == null ? null : AtomicFile.open(path);
        this.out = file == null ? new BufferedOutputStream(stream, 1 << 16) : file.out();
    }

    /**
     * Begins a file in float32.
     *
     * @param path on any file system, with one of the endings of {@link VectorFile}
     * @param dimension of each vector
     * @return the writer
     * @throws IOException if a file cannot be written there
     * @throws IllegalArgumentException for another ending or a dimension out of range
     */
    public static VectorWriter create(Path path, int dimension) throws IOException {
        return create(path, dimension, ElementType.FLOAT32);
    }

    /**
     * Begins a file.
     *
     * @param path on any file system, with one of the endings of {@link VectorFile}
     * @param dimension of each vector
     * @param type of the numbers; other ones than FLOAT32 are for .npy
     * @return the writer
     * @throws IOException if a file cannot be written there
     * @throws IllegalArgumentException for another ending, a dimension out of range, or a type that the format has not
     */
    public static VectorWriter create(Path path, int dimension, ElementType type) throws IOException {
        VectorFormat format = VectorFormat.of(path);
        try {
            return begun(new VectorWriter(format, dimension, type, -1, path, null));
        } catch (Refused e) {
            throw e.at(path);
        }
    }

    /**
     * Begins to write to a stream, in float32.
     *
     * @param out not closed
     * @param format "npy", "fvecs", "csv", "tsv", "vec" or "txt"
     * @param dimension of each vector
     * @param size how many vectors will come, or -1; .npy and .vec begin with it
     * @return the writer
     * @throws IOException if the stream fails
     * @throws IllegalArgumentException for another format, a dimension out of range, or a size that is missing
     */
    public static VectorWriter create(OutputStream out, String format, int dimension, long size) throws IOException {
        VectorFormat f = VectorFormat.of(format);
        if (size < 1 && (f == VectorFormat.NPY || f == VectorFormat.VEC)) {
            throw new Refused("expected the number of vectors, since " + f.ending() + " begins with it, got " + size);
        }
        Objects.requireNonNull(out, "out");
        return begun(new VectorWriter(f, dimension, ElementType.FLOAT32, size, null, out));
    }

    private static VectorWriter begun(VectorWriter writer) throws IOException {
        writer.out.write(writer.start(writer.announced));
        return writer;
    }

    /** What stands before the first vector; of one length whatever the count. */
    private byte[] start(long count) {
        return switch (format) {
            case NPY -> NpyHeader.paddedBytes(type, NPY_DICT, Math.max(count, 0), dimension);
            case VEC -> {
                String line = Math.max(count, 0) + " " + dimension;
                yield (line + " ".repeat(VEC_LINE - line.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
            }
            default -> new byte[0];
        };
    }

    /**
     * Whether the format holds names.
     *
     * @return false for .npy and .fvecs
     */
    public boolean holdsNames() {
        return format.holdsNames();
    }

    /**
     * Writes a vector without a name.
     *
     * @param vector of the dimension, not modified
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if it has another length, a number that the format has not, or no name where the
     *     vectors before have one
     */
    public void write(float[] vector) throws IOException {
        write(null, vector);
    }

    /**
     * Writes a vector with its name.
     *
     * @param name without line breaks; in .vec and .txt not empty and without spaces at its ends; null for none
     * @param vector of the dimension, not modified
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the vector has another length or a number that the format has not, or if the
     *     name does not fit the format
     */
    public void write(String name, float[] vector) throws IOException {
        Objects.requireNonNull(vector, "vector");
        if (vector.length != dimension) {
            throw refused("expected a vector of length " + dimension + ", got length " + vector.length);
        }
        if (name != null && !format.holdsNames()) {
            throw refused("expected no name, since " + format.ending() + " holds none, got \"" + name
                    + "\"; save as .vec or .csv, or without names");
        }
        try {
            switch (format) {
                case NPY, FVECS -> binary(vector);
                default -> text(name, vector);
            }
        } catch (IOException e) {
            throw located(e);
        }
        written++;
    }

    private void binary(float[] vector) throws IOException {
        bytes.clear();
        if (format == VectorFormat.FVECS) {
            bytes.putInt(dimension);
        }
        for (int i = 0; i < vector.length; i++) {
            switch (type) {
                case FLOAT16 -> bytes.putShort(float16(vector[i], i));
                case FLOAT32 -> bytes.putFloat(vector[i]);
                case FLOAT64 -> bytes.putDouble(vector[i]);
            }
        }
        out.write(bytes.array(), 0, bytes.position());
    }

    private void text(String name, float[] vector) throws IOException {
        for (int i = 0; i < vector.length; i++) {
            if (!Float.isFinite(vector[i])) {
                throw refused(
                        i,
                        "expected a finite number, since this is text, got " + vector[i] + "; save as .npy or .fvecs");
            }
        }
        String lines;
        try {
            lines = text.lines(name, vector, written);
        } catch (Refused e) {
            throw refused(e.getMessage());
        }
        out.write(lines.getBytes(StandardCharsets.UTF_8));
    }

    private short float16(float v, int i) {
        short bits = Float16.fromFloat(v);
        if (Float.isInfinite(Float16.toFloat(bits)) && !Float.isInfinite(v)) {
            throw refused(i, "expected a float16 of at most " + Float16.MAX + ", got " + v);
        }
        return bits;
    }

    /**
     * Ends the file and puts it into its place; a stream is flushed.
     *
     * @throws IOException if it cannot be written; then the old file is as it was
     * @throws IllegalArgumentException if there was no vector, or another number of them than was said
     */
    public void finish() throws IOException {
        if (written == 0 || (announced >= 0 && written != announced)) {
            String expected = announced >= 0 ? announced + " vectors" : "at least one vector";
            throw located(new Refused("expected " + expected + ", got " + written));
        }
        try {
            if (file == null) {
                out.flush();
            } else {
                writeStart(file.channel());
                file.commit();
            }
        } catch (IOException e) {
            throw located(e);
        }
    }

    /** Over the one without a count. */
    private void writeStart(SeekableByteChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.wrap(start(written));
        if (start.hasRemaining()) {
            channel.position(0);
        }
        while (start.hasRemaining()) {
            channel.write(start);
        }
    }

    private Refused refused(String reason) {
        return located(new Refused("row " + (written + 1) + ": " + reason));
    }

    /** Of a row's number, from 0 on; readers count from 1. */
    private Refused refused(int i, String reason) {
        return located(new Refused("row " + (written + 1) + ", number " + (i + 1) + ": " + reason));
    }

    private Refused located(Refused r) {
        return path == null ? r : r.at(path);
    }

    private IOException located(IOException e) {
        return path == null ? e : FileErrors.named(path, e);
    }

    /** Without {@link #finish} before, nothing is left of the file; a stream stays open. */
    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
