package io.github.qrreduction.internal.stiefel;

import static io.github.qrreduction.internal.stiefel.Matrices.distance;
import static io.github.qrreduction.internal.stiefel.Matrices.fixture;
import static io.github.qrreduction.internal.stiefel.Matrices.gaussian;
import static io.github.qrreduction.internal.stiefel.Matrices.inner;
import static io.github.qrreduction.internal.stiefel.Matrices.norm;
import static io.github.qrreduction.internal.stiefel.Matrices.views;
import static io.github.qrreduction.internal.stiefel.Matrices.withCondition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class QRFactorTest {
    /** What the types must keep; the float64 computation leaves FLOAT with little more than rounding of storage. */
    private static final double FLOAT_BOUND = 3e-6;

    private static final double DOUBLE_BOUND = 1e-12;
    /** Rounding of storage to HALF: 16 x 64 entries, each by up to 2^-11 of itself. */
    private static final double HALF_BOUND = 5e-3;
    /** Two float64 implementations on matrices of condition 10; a few hundred roundings. */
    private static final double REFERENCE = 1e-13;

    static double bound(DataType type) {
        return type == DataType.DOUBLE ? DOUBLE_BOUND : FLOAT_BOUND;
    }

    private static void assertFactor(INDArray w, QRFactor factor, double bound) {
        INDArray r = factor.r();
        assertThat(Stiefel.orthonormalityError(factor.q())).isLessThanOrEqualTo(bound);
        assertThat(distance(r.transpose().mmul(factor.q().castTo(DataType.DOUBLE)), w) / norm(w))
                .isLessThanOrEqualTo(bound);
        for (int i = 0; i < w.rows(); i++) {
            assertThat(r.getDouble(i, i)).isPositive();
            for (int j = 0; j < i; j++) {
                assertThat(r.getDouble(i, j)).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.github.qrreduction.internal.stiefel.Matrices#cases")
    void reproducesTheMatrixWithOrthonormalRowsAndPositiveDiagonal(int k, int n, DataType type, int seed) {
        INDArray w = gaussian(k, n, type, seed);
        INDArray before = w.dup();
        QRFactor factor = QRFactor.of(w);
        assertFactor(w, factor, bound(type));
        assertThat(w).isEqualTo(before);
        assertThat(factor.q().dataType()).isEqualTo(type);
        assertThat(factor.q().ordering()).isEqualTo('c');
        assertThat(factor.isDifferentiable()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"10", "30", "1e3", "1e4", "1e6", "1e8", "1e12"})
    void staysOrthonormalWhateverTheCondition(double condition) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray w = withCondition(16, 64, condition, 4).castTo(type);
            assertFactor(w, QRFactor.of(w), bound(type));
        }
    }

    /** Blocks of LAPACK, of which ND4J's are wrong on some AVX-512 processors. */
    @ParameterizedTest
    @CsvSource({"129, 300, 10", "200, 500, 100", "200, 200, 1e8", "300, 500, 1e12"})
    void manyRowsAreOrthonormalOnEveryProcessor(int k, int n, double condition) {
        INDArray w = withCondition(k, n, condition, 4);
        assertFactor(w, QRFactor.of(w), bound(DataType.DOUBLE));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 1e-170, 1e-30, 1e30, 1e170, 1e300})
    void copesWithExtremeScales(double scale) {
        INDArray w = gaussian(5, 12, DataType.DOUBLE, 6);
        QRFactor scaled = QRFactor.of(w.mul(scale));
        assertThat(distance(scaled.q(), QRFactor.of(w).q())).isLessThan(DOUBLE_BOUND);
        assertThat(distance(scaled.r().div(scale), QRFactor.of(w).r())).isLessThan(DOUBLE_BOUND * norm(w));
    }

    @Test
    void staysOrthonormalWhereTheRowsAreDependent() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray w = gaussian(16, 64, type, 5);
            w.getRow(3).assign(w.getRow(1));
            w.getRow(7).assign(0);
            QRFactor factor = QRFactor.of(w);
            assertThat(Stiefel.orthonormalityError(factor.q())).isLessThanOrEqualTo(bound(type));
            assertThat(factor.isDifferentiable()).isFalse();
            assertThatThrownBy(() -> Oracles.vjp(factor, w))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("expected rows at angles to those before with a sine of at least ");
            QRFactor zero = QRFactor.of(Nd4j.zeros(type, 3, 5));
            assertThat(Stiefel.orthonormalityError(zero.q())).isZero();
            assertThat(zero.smallestSine()).isZero();
            assertThat(zero.isDifferentiable()).isFalse();
        }
    }

    @Test
    void saysWhereTheDerivativeEnds() {
        INDArray w = Nd4j.eye(4).castTo(DataType.FLOAT);
        w.putScalar(2, 0, 1);
        w.putScalar(2, 2, 2.0e-7);
        QRFactor factor = QRFactor.of(w);
        assertThat(factor.smallestSineBound()).isEqualTo(2 * Math.ulp(1f));
        assertThat(factor.smallestSine()).isCloseTo(2.0e-7, within(1e-13));
        assertThat(factor.isDifferentiable()).isFalse();
        w.putScalar(2, 2, 3.0e-7);
        assertThat(QRFactor.of(w).isDifferentiable()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"wide", "square", "ill", "one"})
    void agreesWithTorch(String name) {
        // At condition 1e3 both sides lose up to three digits in Q, six in dW.
        double loss = name.equals("ill") ? 1e3 : 1;
        QRFactor factor = QRFactor.of(fixture(name + "-W"));
        assertThat(distance(factor.q(), fixture(name + "-Q"))).isLessThan(REFERENCE * loss);
        INDArray expected = fixture(name + "-dW");
        assertThat(distance(Oracles.vjp(factor, fixture(name + "-G")), expected))
                .isLessThan(REFERENCE * loss * norm(expected) + REFERENCE);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 7, 1", "5, 5, 10", "4, 9, 1e3", "6, 6, 1e3", "16, 64, 30"})
    void vjpAgreesWithFiniteDifferences(int k, int n, double condition) {
        INDArray w = withCondition(k, n, condition, 8);
        INDArray g = gaussian(k, n, DataType.DOUBLE, 9);
        INDArray gradient = Oracles.vjp(QRFactor.of(w), g);
        double step = 1e-5;
        for (int seed = 20; seed < 30; seed++) {
            INDArray direction = gaussian(k, n, DataType.DOUBLE, seed);
            double plus = inner(g, QRFactor.of(w.add(direction.mul(step))).q());
            double minus = inner(g, QRFactor.of(w.sub(direction.mul(step))).q());
            // The smallest singular value is 1: truncation and rounding are both near step^2.
            assertThat(inner(gradient, direction)).isCloseTo((plus - minus) / (2 * step), within(1e-6));
        }
    }

    @Test
    void vjpInFloatAgreesWithDouble() {
        INDArray w = gaussian(16, 64, DataType.DOUBLE, 2);
        INDArray g = gaussian(16, 64, DataType.DOUBLE, 3);
        INDArray expected = Oracles.vjp(QRFactor.of(w), g);
        INDArray single = Oracles.vjp(QRFactor.of(w.castTo(DataType.FLOAT)), g.castTo(DataType.FLOAT));
        assertThat(single.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(distance(single, expected) / norm(expected)).isLessThan(1e-6);
    }

    @Test
    void acceptsViewsInAnyOrderAndLeavesThemAlone() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray w = gaussian(5, 12, type, 2);
            INDArray g = gaussian(5, 12, type, 3);
            QRFactor factor = QRFactor.of(w);
            INDArray gradient = Oracles.vjp(factor, g);
            views(w).forEach(view -> {
                INDArray before = view.dup();
                assertThat(distance(QRFactor.of(view).q(), factor.q())).isLessThan(bound(type));
                assertThat(view).isEqualTo(before);
            });
            views(g).forEach(view -> {
                INDArray before = view.dup();
                assertThat(distance(Oracles.vjp(factor, view), gradient)).isLessThan(bound(type));
                assertThat(view).isEqualTo(before);
            });
        }
    }

    @Test
    void writesIntoViewsInAnyOrderAndIntoItsOwnInput() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray w = gaussian(5, 12, type, 2);
            INDArray g = gaussian(5, 12, type, 3);
            QRFactor factor = QRFactor.of(w);
            INDArray gradient = Oracles.vjp(factor, g);
            views(w).forEach(view -> {
                assertThat(QRFactor.of(w, view).q()).isSameAs(view);
                assertThat(distance(view, factor.q())).isZero();
                assertThat(distance(factor.vjp(g, view), gradient)).isLessThan(bound(type));
            });
            views(w).forEach(view -> {
                QRFactor.of(view, view);
                assertThat(distance(view, factor.q())).isLessThan(bound(type));
            });
            views(g).forEach(view ->
                    assertThat(distance(factor.vjp(view, view), gradient)).isLessThan(bound(type)));
        }
    }

    @Test
    void roundsHalfOnlyForStorage() {
        INDArray w = gaussian(16, 64, DataType.FLOAT16, 2);
        QRFactor factor = QRFactor.of(w);
        assertThat(factor.q().dataType()).isEqualTo(DataType.FLOAT16);
        assertThat(distance(factor.q(), QRFactor.of(w.castTo(DataType.DOUBLE)).q()))
                .isLessThan(HALF_BOUND);
        assertThat(Oracles.vjp(factor, w).dataType()).isEqualTo(DataType.FLOAT16);
    }

    @Test
    void refusesWhatIsNotAFiniteWideMatrix() {
        INDArray w = Nd4j.ones(DataType.FLOAT, 3, 4);
        w.putScalar(1, 2, Double.NaN);
        w.putScalar(2, 0, Double.POSITIVE_INFINITY);
        assertThatThrownBy(() -> QRFactor.of(w))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected finite entries of W, got NaN at row 1, column 2 of the 3 x 4 matrix");
        w.putScalar(1, 2, 1);
        assertThatThrownBy(() -> QRFactor.of(w))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected finite entries of W, got Infinity at row 2, column 0 of the 3 x 4 matrix");
        assertThatThrownBy(() -> QRFactor.of(Nd4j.ones(DataType.FLOAT, 4, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected W to be a floating-point matrix with at most as many rows as columns, got"
                        + " FLOAT [4, 3]");
        assertThatThrownBy(() ->
                        Oracles.vjp(QRFactor.of(Nd4j.ones(DataType.FLOAT, 2, 3)), Nd4j.ones(DataType.FLOAT, 2, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected the cotangent to be a floating-point matrix of the shape of Q, [2, 3], got FLOAT"
                        + " [2, 4]");
    }
}
