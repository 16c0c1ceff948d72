package io.github.qrreduction.vectors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A parser for the one dict literal of an {@code .npy} header, and for nothing else of Python:
 *
 * <pre>
 * header = "{" key ":" value { "," key ":" value } [ "," ] "}" spaces newline
 * value  = [ "u" ] string | "True" | "False" | "(" [ integer { "," integer } [ "," ] ] ")"
 * </pre>
 *
 * <p>Python 2 writes u before strings, and L behind long integers. As in NumPy, L is read in versions 1 and 2 only.
 */
final class NpyHeaderParser {
    /** Twelve digits: more values than any file, and far from an overflow of long. */
    private static final int MAX_DIGITS = 12;

    private static final int MAX_RANK = 32;
    private static final String KEYS = "the keys descr, fortran_order and shape, each once";

    private final String text;
    private final int version;
    private final long maxCount;
    private int at;

    NpyHeaderParser(String text, int version, long maxCount) {
        this.text = text;
        this.version = version;
        this.maxCount = maxCount;
    }

    /** The header of a file of arrays that has this length before its values. */
    NpyHeader parse(long length) {
        if (!text.endsWith("\n")) {
            throw new Refused("expected a header that ends with a newline, got " + quote(text));
        }
        Map<String, Object> values = dict();
        skipSpaces();
        if (at != text.length() - 1) {
            throw malformed("spaces up to the newline");
        }
        if (!(values.get("descr") instanceof String descr)) {
            throw new Refused("expected descr to be a string such as '<f4', got " + quote(text));
        }
        if (!(values.get("fortran_order") instanceof Boolean fortranOrder)) {
            throw new Refused("expected fortran_order to be True or False, got " + quote(text));
        }
        if (!(values.get("shape") instanceof long[] shape)) {
            throw new Refused("expected shape to be a tuple of integers, got " + quote(text));
        }
        return new NpyHeader(type(descr), fortranOrder, checked(shape), length);
    }

    private static ElementType type(String descr) {
        return switch (descr) {
            case "<f2" -> ElementType.FLOAT16;
            case "<f4" -> ElementType.FLOAT32;
            case "<f8" -> ElementType.FLOAT64;
            default ->
                throw new Refused("expected dtype '<f2', '<f4' or '<f8' (little-endian float16, float32 or "
                        + "float64), got '" + quote(descr) + "'" + kind(descr));
        };
    }

    private static String kind(String descr) {
        if (descr.matches("[|<>=]?O.*")) {
            return ", Python objects";
        }
        if (descr.startsWith(">")) {
            return ", big-endian";
        }
        if (descr.matches("[|<=]?[iub]\\d+")) {
            return ", integers or booleans";
        }
        return descr.matches("[|<=]?c\\d+") ? ", complex numbers" : "";
    }

    private long[] checked(long[] shape) {
        long count = 1;
        for (long size : shape) {
            if (size < 1 || size > maxCount / count) {
                throw new Refused("expected dimensions of at least 1 and at most " + maxCount + " values in all, got "
                        + quote(text));
            }
            count *= size;
        }
        return shape;
    }

    private Map<String, Object> dict() {
        Map<String, Object> values = new LinkedHashMap<>();
        expect('{');
        while (!accept('}')) {
            String key = string();
            if (!List.of("descr", "fortran_order", "shape").contains(key)) {
                throw new Refused("expected " + KEYS + ", got " + quote(text));
            }
            expect(':');
            if (values.put(key, value(key)) != null) {
                throw new Refused("expected " + KEYS + ", got " + quote(text));
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        if (values.size() != 3) {
            throw new Refused("expected " + KEYS + ", got " + quote(text));
        }
        return values;
    }

    private Object value(String key) {
        skipSpaces();
        char first = text.charAt(at);
        if (first == '[' && key.equals("descr")) {
            throw new Refused("expected dtype '<f2', '<f4' or '<f8', got a structured dtype: " + quote(text));
        }
        if (first == '\'' || first == '"' || first == 'u' || first == 'U') {
            return string();
        }
        if (first == '(') {
            return tuple();
        }
        for (Boolean b : new Boolean[] {Boolean.TRUE, Boolean.FALSE}) {
            String word = b ? "True" : "False";
            if (text.startsWith(word, at)) {
                at += word.length();
                return b;
            }
        }
        throw malformed("a value");
    }

    private String string() {
        skipSpaces();
        if (text.charAt(at) == 'u' || text.charAt(at) == 'U') {
            at++;
        }
        char mark = text.charAt(at);
        if (mark != '\'' && mark != '"') {
            throw malformed("a string");
        }
        int end = text.indexOf(mark, at + 1);
        if (end < 0) {
            throw malformed("a string that ends");
        }
        String s = text.substring(at + 1, end);
        if (s.indexOf('\\') >= 0) {
            throw malformed("a string without escapes");
        }
        at = end + 1;
        return s;
    }

    private long[] tuple() {
        List<Long> sizes = new ArrayList<>();
        expect('(');
        while (!accept(')')) {
            sizes.add(integer());
            if (sizes.size() > MAX_RANK) {
                throw malformed("at most " + MAX_RANK + " dimensions");
            }
            if (!accept(',')) {
                expect(')');
                if (sizes.size() == 1) {
                    throw malformed("a comma before it: (n) is no tuple");
                }
                break;
            }
        }
        return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    private long integer() {
        skipSpaces();
        int start = at;
        while (Character.digit(text.charAt(at), 10) >= 0 && text.charAt(at) < 128) {
            at++;
        }
        if (at == start || at - start > MAX_DIGITS) {
            throw malformed("an integer of at most " + MAX_DIGITS + " digits from " + start);
        }
        long value = Long.parseLong(text.substring(start, at));
        if (version <= 2) {
            accept('L');
        }
        return value;
    }

    private boolean accept(char c) {
        skipSpaces();
        // The text ends with a newline that is never consumed, so there is always a character here.
        if (text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw malformed("'" + c + "'");
        }
    }

    private void skipSpaces() {
        while (text.charAt(at) == ' ') {
            at++;
        }
    }

    private Refused malformed(String expected) {
        return new Refused("malformed header: expected " + expected + " at " + at + ", got " + quote(text));
    }

    private static String quote(String s) {
        String line = s.strip().replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() <= 200 ? line : line.substring(0, 200) + "...";
    }
}
