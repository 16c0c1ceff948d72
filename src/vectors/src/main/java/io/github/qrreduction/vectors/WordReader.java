package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;

/**
 * word2vec's text, with a first line "n d", and GloVe's, without: a word and d numbers a line, with spaces or tabs
 * between them. A word may have spaces in it: the last d fields are the vector.
 */
final class WordReader implements VectorReader {
    private final TextLines lines;
    private final long size;
    private final int dimension;
    private long read;
    private String name;

    WordReader(InputStream in) throws IOException {
        lines = new TextLines(in);
        if (!lines.advance()) {
            throw new Refused("expected at least one vector, got an empty file");
        }
        byte[] b = lines.buffer();
        int end = trimmed(lines.to());
        int last = fieldStart(end);
        int first = last > lines.from() ? fieldStart(trimmed(last)) : last;
        boolean header = first == lines.from()
                && last > first
                && FloatText.isCount(b, first, trimmed(last))
                && FloatText.isCount(b, last, end);
        if (header) {
            size = Long.parseLong(lines.text(first, trimmed(last)));
            long d = Long.parseLong(lines.text(last, end));
            if (size < 1 || d < 1 || d > VectorFormat.MAX_DIMENSION) {
                throw lines.refused("expected the number of vectors, at least 1, and their dimension, 1 to "
                        + VectorFormat.MAX_DIMENSION + ", got " + size + " and " + d);
            }
            dimension = (int) d;
        } else {
            size = -1;
            dimension = trailingNumbers(b, end);
            if (dimension < 1 || dimension > VectorFormat.MAX_DIMENSION) {
                throw lines.refused(
                        "expected a word and numbers behind it, or the number of vectors and their dimension,"
                                + " got neither");
            }
            lines.hold();
        }
    }

    /** How many numbers stand at the end of the line, with at least one field before them. */
    private int trailingNumbers(byte[] b, int lineEnd) {
        int count = 0;
        for (int end = lineEnd; end > lines.from(); count++) {
            int start = fieldStart(end);
            if (start == lines.from() || !FloatText.isNumber(b, start, end)) {
                break;
            }
            end = trimmed(start);
        }
        return count;
    }

    /** Where the field that ends here begins. */
    private int fieldStart(int end) {
        int at = end;
        while (at > lines.from() && !separates(lines.buffer()[at - 1])) {
            at--;
        }
        return at;
    }

    /** The end of the last field before this place. */
    private int trimmed(int place) {
        int at = place;
        while (at > lines.from() && separates(lines.buffer()[at - 1])) {
            at--;
        }
        return at;
    }

    private static boolean separates(byte b) {
        return b == ' ' || b == '\t';
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public boolean named() {
        return true;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public float[] next() throws IOException {
        if (!lines.advance()) {
            if (size >= 0 && read < size) {
                throw new Refused("expected " + size + " vectors, as line 1 says, got " + read);
            }
            return null;
        }
        if (size >= 0 && read == size) {
            throw lines.refused("expected the end after " + size + " vectors, as line 1 says, got more");
        }
        // A line shorter than its numbers costs no array of them.
        if (lines.to() - lines.from() < 2 * dimension) {
            throw ragged(0);
        }
        float[] vector = new float[dimension];
        int end = trimmed(lines.to());
        for (int i = dimension - 1; i >= 0; i--) {
            int start = fieldStart(end);
            if (start == lines.from()) {
                throw ragged(dimension - i);
            }
            vector[i] = lines.number(start, end, i + 2);
            end = trimmed(start);
        }
        if (end == lines.from()) {
            throw ragged(dimension);
        }
        name = lines.text(lines.from(), end);
        read++;
        return vector;
    }

    private Refused ragged(int got) {
        return lines.refused(
                "expected a word and " + dimension + " numbers, got " + (got == 0 ? "fewer" : got + " fields"));
    }
}
