package io.github.qrreduction.benchmarks;

import java.util.Comparator;
import java.util.stream.Stream;

/** A problem size: a batch of {@code batch} rows, reduced from {@code nIn} to {@code nOut}. */
record Row(long batch, long nIn, long nOut) {

    /** By size of the matrix, then by batch. */
    static final Comparator<Row> ORDER =
            Comparator.comparingLong(Row::nIn).thenComparingLong(Row::nOut).thenComparingLong(Row::batch);

    /** From "1024x768x64", or from {@link #toString}. */
    static Row of(String text) {
        long[] n = Stream.of(text.split("\\D+", -1)).mapToLong(Long::parseLong).toArray();
        if (n.length != 3) {
            throw new IllegalArgumentException("size: expected batch, nIn, nOut as in 1024x768x64, got " + text);
        }
        return new Row(n[0], n[1], n[2]);
    }

    @Override
    public String toString() {
        return batch + " x " + nIn + " -> " + nOut;
    }
}
