package io.github.qrreduction.vectors;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The content of a file of tensors: named arrays, and strings about the whole. Immutable.
 *
 * <p>Formats: NumPy's {@code .npy} (one array without a name, read as {@value #UNNAMED}), NumPy's {@code .npz} (named
 * arrays), and {@code .safetensors} (named arrays and metadata). Numbers are float16, float32 or float64,
 * little-endian; safetensors' BF16 is read as float32. Every bit of a finite or infinite value survives both ways; NaN
 * stays NaN.
 *
 * <p>Reads .npy in versions 1.0, 2.0 and 3.0, C and Fortran order, and what Python 2 wrote into headers as
 * {@code numpy.load} does; stored and deflated entries of zips. Writes .npy in version 1.0, C order, and zips
 * uncompressed, byte for byte as NumPy writes them; safetensors with every tensor at a multiple of its width, the first
 * one at a multiple of 8.
 *
 * <p>Refuses, with an {@link IllegalArgumentException} that names the file, what was expected and what came: another
 * type or byte order, Python objects, dimensions of 0, a header that does not fit the bytes that are there (checked
 * before anything is allocated), bytes left over or before, names twice, wrong checksums, values that overlap or have
 * holes between them. An {@link IOException} means that the file system failed.
 */
public final class TensorFile {
    /** The name of an array that has none, as in {@code numpy.savez}. */
    public static final String UNNAMED = "arr_0";

    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    private TensorFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.tensors = ordered(tensors, "tensors");
        this.metadata = ordered(metadata, "metadata");
    }

    private static <T> Map<String, T> ordered(Map<String, T> map, String what) {
        Map<String, T> copy = new LinkedHashMap<>();
        Objects.requireNonNull(map, what)
                .forEach((key, value) -> copy.put(
                        Objects.requireNonNull(key, "expected names in " + what + ", got null"),
                        Objects.requireNonNull(
                                value, () -> "expected a value for " + key + " in " + what + ", got null")));
        return Collections.unmodifiableMap(copy);
    }

    /**
     * Content without metadata.
     *
     * @param tensors by name, in the order in which they are written
     * @return the content
     */
    public static TensorFile of(Map<String, Tensor> tensors) {
        return new TensorFile(tensors, Map.of());
    }

    /**
     * Content with metadata, which only safetensors holds.
     *
     * @param tensors by name, in the order in which they are written
     * @param metadata by key
     * @return the content
     */
    public static TensorFile of(Map<String, Tensor> tensors, Map<String, String> metadata) {
        return new TensorFile(tensors, metadata);
    }

    /**
     * The tensors.
     *
     * @return by name, in the file's order; unmodifiable
     */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /**
     * Strings about the whole.
     *
     * @return by key, in the file's order; unmodifiable
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Reads a file.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @return what is in it
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException for another ending, and for content that is refused
     */
    public static TensorFile load(Path path) throws IOException {
        TensorFormat format = TensorFormat.of(path);
        try (SeekableByteChannel channel = FileErrors.channel(path)) {
            if (format == TensorFormat.NPZ) {
                return of(Npz.read(Bytes.of(channel)));
            }
            return read(new BufferedInputStream(Channels.newInputStream(channel)), channel.size(), format);
        } catch (Refused e) {
            throw e.at(path);
        } catch (IOException e) {
            throw FileErrors.named(path, e);
        }
    }

    /**
     * Reads a stream to its end. What is held in memory grows with what comes; a zip's bytes are held as a whole, and
     * may be at most 2 GB.
     *
     * @param in the bytes, not closed
     * @param format "npy", "npz" or "safetensors"
     * @return what is in it
     * @throws IOException if the stream cannot be read
     * @throws IllegalArgumentException for another format, and for content that is refused
     */
    public static TensorFile load(InputStream in, String format) throws IOException {
        Objects.requireNonNull(in, "in");
        TensorFormat f = TensorFormat.of(format);
        if (f == TensorFormat.NPZ) {
            return of(Npz.read(Bytes.of(in.readAllBytes())));
        }
        return read(new BufferedInputStream(in), NpyHeader.UNKNOWN_SIZE, f);
    }

    private static TensorFile read(InputStream in, long size, TensorFormat format) throws IOException {
        return format == TensorFormat.SAFETENSORS
                ? Safetensors.read(in, size)
                : of(Map.of(UNNAMED, NpyArray.read(in, size)));
    }

    /**
     * Writes a file. One that is there is replaced atomically, within a zip's file system as atomically as that one is:
     * a failure, or a killed process, leaves the old content or the new one whole. The file's mode, owner and group are
     * kept where the system allows it; hard links keep the old content.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @throws IOException if the file cannot be written or is read-only; then the old one is as it was
     * @throws IllegalArgumentException for another ending, and for content that the format cannot hold
     */
    public void save(Path path) throws IOException {
        TensorFormat format = TensorFormat.of(path);
        try {
            requireRoom(format);
            AtomicFile.write(path, out -> write(out, format));
        } catch (Refused e) {
            throw e.at(path);
        }
    }

    /**
     * Writes to a stream.
     *
     * @param out flushed, not closed
     * @param format "npy", "npz" or "safetensors"
     * @throws IOException if the stream fails
     * @throws IllegalArgumentException for another format, and for content that the format cannot hold; then nothing
     *     has been written
     */
    public void save(OutputStream out, String format) throws IOException {
        Objects.requireNonNull(out, "out");
        TensorFormat f = TensorFormat.of(format);
        requireRoom(f);
        write(out, f);
        out.flush();
    }

    private void requireRoom(TensorFormat format) {
        if (format != TensorFormat.SAFETENSORS && !metadata.isEmpty()) {
            throw new Refused("expected no metadata, since " + format.ending() + " holds arrays only, got "
                    + metadata.keySet() + "; save as .safetensors");
        }
        if (format == TensorFormat.NPY && tensors.size() != 1) {
            throw new Refused("expected one array, since .npy holds no more, got " + tensors.keySet()
                    + "; save as .npz or .safetensors");
        }
    }

    private void write(OutputStream out, TensorFormat format) throws IOException {
        switch (format) {
            case NPY -> NpyArray.write(tensors.values().iterator().next(), out);
            case NPZ -> Npz.write(tensors, out);
            case SAFETENSORS -> Safetensors.write(this, out);
        }
    }

    /** Same tensors by the same names and same metadata, in any order. */
    @Override
    public boolean equals(Object o) {
        return o instanceof TensorFile other && tensors.equals(other.tensors) && metadata.equals(other.metadata);
    }

    @Override
    public int hashCode() {
        return 31 * tensors.hashCode() + metadata.hashCode();
    }

    @Override
    public String toString() {
        return "TensorFile(" + tensors + (metadata.isEmpty() ? "" : ", metadata " + metadata) + ")";
    }
}
