package io.github.qrreduction.internal.stiefel;

import static io.github.qrreduction.internal.stiefel.Matrices.distance;
import static io.github.qrreduction.internal.stiefel.Matrices.gaussian;
import static io.github.qrreduction.internal.stiefel.Matrices.norm;
import static io.github.qrreduction.internal.stiefel.Matrices.uniform;
import static io.github.qrreduction.internal.stiefel.Matrices.views;
import static io.github.qrreduction.internal.stiefel.Matrices.withCondition;
import static io.github.qrreduction.internal.stiefel.QRFactorTest.bound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PolarFactorTest {

    @ParameterizedTest
    @MethodSource("io.github.qrreduction.internal.stiefel.Matrices#cases")
    void keepsWhatIsOrthonormal(int k, int n, DataType type, int seed) {
        INDArray q = uniform(k, n, type, seed);
        INDArray polar = PolarFactor.of(q);
        assertThat(polar.dataType()).isEqualTo(type);
        assertThat(distance(polar, q)).isLessThan(bound(type));
    }

    @ParameterizedTest
    @MethodSource("io.github.qrreduction.internal.stiefel.Matrices#cases")
    void isOrthonormalAndLeavesASymmetricPositiveFactor(int k, int n, DataType type, int seed) {
        // A square Gaussian matrix may be nearly singular; sizes up to 64 x 768 are safe with the seeds used.
        INDArray w = gaussian(k, n, type, seed);
        INDArray before = w.dup();
        INDArray polar = PolarFactor.of(w);
        assertThat(w).isEqualTo(before);
        assertThat(Stiefel.orthonormalityError(polar)).isLessThanOrEqualTo(bound(type));
        assertPolar(w, polar, bound(type));
    }

    /** W = H Q with H = W Q^T symmetric and positive, which makes Q the nearest orthonormal matrix. */
    private static void assertPolar(INDArray w, INDArray polar, double bound) {
        INDArray h = w.castTo(DataType.DOUBLE)
                .mmul(polar.castTo(DataType.DOUBLE).transpose())
                .dup('c');
        assertThat(distance(h, h.transpose()) / norm(h)).isLessThan(bound);
        assertThat(distance(h.mmul(polar.castTo(DataType.DOUBLE)), w) / norm(w)).isLessThan(bound);
        for (int i = 0; i < h.rows(); i++) {
            assertThat(h.getDouble(i, i)).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"10", "1e3", "1e6", "1e8", "1e10"})
    void copesWithIllConditionedMatrices(double condition) {
        INDArray w = withCondition(16, 64, condition, 4);
        INDArray polar = PolarFactor.of(w);
        assertThat(Stiefel.orthonormalityError(polar)).isLessThan(bound(DataType.DOUBLE));
        assertPolar(w, polar, bound(DataType.DOUBLE));
    }

    @Test
    void acceptsViewsInAnyOrder() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray w = gaussian(5, 12, type, 2);
            INDArray polar = PolarFactor.of(w);
            views(w).forEach(view ->
                    assertThat(distance(PolarFactor.of(view), polar)).isLessThan(bound(type)));
        }
    }

    @Test
    void refusesSingularMatrices() {
        INDArray w = Nd4j.eye(3).castTo(DataType.DOUBLE).muli(4);
        w.putScalar(1, 1, 0);
        assertThatThrownBy(() -> PolarFactor.of(w))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the rows of W are linearly dependent, so that more than one orthonormal matrix is nearest:"
                        + " expected a smallest singular value of at least 3.846e-16 once rows have length 1, got"
                        + " 0.000e+00");
        w.putScalar(1, 0, 1);
        w.putScalar(1, 1, 1e-16);
        assertThatThrownBy(() -> PolarFactor.of(w))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("e-17");
        assertThatThrownBy(() -> PolarFactor.of(Nd4j.zeros(DataType.FLOAT, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class);
        INDArray q = uniform(4, 9, DataType.FLOAT, 3);
        assertThatThrownBy(() -> PolarFactor.of(q.add(q.neg()))).isInstanceOf(IllegalArgumentException.class);
        w.putScalar(2, 1, Double.NaN);
        assertThatThrownBy(() -> PolarFactor.of(w))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected finite entries of W, got NaN at row 2, column 1 of the 3 x 3 matrix");
    }
}
