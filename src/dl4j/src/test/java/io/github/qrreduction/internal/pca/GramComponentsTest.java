package io.github.qrreduction.internal.pca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.internal.lapack.Matrices;
import io.github.qrreduction.internal.lapack.SymmetricEigen;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class GramComponentsTest {
    /** The promise of eigenvalues, relative. */
    private static final double VALUES = 1e-9;
    /** The promise of projectors. */
    private static final double PROJECTORS = 1e-7;

    private static final double ORTHONORMAL = 1e-12;

    private static INDArray samples(int n, int d, double mean) {
        INDArray x = Matrices.gaussian(n, d, n + d);
        for (int j = 0; j < d; j++) {
            x.getColumn(j).muli(1 / (1.0 + j % 50)).addi(mean);
        }
        return x;
    }

    private static GramComponents.Result byGram(List<INDArray> parts, boolean centred, int k) {
        return GramComponents.of(
                parts, centred, k, gram -> SymmetricEigen.of(gram, values -> Math.min(k, values.length)));
    }

    private static GramComponents.Result byCovariance(INDArray x, int k) {
        INDArray mean = x.mean(0);
        INDArray centred = x.subRowVector(mean);
        INDArray covariance = centred.transpose().mmul(centred).divi(x.rows() - 1);
        return new GramComponents.Result(SymmetricEigen.of(covariance.dup('f'), values -> k), mean);
    }

    private static void assertSame(GramComponents.Result actual, GramComponents.Result expected, int k) {
        for (int i = 0; i < k; i++) {
            double value = expected.pairs().values()[i];
            assertThat(actual.pairs().values()[i]).isCloseTo(value, within(VALUES * value));
        }
        assertThat(actual.pairs().trace())
                .isCloseTo(
                        expected.pairs().trace(),
                        within(VALUES * expected.pairs().trace()));
        assertThat(Matrices.projectorDistance(
                        actual.pairs().vectors(), expected.pairs().vectors()))
                .isLessThan(PROJECTORS);
        assertThat(actual.mean().distance2(expected.mean()))
                .isLessThan(1e-12 * (1 + expected.mean().norm2Number().doubleValue()));
        assertThat(Matrices.orthonormalityError(actual.pairs().vectors())).isLessThan(ORTHONORMAL);
    }

    @Test
    void aWideMatrixHasTheComponentsOfItsCovariance() {
        INDArray x = samples(40, 300, 0);
        assertSame(byGram(List.of(x), true, 10), byCovariance(x, 10), 10);
    }

    @Test
    void aLargeMeanTakesNoDigits() {
        INDArray x = samples(40, 300, 1e8);
        INDArray centred = x.sub(1e8);
        GramComponents.Result shifted = byGram(List.of(x), true, 10);
        GramComponents.Result expected = byGram(List.of(centred), true, 10);
        for (int i = 0; i < 10; i++) {
            double value = expected.pairs().values()[i];
            assertThat(shifted.pairs().values()[i]).isCloseTo(value, within(1e-9 * value));
        }
    }

    @Test
    void floatSamplesInPartsOfAnyOrderAndViewsAreTheSame() {
        INDArray x = samples(60, 2000, 3).castTo(DataType.FLOAT);
        GramComponents.Result expected = byGram(List.of(x.castTo(DataType.DOUBLE)), true, 12);
        INDArray wide = Nd4j.concat(1, x, x);
        List<INDArray> parts = List.of(
                wide.get(NDArrayIndex.interval(0, 25), NDArrayIndex.interval(0, 2000)),
                x.get(NDArrayIndex.interval(25, 60), NDArrayIndex.all()).dup('f'));
        assertSame(byGram(parts, true, 12), expected, 12);
    }

    @Test
    void componentsBeyondTheRankAreOrthonormalWithVarianceZero() {
        INDArray x = samples(5, 30, 2);
        GramComponents.Result result = byGram(List.of(x), true, 30);
        assertThat(result.pairs().vectors().shape()).containsExactly(30, 30);
        assertThat(result.pairs().values()[3]).isPositive();
        assertThat(result.pairs().values()[4]).isZero();
        assertThat(Matrices.orthonormalityError(result.pairs().vectors())).isLessThan(ORTHONORMAL);
    }

    @Test
    void aboutZeroTheSecondMomentsAreDecomposed() {
        INDArray x = samples(20, 90, 1);
        GramComponents.Result result = byGram(List.of(x), false, 3);
        INDArray moments = x.transpose().mmul(x).divi(20);
        assertThat(result.mean()).isNull();
        assertThat(Matrices.residual(
                        moments, result.pairs().vectors(), result.pairs().values()))
                .isLessThan(1e-12);
    }

    @Test
    void theNumberMayFollowFromTheEigenvaluesAndAllOfThemAreGiven() {
        INDArray x = samples(20, 90, 1);
        GramComponents.Result result =
                GramComponents.of(List.of(x), true, 0, gram -> SymmetricEigen.of(gram, values -> 4));
        assertThat(result.pairs().vectors().shape()).containsExactly(4, 90);
        assertThat(result.pairs().values()).hasSize(90);
        assertThat(result.pairs().values()[18]).isPositive();
        assertThat(result.pairs().values()[20]).isZero();
    }

    @Test
    void valuesThatAreNotFiniteAreReported() {
        for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e300}) {
            INDArray x = samples(5, 30, 2);
            x.putScalar(3, 7, bad);
            assertThatThrownBy(() -> byGram(List.of(x), true, 2)).isInstanceOf(GramComponents.NotFinite.class);
        }
    }
}
