package io.github.qrreduction.benchmarks;

import java.util.Comparator;

/** A problem size: a batch of {@code batch} rows, reduced from {@code nIn} to {@code nOut}. */
public record Row(long batch, long nIn, long nOut) {

    /** By size of the matrix, then by batch. */
    static final Comparator<Row> ORDER =
            Comparator.comparingLong(Row::nIn).thenComparingLong(Row::nOut).thenComparingLong(Row::batch);

    /** From the forms that benchmark parameters have: "1024" and "768x64". */
    public static Row of(String batch, String pair) {
        String[] sizes = pair.split("x", -1);
        if (sizes.length != 2) {
            throw new IllegalArgumentException("Pair \"" + pair + "\": expected nIn x nOut, as in 768x64");
        }
        return new Row(Long.parseLong(batch), Long.parseLong(sizes[0]), Long.parseLong(sizes[1]));
    }

    String pair() {
        return nIn + "x" + nOut;
    }

    @Override
    public String toString() {
        return batch + " x " + nIn + " -> " + nOut;
    }
}
