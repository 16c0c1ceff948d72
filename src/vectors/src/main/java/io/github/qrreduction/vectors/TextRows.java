package io.github.qrreduction.vectors;

import java.nio.charset.StandardCharsets;

/** Vectors as lines of text: .csv and .tsv with quoted names or none, .vec and .txt with a name before each. */
final class TextRows {
    private final VectorFormat format;
    private final int dimension;
    private boolean named;

    TextRows(VectorFormat format, int dimension) {
        this.format = format;
        this.dimension = dimension;
    }

    /**
     * A vector's line, with the header before the first one if there is one.
     *
     * @param name or null for none
     * @param index of the vector, from 0 on
     * @throws Refused without place
     */
    String lines(String name, float[] vector, long index) {
        return switch (format) {
            case CSV -> delimited(name, vector, index, ',');
            case TSV -> delimited(name, vector, index, '\t');
            default -> words(name == null ? Long.toString(index) : name, vector, index);
        };
    }

    private String delimited(String name, float[] vector, long index, char delimiter) {
        if (index == 0) {
            named = name != null;
        }
        if (named != (name != null)) {
            throw new Refused(
                    named ? "expected a name as before, got none" : "expected no name as before, got \"" + name + "\"");
        }
        StringBuilder line = new StringBuilder();
        if (named && index == 0) {
            line.append("name");
            for (int i = 0; i < dimension; i++) {
                line.append(delimiter).append(i);
            }
            line.append('\n');
        }
        if (named) {
            requireOneLine(name);
            line.append('"').append(name.replace("\"", "\"\"")).append('"');
        }
        return numbers(vector, line, delimiter, named);
    }

    private String words(String name, float[] vector, long index) {
        requireOneLine(name);
        if (name.isEmpty() || !name.equals(trimmed(name))) {
            throw new Refused("expected a name without blanks at its ends, not empty, got \"" + name + "\"");
        }
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        int last = Math.max(name.lastIndexOf(' '), name.lastIndexOf('\t')) + 1;
        boolean number = FloatText.isNumber(
                text, text.length - name.substring(last).getBytes(StandardCharsets.UTF_8).length, text.length);
        if (format == VectorFormat.TXT && index == 0 && number && (last > 0 || dimension == 1)) {
            throw new Refused(
                    "expected a first name that does not end in a number, since .txt does not say the dimension, got"
                            + " \"" + name + "\"; save as .vec");
        }
        return numbers(vector, new StringBuilder(name), ' ', true);
    }

    private static String trimmed(String name) {
        int from = 0;
        int to = name.length();
        while (from < to && (name.charAt(from) == ' ' || name.charAt(from) == '\t')) {
            from++;
        }
        while (to > from && (name.charAt(to - 1) == ' ' || name.charAt(to - 1) == '\t')) {
            to--;
        }
        return name.substring(from, to);
    }

    private static void requireOneLine(String name) {
        if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
            throw new Refused("expected a name of one line, got one with a line break");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new Refused("expected a name of whole characters, got half a surrogate pair");
        }
    }

    private String numbers(float[] vector, StringBuilder line, char delimiter, boolean after) {
        for (int i = 0; i < dimension; i++) {
            if (i > 0 || after) {
                line.append(delimiter);
            }
            line.append(vector[i]);
        }
        return line.append('\n').toString();
    }
}
