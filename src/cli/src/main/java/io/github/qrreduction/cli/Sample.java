package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.VectorFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Some rows of a file, each as likely as the others, in the order of the file; all of them where they are few enough.
 * One pass (algorithm R: Vitter, Random sampling with a reservoir, 1985), with a seed.
 *
 * @param rows what was drawn
 * @param of how many there are in the file
 */
record Sample(float[][] rows, long of) {

    /** The share of the JVM's memory that rows may take: the rest is for what is computed from them. */
    private static final int SHARE_OF_MEMORY = 4;

    /** A row's number in the file, by which the order comes back. */
    private record Numbered(long number, float[] row) {}

    /**
     * Draws.
     *
     * @param input names the file in messages
     * @param vectors just opened
     * @param most how many rows, or null for as many as memory holds
     * @param seed of the choice
     */
    static Sample of(Input input, VectorFile vectors, Integer most, long seed) throws IOException {
        int room = room(vectors.dimension());
        if (most != null && most > room) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "expected a sample of at most %d rows, which memory has room for, got %d; set QR_REDUCE_OPTS=-Xmx8g"
                            + " or more",
                    room,
                    most));
        }
        int capacity = most == null ? room : most;
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<Numbered> drawn = new ArrayList<>();
        long seen = 0;
        Iterator<float[]> rows = vectors.iterator();
        try (Progress progress = Progress.of("read", vectors.size(), "vectors")) {
            for (float[] row = input.next(rows); row != null; row = input.next(rows)) {
                seen++;
                input.requireFinite(row, seen);
                if (drawn.size() < capacity) {
                    drawn.add(new Numbered(seen, row));
                } else {
                    long place = random.nextLong(seen);
                    if (place < capacity) {
                        drawn.set((int) place, new Numbered(seen, row));
                    }
                }
                progress.add(1);
            }
        }
        Numbered[] ordered = drawn.toArray(new Numbered[0]);
        Arrays.sort(ordered, (a, b) -> Long.compare(a.number, b.number));
        float[][] chosen = new float[ordered.length][];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = ordered[i].row;
        }
        return new Sample(chosen, seen);
    }

    private static int room(int dimension) {
        long bytes = Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY;
        return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(2, bytes / (Float.BYTES * (long) dimension)));
    }

    boolean isAll() {
        return rows.length == of;
    }

    @Override
    public String toString() {
        return isAll() ? Long.toString(of) : rows.length + " of " + of;
    }
}
