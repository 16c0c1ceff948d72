package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * Numbers between commas or tabs, maybe with a header, maybe with names in the first column. Fields may stand in
 * quotation marks, a doubled one within them is one, and may not have line breaks.
 *
 * <p>The first line is a header if one of its fields behind the first is no number, if the first one is no number and
 * that of the second line is one, or if the first one names a column of names (see below) and the others are 0, 1, ...
 * The first column are names if that of the first vector is no number, or if the header calls it so: "", "id", "index",
 * "key", "label", "name" or "word".
 */
final class DelimitedReader implements VectorReader {
    private static final Set<String> NAME_COLUMNS = Set.of("", "id", "index", "key", "label", "name", "word");

    private final TextLines lines;
    private final byte delimiter;
    private final boolean named;
    private final int dimension;
    /** Where the fields of the line begin and end, without quotation marks. */
    private int[] starts = new int[16];

    private int[] ends = new int[16];
    private int fields;
    private String name;
    /** A first line that was no header, read before the second. */
    private float[] first;

    private String firstName;

    DelimitedReader(InputStream in, char delimiter) throws IOException {
        this.lines = new TextLines(in);
        this.delimiter = (byte) delimiter;
        if (!lines.advance()) {
            throw new Refused("expected at least one vector, got an empty file");
        }
        split();
        int width = fields;
        boolean word = !isNumber(0);
        boolean header = false;
        for (int f = 1; f < fields; f++) {
            header |= !isNumber(f);
        }
        String firstField = text(0);
        boolean nameColumn = NAME_COLUMNS.contains(firstField.strip().toLowerCase(Locale.ROOT));
        header |= nameColumn && countsUp();
        float[] numbers = header ? null : numbers(1);
        if (header || word) {
            if (lines.advance()) {
                split();
                header |= isNumber(0) && fields == width;
                lines.hold();
            } else if (header || width == 1) {
                throw new Refused("expected at least one vector, got a header only");
            }
        }
        named = header ? NAME_COLUMNS.contains(firstField.strip().toLowerCase(Locale.ROOT)) || !isNumber(0) : word;
        if (!header && !word) {
            lines.hold();
        } else if (!header) {
            first = numbers;
            firstName = firstField;
        }
        dimension = width - (named ? 1 : 0);
        if (dimension < 1 || dimension > VectorFormat.MAX_DIMENSION) {
            throw lines.refused("expected 1 to " + VectorFormat.MAX_DIMENSION + " numbers, got " + dimension);
        }
    }

    /** Whether the fields behind the first are 0, 1, .. */
    private boolean countsUp() {
        for (int f = 1; f < fields; f++) {
            if (!text(f).strip().equals(Integer.toString(f - 1))) {
                return false;
            }
        }
        return fields > 1;
    }

    private void split() {
        byte[] b = lines.buffer();
        fields = 0;
        int at = lines.from();
        do {
            if (fields == starts.length) {
                starts = Arrays.copyOf(starts, 2 * fields);
                ends = Arrays.copyOf(ends, 2 * fields);
            }
            int end = at;
            if (at < lines.to() && b[at] == '"') {
                end = closing(b, at + 1);
                starts[fields] = at + 1;
                ends[fields] = end++;
                if (end < lines.to() && b[end] != delimiter) {
                    throw lines.refused(
                            "expected the end of field " + (fields + 1) + " behind its quotation mark, got more text");
                }
            } else {
                while (end < lines.to() && b[end] != delimiter) {
                    end++;
                }
                starts[fields] = at;
                ends[fields] = end;
            }
            fields++;
            at = end + 1;
        } while (at <= lines.to());
    }

    private int closing(byte[] b, int from) {
        for (int at = from; at < lines.to(); at++) {
            if (b[at] == '"') {
                if (at + 1 == lines.to() || b[at + 1] != '"') {
                    return at;
                }
                at++;
            }
        }
        throw lines.refused("expected a closing quotation mark in field " + (fields + 1) + ", got the end of the line");
    }

    private int start(int field) {
        int at = starts[field];
        while (at < ends[field] && lines.buffer()[at] == ' ') {
            at++;
        }
        return at;
    }

    private int end(int field) {
        int at = ends[field];
        while (at > starts[field] && lines.buffer()[at - 1] == ' ') {
            at--;
        }
        return at;
    }

    private boolean isNumber(int field) {
        return FloatText.isNumber(lines.buffer(), start(field), end(field));
    }

    private String text(int field) {
        String text = lines.text(starts[field], ends[field]);
        boolean quoted = starts[field] > lines.from() && lines.buffer()[starts[field] - 1] == '"';
        return quoted ? text.replace("\"\"", "\"") : text;
    }

    private float[] numbers(int from) {
        float[] numbers = new float[fields - from];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = lines.number(start(from + i), end(from + i), from + i + 1);
        }
        return numbers;
    }

    @Override
    public long size() {
        return -1;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public boolean named() {
        return named;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public float[] next() throws IOException {
        if (first != null) {
            float[] vector = first;
            name = firstName;
            first = null;
            return vector;
        }
        if (!lines.advance()) {
            return null;
        }
        split();
        int from = named ? 1 : 0;
        if (fields - from != dimension) {
            throw lines.refused("expected " + (named ? "a name and " : "") + dimension + " numbers, got " + fields
                    + (fields == 1 ? " field" : " fields"));
        }
        name = named ? text(0) : null;
        return numbers(from);
    }
}
