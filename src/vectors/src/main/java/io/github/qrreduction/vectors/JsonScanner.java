package io.github.qrreduction.vectors;

import java.util.Locale;

/** The words of a JSON text (RFC 8259), as far as a safetensors header has them: strings, integers, punctuation. */
final class JsonScanner {
    /** More bytes than any file has, and far from an overflow of long. */
    private static final int MAX_DIGITS = 18;

    private static final int EXCERPT = 40;

    private final String text;
    private int at;

    JsonScanner(String text) {
        this.text = text;
    }

    boolean accept(char c) {
        skipSpaces();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char c) {
        if (!accept(c)) {
            throw malformed("'" + c + "'");
        }
    }

    /** After the last brace, nothing but spaces. */
    void expectEnd() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at < text.length()) {
            throw malformed("spaces up to the end");
        }
    }

    /** Not negative, without leading zeros, fraction or exponent. */
    long integer() {
        skipSpaces();
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        int digits = at - start;
        boolean number = digits > 0 && digits <= MAX_DIGITS && (digits == 1 || text.charAt(start) != '0');
        boolean more = at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0;
        if (!number || more) {
            at = start;
            throw malformed("an integer of at most " + MAX_DIGITS + " digits");
        }
        return Long.parseLong(text, start, at, 10);
    }

    String string() {
        expect('"');
        StringBuilder s = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                return surrogatesPaired(s);
            }
            if (c < ' ') {
                throw malformed("a string without control characters");
            }
            s.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hex();
            default -> throw malformed("an escape of JSON");
        };
    }

    private char hex() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            char c = next();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw malformed("four hexadecimal digits");
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private String surrogatesPaired(CharSequence s) {
        for (int i = 0; i < s.length(); i++) {
            if (Character.isHighSurrogate(s.charAt(i))
                    && i + 1 < s.length()
                    && Character.isLowSurrogate(s.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(s.charAt(i))) {
                throw malformed("surrogates in pairs");
            }
        }
        return s.toString();
    }

    private char next() {
        if (at == text.length()) {
            throw malformed("a string that ends");
        }
        return text.charAt(at++);
    }

    private void skipSpaces() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    Refused malformed(String expected) {
        String rest = text.substring(at, Math.min(text.length(), at + EXCERPT)).replaceAll("[^\\x20-\\x7e]", "?");
        return new Refused("malformed header: expected " + expected + " at " + at + ", got "
                + (rest.isEmpty() ? "the end" : "\"" + rest + "\""));
    }

    /** A string in quotation marks, its control characters escaped. */
    static void quote(String s, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (c < ' ') {
                to.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                to.append(c);
            }
        }
        to.append('"');
    }
}
