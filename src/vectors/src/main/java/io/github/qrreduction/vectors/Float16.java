package io.github.qrreduction.vectors;

/** Conversions of IEEE 754 binary16, which the JDK has from version 20 on only. */
final class Float16 {
    /** The largest finite value. */
    static final float MAX = 65504f;

    private static final int SIGNIFICAND_BITS = 10;
    private static final int SHIFT = 23 - SIGNIFICAND_BITS;
    private static final int BIAS_DIFFERENCE = 127 - 15;

    private Float16() {}

    /** Exact; the bits of NaN are kept. */
    static float toFloat(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> SIGNIFICAND_BITS) & 0x1f;
        int significand = bits & 0x3ff;
        if (exponent == 0) {
            // Zero or subnormal: significand x 2^-24, exact in float.
            float magnitude = significand * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + BIAS_DIFFERENCE;
        return Float.intBitsToFloat(sign | wide << 23 | significand << SHIFT);
    }

    /** To nearest, ties to even, infinite from 65520 on; what is a float16 already keeps its bits. */
    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            int payload = (magnitude >>> SHIFT) & 0x3ff;
            return (short) (sign | 0x7c00 | (payload == 0 ? 0x200 : payload));
        }
        float positive = Float.intBitsToFloat(magnitude);
        if (positive >= 65520f) {
            return (short) (sign | 0x7c00);
        }
        if (positive < 0x1p-14f) {
            // Subnormal: the sum rounds to a multiple of 2^-24, as the hardware rounds.
            int rounded = Float.floatToRawIntBits(positive + 0.5f) - Float.floatToRawIntBits(0.5f);
            return (short) (sign | rounded);
        }
        int odd = (magnitude >>> SHIFT) & 1;
        int rounded = ((magnitude + (1 << (SHIFT - 1)) - 1 + odd) >>> SHIFT) - (BIAS_DIFFERENCE << SIGNIFICAND_BITS);
        return (short) (sign | rounded);
    }

    /** BF16, the upper half of a float; exact. */
    static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
