package io.github.qrreduction.internal.stiefel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TriangularTest {

    @Test
    void choleskyRefusesAPivotThatRoundingMade() {
        assertThat(Triangular.cholesky(new double[] {1, 1, 1, 1 + Math.ulp(1.0)}, 2))
                .isFalse();
        assertThat(Triangular.cholesky(new double[] {1, 1, 1, 1 + 3 * Math.ulp(1.0)}, 2))
                .isTrue();
    }

    @Test
    void choleskyRefusesWhatIsNotFinite() {
        assertThat(Triangular.cholesky(new double[] {Double.NaN}, 1)).isFalse();
        assertThat(Triangular.cholesky(new double[] {Double.POSITIVE_INFINITY}, 1))
                .isFalse();
    }
}
