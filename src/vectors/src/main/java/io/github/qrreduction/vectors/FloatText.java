package io.github.qrreduction.vectors;

import java.nio.charset.StandardCharsets;

/**
 * Numbers in text: {@code [+-] digits [. digits] [e [+-] digits]}, to the nearest float32 as
 * {@link Float#parseFloat(String)} reads them, without strings in between.
 *
 * <p>Up to 2^53 and 22 places digits and power of ten are doubles, so one division or product gives the nearest double
 * (Clinger, How to read floating point numbers accurately, 1990). It rounds to the nearest float, unless it stands in
 * the middle between two; then, and with more digits, the JDK reads the number.
 */
final class FloatText {
    private static final double[] TENS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    private static final int MAX_DIGITS = 18;
    private static final long MAX_EXACT = 1L << 53;
    private static final int MAX_EXPONENT = 9999;
    /** The bits of a double that a float has not, and the first of these alone. */
    private static final long DROPPED = 0x1fffffff;

    private static final long MIDDLE = 0x10000000;

    private FloatText() {}

    /** The number between two places, or NaN if these bytes are none. Infinite if float32 does not hold it. */
    static float parse(byte[] text, int from, int to) {
        int at = from;
        boolean negative = false;
        if (at < to && (text[at] == '-' || text[at] == '+')) {
            negative = text[at++] == '-';
        }
        long digits = 0;
        int significant = 0;
        int seen = 0;
        int exponent = 0;
        boolean point = false;
        for (; at < to; at++) {
            int d = text[at] - '0';
            if (d >= 0 && d <= 9) {
                seen++;
                exponent -= point ? 1 : 0;
                if (significant > 0 || d > 0) {
                    significant++;
                    if (significant <= MAX_DIGITS) {
                        digits = 10 * digits + d;
                    }
                }
            } else if (text[at] == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        if (seen == 0) {
            return Float.NaN;
        }
        if (at < to) {
            int power = power(text, at, to);
            if (power == Integer.MIN_VALUE) {
                return Float.NaN;
            }
            exponent += power;
        }
        if (significant == 0) {
            return negative ? -0f : 0f;
        }
        if (significant <= MAX_DIGITS && digits <= MAX_EXACT && exponent >= 1 - TENS.length && exponent < TENS.length) {
            double value = exponent < 0 ? digits / TENS[-exponent] : digits * TENS[exponent];
            boolean middle = (Double.doubleToRawLongBits(value) & DROPPED) == MIDDLE;
            if (!middle && value >= Float.MIN_NORMAL && value <= Float.MAX_VALUE) {
                return (float) (negative ? -value : value);
            }
        }
        return Float.parseFloat(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
    }

    /** The exponent that is all the rest, or MIN_VALUE. */
    private static int power(byte[] text, int from, int to) {
        int at = from + 1;
        boolean negative = false;
        if (text[from] != 'e' && text[from] != 'E') {
            return Integer.MIN_VALUE;
        }
        if (at < to && (text[at] == '-' || text[at] == '+')) {
            negative = text[at++] == '-';
        }
        if (at == to) {
            return Integer.MIN_VALUE;
        }
        int power = 0;
        for (; at < to; at++) {
            int d = text[at] - '0';
            if (d < 0 || d > 9) {
                return Integer.MIN_VALUE;
            }
            power = Math.min(10 * power + d, MAX_EXPONENT);
        }
        return negative ? -power : power;
    }

    static boolean isNumber(byte[] text, int from, int to) {
        return !Float.isNaN(parse(text, from, to));
    }

    /** Whether all is digits, at least one and at most 18. */
    static boolean isCount(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return false;
            }
        }
        return to > from && to - from <= MAX_DIGITS;
    }
}
