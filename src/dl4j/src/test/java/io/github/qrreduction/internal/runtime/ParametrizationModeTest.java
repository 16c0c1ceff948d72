package io.github.qrreduction.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.internal.stiefel.Oracles;
import io.github.qrreduction.internal.stiefel.QRFactor;
import io.github.qrreduction.internal.stiefel.Stiefel;
import java.util.List;
import org.deeplearning4j.exception.DL4JException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** When PARAMETRIZATION factorises, and when it does not. */
class ParametrizationModeTest {

    private static final int N_IN = 9;
    private static final int N_OUT = 4;
    private static final String REFUSAL = "the layer: ";

    private final ParametrizationMode mode =
            new ParametrizationMode(new ModeSettings("the layer", N_OUT, N_IN, 0, List.of()));
    private INDArray w;

    @BeforeEach
    void drawW() {
        Nd4j.getRandom().setSeed(5);
        w = Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN);
    }

    @Test
    void oneFactorisationServesAllPassesOfAStep() {
        INDArray q = mode.components(w);
        assertThat(q).isEqualTo(QRFactor.of(w).q());
        INDArray gradient = Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN);
        INDArray expected = Oracles.vjp(QRFactor.of(w), gradient);
        mode.pullBack(w, gradient);
        assertThat(gradient).isEqualTo(expected);
        assertThat(isFactorisedAgain(q, w)).isFalse();
        assertThat(isFactorisedAgain(q, w.dup())).isFalse();
    }

    @Test
    void aWriteInPlaceIsNoticedHoweverSmall() {
        INDArray before = mode.components(w).dup();
        w.putScalar(N_OUT - 1, N_IN - 1, Math.nextUp(w.getDouble(N_OUT - 1, N_IN - 1)));
        assertThat(mode.components(w)).isEqualTo(QRFactor.of(w).q());
        w.getRow(2).muli(-3);
        INDArray after = mode.components(w);
        assertThat(after).isEqualTo(QRFactor.of(w).q()).isNotEqualTo(before);
        assertThat(isFactorisedAgain(after, w)).isFalse();
        w.getRow(2).muli(-3);
        assertThat(isFactorisedAgain(after, w)).isTrue();
    }

    /** Looks for a mark left in the factor at hand, which another factorisation would overwrite. */
    private boolean isFactorisedAgain(INDArray last, INDArray raw) {
        double mark = 7;
        double kept = last.getDouble(0, 0);
        last.putScalar(0, 0, mark);
        boolean overwritten = mode.components(raw).getDouble(0, 0) != mark;
        if (!overwritten) {
            last.putScalar(0, 0, kept);
        }
        return overwritten;
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void anOrthonormalWIsItsOwnFactorBitForBit(DataType type) {
        INDArray orthonormal = Stiefel.uniform(N_OUT, N_IN, type);
        assertThat(mode.components(orthonormal)).isEqualTo(orthonormal);
    }

    @Test
    void theFactorOfAnOrthonormalWHasTheDerivativeOfAnyOther() {
        INDArray orthonormal = Stiefel.uniform(N_OUT, N_IN, DataType.DOUBLE);
        INDArray gradient = Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN);
        // qf(cW) = qf(W) for c > 0, so that the derivative at cW is 1/c of that at W, by way of another branch.
        INDArray expected =
                Oracles.vjp(QRFactor.of(orthonormal.mul(1.5)), gradient).mul(1.5);
        mode.pullBack(orthonormal, gradient);
        assertThat(gradient.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-14);
    }

    @Test
    void dependentRowsHaveComponentsButNoGradient() {
        w.getRow(3).assign(w.getRow(0));
        assertThat(Stiefel.orthonormalityError(mode.components(w))).isLessThan(1e-12);
        assertThatThrownBy(() -> mode.pullBack(w, Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN)))
                .isInstanceOf(DL4JException.class)
                .hasMessageStartingWith(REFUSAL + "the rows of \"Q\" (W of Q = qf(W)) are linearly dependent to"
                        + " rounding, expected sines of at least " + Math.ulp(1.0) * Math.sqrt(N_IN)
                        + " between a row and the rows before it, got ")
                .hasMessageEndingWith(", so the gradient through the QR factor has no"
                        + " meaning. Lower the learning rate, start from the default weightInit, or use"
                        + " Orthonormality.RETRACTION.");
    }

    @Test
    void aValueThatIsNotFiniteIsRefusedAndForgotten() {
        double kept = w.getDouble(1, 2);
        w.putScalar(1, 2, Double.NaN);
        assertThatThrownBy(() -> mode.components(w))
                .isInstanceOf(DL4JException.class)
                .hasMessage(REFUSAL + "\"Q\" has no QR factor: expected finite entries of W, got NaN at row 1, column 2"
                        + " of the 4 x 9 matrix");
        w.putScalar(1, 2, kept);
        assertThat(mode.components(w)).isEqualTo(QRFactor.of(w).q());
    }
}
