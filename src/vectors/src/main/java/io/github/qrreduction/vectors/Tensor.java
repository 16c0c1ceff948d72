package io.github.qrreduction.vectors;

import java.util.Arrays;
import java.util.Objects;

/**
 * An array of numbers with a type and a shape, as files hold it: immutable, in C order (the last index runs fastest).
 *
 * <p>float64 is kept as {@code double[]}, float16 and float32 as {@code float[]}: every bit of a finite or infinite
 * value survives reading and writing; NaN stays NaN. A tensor of rank 0 holds one number. Every dimension is at least
 * 1, and there are at most 2147483647 numbers in all.
 */
public final class Tensor {
    private final ElementType type;
    private final int[] shape;
    /** One of the two is null. */
    private final float[] floats;

    private final double[] doubles;

    private Tensor(ElementType type, int[] shape, float[] floats, double[] doubles) {
        this.type = type;
        this.shape = shape;
        this.floats = floats;
        this.doubles = doubles;
    }

    /** Takes the arrays as they are: for those who have made them. */
    static Tensor owning(ElementType type, int[] shape, float[] floats, double[] doubles) {
        return new Tensor(type, shape, floats, doubles);
    }

    /**
     * A float32 tensor.
     *
     * @param values in C order, copied
     * @param shape the dimensions, copied
     * @return the tensor
     * @throws IllegalArgumentException if the shape does not fit the number of values, or a dimension is less than 1
     */
    public static Tensor of(float[] values, int... shape) {
        return new Tensor(ElementType.FLOAT32, checked(shape, values.length), values.clone(), null);
    }

    /**
     * A float64 tensor.
     *
     * @param values in C order, copied
     * @param shape the dimensions, copied
     * @return the tensor
     * @throws IllegalArgumentException if the shape does not fit the number of values, or a dimension is less than 1
     */
    public static Tensor of(double[] values, int... shape) {
        return new Tensor(ElementType.FLOAT64, checked(shape, values.length), null, values.clone());
    }

    /**
     * A float16 tensor.
     *
     * @param values in C order, copied; each is rounded to the nearest float16, ties to even
     * @param shape the dimensions, copied
     * @return the tensor
     * @throws IllegalArgumentException if the shape does not fit the number of values, a dimension is less than 1, or a
     *     finite value lies beyond what float16 holds
     */
    public static Tensor ofFloat16(float[] values, int... shape) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = Float16.toFloat(Float16.fromFloat(values[i]));
            if (Float.isInfinite(rounded[i]) && !Float.isInfinite(values[i])) {
                throw new Refused("expected float16 values of at most " + Float16.MAX + ", got " + values[i]);
            }
        }
        return new Tensor(ElementType.FLOAT16, checked(shape, values.length), rounded, null);
    }

    private static int[] checked(int[] shape, int length) {
        long count = 1;
        for (int size : shape) {
            if (size < 1) {
                throw new Refused("expected dimensions of at least 1, got shape " + Arrays.toString(shape));
            }
            count = Math.min(count * size, Long.MAX_VALUE >> 32);
        }
        if (count != length) {
            throw new Refused(
                    "expected as many values as shape " + Arrays.toString(shape) + " has places, got " + length);
        }
        return shape.clone();
    }

    /**
     * The type of the numbers.
     *
     * @return FLOAT16, FLOAT32 or FLOAT64
     */
    public ElementType type() {
        return type;
    }

    /**
     * The dimensions.
     *
     * @return a copy
     */
    public int[] shape() {
        return shape.clone();
    }

    /**
     * The number of dimensions.
     *
     * @return 0 for a single number
     */
    public int rank() {
        return shape.length;
    }

    /**
     * One of the dimensions.
     *
     * @param dimension 0..rank - 1
     * @return its size
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public int size(int dimension) {
        return shape[Objects.checkIndex(dimension, shape.length)];
    }

    /**
     * The number of values.
     *
     * @return the product of the dimensions
     */
    public int count() {
        return doubles == null ? floats.length : doubles.length;
    }

    /**
     * The values as float.
     *
     * @return in C order, a copy; those of a float64 tensor rounded to nearest
     */
    public float[] floats() {
        if (floats != null) {
            return floats.clone();
        }
        float[] narrowed = new float[doubles.length];
        for (int i = 0; i < narrowed.length; i++) {
            narrowed[i] = (float) doubles[i];
        }
        return narrowed;
    }

    /**
     * The values as double.
     *
     * @return in C order, a copy, exact
     */
    public double[] doubles() {
        if (doubles != null) {
            return doubles.clone();
        }
        double[] widened = new double[floats.length];
        for (int i = 0; i < widened.length; i++) {
            widened[i] = floats[i];
        }
        return widened;
    }

    /** Not copied; null for float64. */
    float[] floatArray() {
        return floats;
    }

    /** Not copied; null but for float64. */
    double[] doubleArray() {
        return doubles;
    }

    /** Same type, shape and values, bit for bit but for NaN, which equals NaN. */
    @Override
    public boolean equals(Object o) {
        return o instanceof Tensor other
                && type == other.type
                && Arrays.equals(shape, other.shape)
                && Arrays.equals(floats, other.floats)
                && Arrays.equals(doubles, other.doubles);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * type.hashCode() + Arrays.hashCode(shape))
                + Arrays.hashCode(floats)
                + Arrays.hashCode(doubles);
    }

    @Override
    public String toString() {
        return "Tensor(" + type + ", shape " + Arrays.toString(shape) + ")";
    }
}
