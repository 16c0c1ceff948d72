package io.github.qrreduction.compare;

import io.github.qrreduction.internal.lapack.Interruption;
import io.github.qrreduction.vectors.VectorFile;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Some vectors of many, drawn uniformly in one pass, with memory for the drawn ones only: reservoir sampling (Vitter
 * 1985, <i>Random sampling with a reservoir</i>, algorithm R). They stay in their order. Immutable.
 *
 * <p>Vectors of zeros have no direction, so that no cosine says who is near them: they are left out and counted.
 */
public final class VectorSample {
    private static final int LISTENER_STEP = 256;

    private final float[][] vectors;
    private final String[] names;
    private final long[] positions;
    private final long total;
    private final long zeros;

    private VectorSample(float[][] vectors, String[] names, long[] positions, long total, long zeros) {
        this.vectors = vectors;
        this.names = names;
        this.positions = positions;
        this.total = total;
        this.zeros = zeros;
    }

    /**
     * Draws from a file.
     *
     * @param file gone through once
     * @param size how many to draw at most, at least 1; fewer where the file has fewer
     * @param seed of the draw
     * @param listener hears now and then how many vectors were read
     * @return the sample, with names where the file has names
     * @throws IllegalArgumentException if the file's content is refused, or a number is NaN or infinite
     * @throws UncheckedIOException if the file cannot be read
     * @throws CancellationException if the thread is interrupted; its flag stays set
     */
    public static VectorSample draw(VectorFile file, int size, long seed, LongConsumer listener) {
        return draw(file, file.hasNames() ? file::name : () -> null, size, seed, listener);
    }

    /**
     * Draws from vectors in memory.
     *
     * @param vectors of one length, not modified; those drawn are shared, not copied
     * @param size how many to draw at most, at least 1
     * @param seed of the draw
     * @return the sample, without names
     * @throws IllegalArgumentException if lengths differ, or a number is NaN or infinite
     */
    public static VectorSample draw(float[][] vectors, int size, long seed) {
        return draw(Arrays.asList(vectors), () -> null, size, seed, seen -> {});
    }

    /** One that is kept, and where it stood. */
    private record Drawn(float[] vector, String name, long position) {}

    private static VectorSample draw(
            Iterable<float[]> vectors, Supplier<String> name, int size, long seed, LongConsumer listener) {
        if (size < 1) {
            throw new IllegalArgumentException("expected a sample of at least 1 vector, got " + size);
        }
        Random random = new Random(seed);
        List<Drawn> drawn = new ArrayList<>();
        long row = 0;
        long usable = 0;
        int width = 0;
        for (Iterator<float[]> all = vectors.iterator(); all.hasNext(); ) {
            float[] vector = Objects.requireNonNull(all.next(), "vector");
            row++;
            width = row == 1 ? vector.length : width;
            boolean zero = isZero(vector, width, row);
            if (!zero) {
                usable++;
                long place = usable <= size ? drawn.size() : random.nextLong(usable);
                if (place == drawn.size() && usable <= size) {
                    drawn.add(new Drawn(vector, name.get(), row));
                } else if (place < size) {
                    drawn.set((int) place, new Drawn(vector, name.get(), row));
                }
            }
            if (row % LISTENER_STEP == 0) {
                listener.accept(row);
                Interruption.check("the draw of a sample");
            }
        }
        listener.accept(row);
        drawn.sort(Comparator.comparingLong(Drawn::position));
        boolean named = drawn.stream().anyMatch(d -> d.name() != null);
        return new VectorSample(
                drawn.stream().map(Drawn::vector).toArray(float[][]::new),
                named ? drawn.stream().map(Drawn::name).toArray(String[]::new) : null,
                drawn.stream().mapToLong(Drawn::position).toArray(),
                row,
                row - usable);
    }

    private static boolean isZero(float[] vector, int width, long row) {
        if (vector.length != width || width == 0) {
            throw new IllegalArgumentException("row " + row + ": expected as many numbers as row 1 has, " + width
                    + ", at least 1, got " + vector.length);
        }
        boolean zero = true;
        for (int i = 0; i < vector.length; i++) {
            if (!Float.isFinite(vector[i])) {
                throw new IllegalArgumentException("row " + row + ", number " + (i + 1)
                        + ": expected a finite number, got " + vector[i] + "; take the row out first");
            }
            zero &= vector[i] == 0;
        }
        return zero;
    }

    /**
     * The number of vectors drawn.
     *
     * @return n
     */
    public int size() {
        return vectors.length;
    }

    /**
     * The number of vectors that were read, those of zeros too.
     *
     * @return at least {@link #size()}
     */
    public long total() {
        return total;
    }

    /**
     * The number of vectors of zeros among those that were read.
     *
     * @return how many were left out
     */
    public long zeros() {
        return zeros;
    }

    /**
     * The length of the vectors.
     *
     * @return d, or 0 where there is no vector
     */
    public int dimension() {
        return vectors.length == 0 ? 0 : vectors[0].length;
    }

    /**
     * Whether the vectors have names.
     *
     * @return true if {@link #name} gives them
     */
    public boolean hasNames() {
        return names != null;
    }

    /**
     * A vector's name.
     *
     * @param i its index in the sample
     * @return the name, or null where there is none
     */
    public String name(int i) {
        return names == null ? null : names[i];
    }

    /**
     * Where a vector stood among those that were read.
     *
     * @param i its index in the sample
     * @return its number, counted from 1, those of zeros too
     */
    public long position(int i) {
        return positions[i];
    }

    /**
     * One of the vectors.
     *
     * @param i its index in the sample
     * @return a copy
     */
    public float[] vector(int i) {
        return vectors[i].clone();
    }

    /** The vectors themselves. */
    float[][] vectors() {
        return vectors;
    }
}
