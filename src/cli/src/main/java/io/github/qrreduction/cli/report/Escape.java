package io.github.qrreduction.cli.report;

import java.util.Locale;

/**
 * Texts of strangers, such as names in a file of vectors, for a page. No character that has a meaning to a browser gets
 * through as itself; those that are invisible, or turn the direction of writing, become U+FFFD.
 */
final class Escape {
    private static final char REPLACEMENT = '\uFFFD';

    private Escape() {}

    /** For text and for attributes in quotes. */
    static String html(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().map(Escape::visible).forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }

    /** A JSON string, with its quotes, that is safe inside a script element. */
    static String json(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16).append('"');
        text.codePoints().map(Escape::visible).forEach(c -> {
            if (c == '\\' || c == '"' || c == '<' || c == '>' || c == '&' || c == '\'') {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                escaped.appendCodePoint(c);
            }
        });
        return escaped.append('"').toString();
    }

    private static int visible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> REPLACEMENT;
            default -> c;
        };
    }
}
