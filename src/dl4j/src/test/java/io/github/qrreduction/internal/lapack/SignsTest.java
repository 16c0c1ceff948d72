package io.github.qrreduction.internal.lapack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SignsTest {
    @Test
    void theLargestEntryBecomesPositive() {
        double[] row = {1, -3, 2};
        assertThat(Signs.fix(row)).isTrue();
        assertThat(row).containsExactly(-1, 3, -2);
        assertThat(Signs.fix(row)).isFalse();
    }

    @Test
    void amongEqualsTheFirstDecidesWhateverTheLastBitSays() {
        double half = Math.sqrt(0.5);
        double[] up = {half, -Math.nextUp(half)};
        double[] down = {half, -Math.nextDown(half)};
        assertThat(Signs.fix(up)).isFalse();
        assertThat(Signs.fix(down)).isFalse();
    }

    @Test
    void rowsWithoutALargestEntryStay() {
        assertThat(Signs.fix(new double[] {0, 0})).isFalse();
        assertThat(Signs.fix(new double[0])).isFalse();
        assertThat(Signs.fix(new double[] {Double.NaN, -1})).isFalse();
    }
}
