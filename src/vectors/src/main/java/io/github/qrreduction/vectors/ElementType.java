package io.github.qrreduction.vectors;

/** The types of numbers that a {@link Tensor} holds and that files of tensors are read and written in. */
public enum ElementType {
    /** IEEE 754 binary16: 11 significant bits, at most 65504. Held as {@code float}. */
    FLOAT16(2),
    /** IEEE 754 binary32, Java's {@code float}. */
    FLOAT32(4),
    /** IEEE 754 binary64, Java's {@code double}. */
    FLOAT64(8);

    private final int width;

    ElementType(int width) {
        this.width = width;
    }

    /**
     * The size of one number in a file.
     *
     * @return bytes: 2, 4 or 8
     */
    public int width() {
        return width;
    }
}
