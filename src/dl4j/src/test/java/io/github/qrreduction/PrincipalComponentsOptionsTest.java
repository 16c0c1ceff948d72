package io.github.qrreduction;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.internal.pca.SpectralTempering;
import io.github.qrreduction.testutil.Tables;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Components about zero, and components scaled by their eigenvalues. */
class PrincipalComponentsOptionsTest {
    /** Float64 sums in another order. */
    private static final double ROUNDING = 1e-10;

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(31);
    }

    private static INDArray samples() {
        INDArray scale = Nd4j.linspace(DataType.DOUBLE, 3, -0.2, 12);
        return Nd4j.randn(DataType.DOUBLE, 300, 12).muliRowVector(scale).addi(2);
    }

    @Test
    void aboutZeroTheSecondMomentsAreDecomposed() {
        INDArray x = samples();
        PrincipalComponents p = PrincipalComponents.fitter().centred(false).fit(x, 4);

        INDArray q = p.components().matrix();
        INDArray image = q.mmul(x.transpose().mmul(x)).divi(300);
        assertClose(image, q.mulColumnVector(Nd4j.createFromArray(p.explainedVariance())), ROUNDING);
        assertThat(p.mean()).isNull();
        assertThat(p.components().mean()).isNull();
        assertThat(p.totalVariance()).isCloseTo(x.mul(x).sumNumber().doubleValue() / 300, within(ROUNDING));
        assertThat(p.singularValues()[0]).isCloseTo(Math.sqrt(300 * p.explainedVariance()[0]), within(ROUNDING));
        assertClose(p.transform(x), x.mmul(q.transpose()), ROUNDING);
        assertClose(p.inverseTransform(p.transform(x)), x.mmul(q.transpose()).mmul(q), ROUNDING);
        double leftOut =
                p.totalVariance() - Arrays.stream(p.explainedVariance()).sum();
        assertThat(p.reconstructionError(x)).isCloseTo(leftOut, within(ROUNDING));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e6, -3e8})
    void aboutZeroALargeMeanIsTheFirstAxis(double mean) {
        PrincipalComponents p =
                PrincipalComponents.fitter().centred(false).fit(samples().addi(mean), 1);

        double share = Math.sqrt(1 / 12.0);
        for (double entry : p.components().matrix().toDoubleVector()) {
            assertThat(entry).isCloseTo(share, within(1e-5));
        }
    }

    @Test
    void aboutZeroOneSampleManyTimesHasOneAxis() {
        INDArray x = Nd4j.ones(DataType.DOUBLE, 5, 3).muliRowVector(Nd4j.createFromArray(0.0, 3.0, 4.0));
        PrincipalComponents p = PrincipalComponents.fitter().centred(false).fitForVariance(x, 1);

        assertClose(p.components().matrix(), Nd4j.createFromArray(new double[][] {{0, 0.6, 0.8}}), ROUNDING);
        assertThat(p.eigenvalues()).containsExactly(new double[] {25, 0, 0}, within(ROUNDING));
    }

    @Test
    void gammaOneWhitens() {
        INDArray x = samples();
        PrincipalComponents p = PrincipalComponents.fit(x, 5);
        Components white = p.tempered(1);

        INDArray z = white.transform(x);
        INDArray centred = z.subRowVector(z.mean(0));
        assertClose(centred.transpose().mmul(centred).divi(299), Nd4j.eye(5).castTo(DataType.DOUBLE), ROUNDING);
        assertThat(z.mean(0).norm2Number().doubleValue()).isLessThan(ROUNDING);
        assertThat(white.mean()).isEqualTo(p.mean());
        assertThat(white.metadata()).containsEntry("gamma", "1.0");
    }

    @Test
    void inBetweenEachAxisIsScaledByAPowerOfItsEigenvalue() {
        INDArray x = samples();
        PrincipalComponents p = PrincipalComponents.fitter().centred(false).fit(x, 5);
        INDArray expected = p.components().matrix();
        for (int i = 0; i < 5; i++) {
            expected.getRow(i).muli(Math.pow(p.explainedVariance()[i], -0.15));
        }

        Components half = p.tempered(0.3);
        assertClose(half.matrix(), expected, ROUNDING);
        assertThat(half.mean()).isNull();
        assertThat(p.tempered(0).matrix()).isEqualTo(p.components().matrix());
        assertClose(half.inverseTransform(half.transform(x)), p.inverseTransform(p.transform(x)), ROUNDING);
    }

    @Test
    void anAxisWithoutVarianceIsScaledAsTheFirst() {
        INDArray x = samples();
        x.getColumn(11).assign(x.getColumn(0));
        x.getColumn(10).assign(7);
        PrincipalComponents p = PrincipalComponents.fit(x, 12);
        assertThat(p.explainedVariance()[10]).isZero();

        INDArray q = p.components().matrix();
        INDArray tempered = p.tempered(1).matrix();
        double smallest = 1 / Math.sqrt(p.explainedVariance()[0]);
        assertClose(tempered.getRow(10), q.getRow(10).mul(smallest), ROUNDING);
        assertClose(tempered.getRow(11), q.getRow(11).mul(smallest), ROUNDING);

        PrincipalComponents none = PrincipalComponents.fit(Nd4j.ones(DataType.DOUBLE, 4, 3), 2);
        assertThat(none.tempered(1).matrix()).isEqualTo(none.components().matrix());
        assertThat(none.tempered().matrix()).isEqualTo(none.components().matrix());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16, 48})
    void withoutAGammaTheEigenvaluesGiveIt(int k) {
        PrincipalComponents p = PrincipalComponents.fit(Tables.digits(), k);
        double gamma =
                SpectralTempering.of(p.eigenvalues(), 64, p.totalVariance()).gamma(k);

        assertThat(gamma).isBetween(0.0, 1.0);
        assertThat(p.tempered()).isEqualTo(p.tempered(gamma));
        assertThat(p.tempered().metadata()).containsEntry("gamma", Double.toString(gamma));
    }

    @Test
    void oneColumnIsNotTempered() {
        PrincipalComponents p = PrincipalComponents.fit(samples().getColumn(0).reshape(300, 1), 1);
        assertThat(p.tempered().metadata()).containsEntry("gamma", "0.0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void gammasBeyondWhiteningAreRefused(double gamma) {
        PrincipalComponents p = PrincipalComponents.fit(samples(), 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> p.tempered(gamma))
                .withMessage("expected a gamma in [0, 1], got " + gamma);
    }
}
