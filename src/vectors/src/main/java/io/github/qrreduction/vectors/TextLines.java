package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The lines of a text as stretches of one buffer, without strings. They end with a newline, maybe with a carriage
 * return before it. A byte order mark at the start is passed over, and so are empty lines at the end.
 */
final class TextLines {
    private static final int BUFFER = 1 << 18;
    /** More than the longest vector takes in the longest words. */
    private static final int MAX_LINE = 1 << 28;

    private static final int EXCERPT = 40;

    private final InputStream in;
    private byte[] buffer = new byte[BUFFER];
    private int filled;
    private int next;
    private int from;
    private int to;
    private long number;
    private boolean held;

    TextLines(InputStream in) {
        this.in = in;
    }

    /** Goes to the next line that is there; false at the end. */
    boolean advance() throws IOException {
        if (held) {
            held = false;
            return true;
        }
        long before = number;
        do {
            if (!line()) {
                return false;
            }
        } while (from == to);
        if (number > before + 1) {
            number = before + 1;
            throw refused("expected no empty line before the end, got one");
        }
        return true;
    }

    /** The next {@link #advance} gives the same line again. */
    void hold() {
        held = true;
    }

    private boolean line() throws IOException {
        int scan = next;
        while (true) {
            for (; scan < filled; scan++) {
                if (buffer[scan] == '\n') {
                    found(scan, scan + 1);
                    return true;
                }
            }
            int before = next;
            if (!fill()) {
                if (next == filled) {
                    return false;
                }
                found(filled, filled);
                return true;
            }
            scan -= before - next;
        }
    }

    private void found(int end, int after) {
        from = next;
        to = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
        next = after;
        number++;
        boolean mark = number == 1
                && to - from >= 3
                && buffer[from] == (byte) 0xef
                && buffer[from + 1] == (byte) 0xbb
                && buffer[from + 2] == (byte) 0xbf;
        from += mark ? 3 : 0;
    }

    /** Makes room by moving the line that has begun to the front, and reads more; false at the end. */
    private boolean fill() throws IOException {
        System.arraycopy(buffer, next, buffer, 0, filled - next);
        filled -= next;
        next = 0;
        if (filled == buffer.length) {
            if (filled >= MAX_LINE) {
                number++;
                throw refused("expected lines of less than " + MAX_LINE + " bytes, got a longer one");
            }
            buffer = Arrays.copyOf(buffer, 2 * filled);
        }
        int n = in.read(buffer, filled, buffer.length - filled);
        filled += Math.max(n, 0);
        return n > 0;
    }

    byte[] buffer() {
        return buffer;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    String text(int begin, int end) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(buffer, begin, end - begin))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused("expected a name in UTF-8, got other bytes");
        }
    }

    /** A number that float32 holds, or a refusal that names the line and the field, counted from 1. */
    float number(int begin, int end, int field) {
        float value = FloatText.parse(buffer, begin, end);
        if (Float.isNaN(value) || Float.isInfinite(value)) {
            String got = new String(buffer, begin, Math.min(end - begin, EXCERPT), StandardCharsets.UTF_8);
            throw refused("expected a finite number in field " + field + ", got \"" + got.replaceAll("\\p{Cntrl}", "?")
                    + "\"");
        }
        return value;
    }

    long number() {
        return number;
    }

    Refused refused(String reason) {
        return new Refused("line " + number + ": " + reason);
    }
}
