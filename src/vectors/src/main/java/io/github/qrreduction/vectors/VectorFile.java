package io.github.qrreduction.vectors;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * A file of vectors of one length, read one after the other: memory does not grow with the file.
 *
 * <ul>
 *   <li>{@code .npy}: a float16, float32 or float64 matrix (n, d), C or Fortran order; float64 is rounded to float32.
 *   <li>{@code .fvecs}: of each vector int32 d, then d float32, little-endian.
 *   <li>{@code .csv}, {@code .tsv}: numbers between commas or tabs. The first line is a header if a field behind its
 *       first is no number, if its first one is none and that of the second line is one, or if its first one is one of
 *       the words below and the others are 0, 1, ... The first column are names if that of the first vector is no
 *       number, or if the header calls it "", "id", "index", "key", "label", "name" or "word". Fields may stand in
 *       quotation marks, without line breaks.
 *   <li>{@code .vec}, {@code .txt}: word2vec's and fastText's text, with a first line "n d", and GloVe's, without. A
 *       word may have spaces in it: the last d fields are the vector. Without a first line "n d", d is how many numbers
 *       stand at the end of the first line.
 * </ul>
 *
 * <p>Text is UTF-8. Numbers in text are decimal and finite; in binary files NaN and infinities are read like others.
 * Content that is refused is an {@link IllegalArgumentException} that names the file, the line or the row (both counted
 * from 1), what was expected and what came. Not for several threads.
 */
public final class VectorFile implements Iterable<float[]>, AutoCloseable {
    private static final int BUFFER = 1 << 18;

    /** Null for a stream. */
    private final Path path;

    private final VectorFormat format;
    private Pass pass;
    private boolean used;
    private String name;

    private VectorFile(Path path, VectorFormat format, Pass pass) {
        this.path = path;
        this.format = format;
        this.pass = pass;
    }

    /** An open file. */
    private record Pass(VectorReader reader, AutoCloseable source) {}

    /**
     * Opens a file and reads what its start says.
     *
     * @param path on any file system, with one of the endings above
     * @return the open file
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException for another ending, and for content that is refused
     */
    public static VectorFile open(Path path) throws IOException {
        VectorFormat format = VectorFormat.of(path);
        return new VectorFile(path, format, pass(path, format));
    }

    /**
     * Reads from a stream, once; a matrix in Fortran order is refused.
     *
     * @param in the bytes, not closed
     * @param format "npy", "fvecs", "csv", "tsv", "vec" or "txt"
     * @return the vectors
     * @throws IOException if the stream cannot be read
     * @throws IllegalArgumentException for another format, and for content that is refused
     */
    public static VectorFile open(InputStream in, String format) throws IOException {
        VectorFormat f = VectorFormat.of(format);
        InputStream buffered = new BufferedInputStream(Objects.requireNonNull(in, "in"), BUFFER);
        return new VectorFile(null, f, new Pass(reader(buffered, null, -1, f), () -> {}));
    }

    private static Pass pass(Path path, VectorFormat format) throws IOException {
        SeekableByteChannel channel = FileErrors.channel(path);
        try {
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
            return new Pass(reader(in, Bytes.of(channel), channel.size(), format), channel);
        } catch (Refused e) {
            channel.close();
            throw e.at(path);
        } catch (IOException e) {
            channel.close();
            throw FileErrors.named(path, e);
        }
    }

    private static VectorReader reader(InputStream in, Bytes file, long size, VectorFormat format) throws IOException {
        return switch (format) {
            case NPY -> new NpyReader(in, file);
            case FVECS -> new FvecsReader(in, size);
            case CSV -> new DelimitedReader(in, ',');
            case TSV -> new DelimitedReader(in, '\t');
            case VEC, TXT -> new WordReader(in);
        };
    }

    /**
     * How many vectors there are.
     *
     * @return their number, or -1 where the file does not say it: .csv, .tsv, GloVe's text, a stream of .fvecs
     */
    public long size() {
        return pass.reader().size();
    }

    /**
     * The length of each vector.
     *
     * @return d, at least 1 and at most 16777216
     */
    public int dimension() {
        return pass.reader().dimension();
    }

    /**
     * Whether the vectors have names.
     *
     * @return true for .vec and .txt, and for .csv and .tsv with a column of names
     */
    public boolean hasNames() {
        return pass.reader().named();
    }

    /**
     * The name of the vector that came last.
     *
     * @return the name, or null where there is none
     */
    public String name() {
        return name;
    }

    /**
     * The vectors in the order of the file, each a new array. A file may be gone through several times, one after the
     * other; a stream once. A failure is an {@link UncheckedIOException} or, for content, an
     * {@link IllegalArgumentException}.
     *
     * @throws IllegalStateException for a stream that was gone through
     */
    @Override
    public Iterator<float[]> iterator() {
        if (used) {
            if (path == null) {
                throw new IllegalStateException("expected one pass over the vectors of a stream, got another one");
            }
            try {
                close();
                pass = pass(path, format);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        used = true;
        VectorReader reader = pass.reader();
        return new Iterator<>() {
            private float[] ahead;
            private String nameAhead;
            private boolean end;

            @Override
            public boolean hasNext() {
                if (ahead == null && !end) {
                    ahead = read(reader);
                    nameAhead = reader.name();
                    end = ahead == null;
                }
                return !end;
            }

            @Override
            public float[] next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                float[] vector = ahead;
                ahead = null;
                name = nameAhead;
                return vector;
            }
        };
    }

    private float[] read(VectorReader reader) {
        try {
            return reader.next();
        } catch (Refused e) {
            throw path == null ? e : e.at(path);
        } catch (IOException e) {
            throw new UncheckedIOException(path == null ? e : FileErrors.named(path, e));
        }
    }

    /** Closes the file; a stream stays open. */
    @Override
    public void close() throws IOException {
        try {
            pass.source().close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
