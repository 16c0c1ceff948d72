package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void arraysAreCopiedInAndOut() {
        float[] values = {1, 2};
        int[] shape = {2};
        Tensor t = Tensor.of(values, shape);
        values[0] = 9;
        shape[0] = 9;
        t.floats()[1] = 9;
        t.shape()[0] = 9;

        assertThat(t.floats()).containsExactly(1, 2);
        assertThat(t.shape()).containsExactly(2);
        assertThat(t.doubles()).containsExactly(1, 2);
    }

    @Test
    void saysItsTypeShapeAndSize() {
        Tensor t = Tensor.of(new double[] {1, 2, 3, 4, 5, 1e300}, 2, 3);

        assertThat(t.type()).isEqualTo(ElementType.FLOAT64);
        assertThat(t.rank()).isEqualTo(2);
        assertThat(t.size(1)).isEqualTo(3);
        assertThat(t.count()).isEqualTo(6);
        assertThat(t.floats()).endsWith(Float.POSITIVE_INFINITY);
        assertThat(t.doubles()).endsWith(1e300);
        assertThat(t).hasToString("Tensor(FLOAT64, shape [2, 3])");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> t.size(2));
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.of(new float[5], 2, 3))
                .withMessage("expected as many values as shape [2, 3] has places, got 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.of(new double[0], 0, 3))
                .withMessage("expected dimensions of at least 1, got shape [0, 3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.of(new float[0], 65536, 65536, 65536, 65536))
                .withMessageEndingWith("got 0");
    }

    /** Every float16 there is, by the definition of the format. */
    @Test
    void everyFloat16ComesBack() {
        for (int bits = 0; bits < 0x10000; bits++) {
            int exponent = (bits >> 10) & 31;
            int significand = bits & 0x3ff;
            double magnitude = exponent == 0
                    ? significand * 0x1p-24
                    : exponent == 31
                            ? significand == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                            : (1 + significand * 0x1p-10) * Math.pow(2, exponent - 15);
            float value = Float16.toFloat((short) bits);
            assertThat(Double.valueOf(value)).isEqualTo(Double.valueOf(bits < 0x8000 ? magnitude : -magnitude));
            assertThat(Float16.fromFloat(value)).as("%x", bits).isEqualTo((short) bits);
        }
    }

    @Test
    void roundsToTheNearestFloat16AndTiesToEven() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            double low = Float16.toFloat((short) bits);
            double high = Float16.toFloat((short) (bits + 1));
            float middle = (float) ((low + high) / 2);
            assertThat(Float16.fromFloat(middle)).as("%x", bits).isEqualTo((short) (bits + (bits & 1)));
            assertThat(Float16.fromFloat(Math.nextDown(middle))).isEqualTo((short) bits);
            assertThat(Float16.fromFloat(-Math.nextUp(middle))).isEqualTo((short) (0x8000 | (bits + 1)));
        }
        assertThat(Float16.fromFloat(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
        assertThat(Float16.fromFloat(65520f)).isEqualTo((short) 0x7c00);
        assertThat(Float16.fromFloat(Float.MIN_VALUE)).isEqualTo((short) 0);
        assertThat(Float16.fromFloat(Float.intBitsToFloat(0x7f800001))).isEqualTo((short) 0x7e00);
    }

    @Test
    void whatFloat16CannotHoldIsRefused() {
        assertThat(Tensor.ofFloat16(new float[] {0.1f, Float.NaN, Float.POSITIVE_INFINITY}, 3)
                        .floats())
                .containsExactly(0.099975586f, Float.NaN, Float.POSITIVE_INFINITY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.ofFloat16(new float[] {1e5f}, 1))
                .withMessage("expected float16 values of at most 65504.0, got 100000.0");
    }

    @Test
    void equalValuesAreEqualTensors() {
        Tensor t = Tensor.of(new float[] {1, Float.NaN}, 2);

        assertThat(t)
                .isEqualTo(Tensor.of(new float[] {1, Float.NaN}, 2))
                .hasSameHashCodeAs(Tensor.of(new float[] {1, Float.NaN}, 2));
        assertThat(t).isNotEqualTo(Tensor.of(new float[] {1, Float.NaN}, 1, 2));
        assertThat(t).isNotEqualTo(Tensor.ofFloat16(new float[] {1, Float.NaN}, 2));
        assertThat(t).isNotEqualTo(Tensor.of(new float[] {1, 2}, 2));
        assertThat(t).isNotEqualTo("t");
    }
}
