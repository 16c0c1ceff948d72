package io.github.qrreduction;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.testutil.Batches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Whatever the shape of the data, and whichever way it leads to, the components are the same. */
class PrincipalComponentsShapesTest {
    /** The promise for eigenvalues, relative. */
    private static final double VALUES = 1e-9;
    /** The promise for projectors, where the spectrum has a gap. */
    private static final double PROJECTORS = 1e-7;

    private static final double ORTHONORMAL = 1e-12;
    /** More than the columns for which the covariance is always formed. */
    private static final int WIDE = 600;
    /** Columns of which not all eigenvalues are computed. */
    private static final int VERY_WIDE = 2200;

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(17);
    }

    /** Standard deviations 1, 1/2, 1/3, .., about a mean of 3. */
    private static INDArray samples(int n, int d) {
        double[] scale = IntStream.range(0, d).mapToDouble(i -> 1 / (1.0 + i)).toArray();
        return Nd4j.randn(DataType.DOUBLE, n, d)
                .muliRowVector(Nd4j.createFromArray(scale))
                .addi(3);
    }

    private static INDArray covariance(INDArray x) {
        INDArray centred = x.subRowVector(x.mean(0));
        return centred.transpose().mmul(centred).divi(x.rows() - 1);
    }

    private static DataSetIterator batches(INDArray x, int size, boolean reset) {
        List<DataSet> batches = new ArrayList<>();
        for (int from = 0; from < x.rows(); from += size) {
            INDArray rows = x.get(NDArrayIndex.interval(from, Math.min(from + size, x.rows())), NDArrayIndex.all());
            batches.add(new DataSet(rows.dup(), null));
        }
        return reset ? new Batches(batches) : new ExistingDataSetIterator(batches.iterator());
    }

    /** {@code S v = lambda v}, and all else that is promised. */
    private static void assertEigenvectors(PrincipalComponents p, INDArray x) {
        INDArray q = p.components().matrix();
        INDArray image = q.mmul(covariance(x));
        INDArray scaled = q.mulColumnVector(Nd4j.createFromArray(p.explainedVariance()));
        assertThat(image.distance2(scaled)).isLessThan(1e-12 * p.explainedVariance()[0] * q.rows());
        assertThat(p.components().orthonormalityError()).isLessThan(ORTHONORMAL);
        double total = Nd4j.diag(covariance(x)).sumNumber().doubleValue();
        assertThat(p.totalVariance()).isCloseTo(total, within(VALUES * total));
        assertThat(p.nSamples()).isEqualTo(x.rows());
        assertClose(p.mean(), x.mean(0), ORTHONORMAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 40, WIDE - 1, WIDE, WIDE + 1, 2 * WIDE})
    void anyNumberOfSamplesOfManyColumns(int n) {
        INDArray x = samples(n, WIDE);
        INDArray copy = x.dup();
        int k = Math.min(n - 1, 10);
        PrincipalComponents p = PrincipalComponents.fit(x, k);
        assertEigenvectors(p, x);
        assertThat(p.eigenvalues()).hasSize(WIDE);
        assertEigenvectors(PrincipalComponents.fit(batches(x, 7, false), k), x);
        assertEigenvectors(PrincipalComponents.fit(batches(x.castTo(DataType.FLOAT), 100, true), k), float32(x));
        assertThat(x).isEqualTo(copy);
    }

    private static INDArray float32(INDArray x) {
        return x.castTo(DataType.FLOAT).castTo(DataType.DOUBLE);
    }

    @Test
    void fewComponentsOfManyColumnsComeWithoutTheOtherEigenvalues() {
        INDArray x = samples(VERY_WIDE + 100, VERY_WIDE);
        PrincipalComponents p = PrincipalComponents.fit(x, 12);
        assertEigenvectors(p, x);
        assertThat(p.eigenvalues()).hasSize(12);
        assertThat(p.residual()).isPositive().isLessThan(1e-13);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(p::tempered)
                .withMessage("expected the largest 1980 of 2200 eigenvalues, since the last tenth is the noise, got 12."
                        + " Fit with PrincipalComponents.fitter().allEigenvalues(), or give tempered a gamma");

        PrincipalComponents all = PrincipalComponents.fitter().allEigenvalues().fit(x, 12);
        assertThat(all.eigenvalues()).hasSize(VERY_WIDE);
        assertThat(all.tempered().metadata()).containsKey("gamma");
        assertThat(all.explainedVarianceRatio()).containsExactly(p.explainedVarianceRatio(), within(VALUES));
        assertClose(all.components().matrix(), p.components().matrix(), PROJECTORS);

        // Six tenths of the variance are in the first axis.
        double reached = Arrays.stream(p.explainedVarianceRatio(), 0, 5).sum();
        PrincipalComponents share = PrincipalComponents.fitForVariance(x, reached - 1e-6);
        assertThat(share.components().nOut()).isEqualTo(5);
        assertThat(share.eigenvalues()).hasSize(64);
        assertEigenvectors(share, x);
        assertThat(PrincipalComponents.fitForVariance(x, 1).eigenvalues()).hasSize(VERY_WIDE);
    }

    @Test
    void moreComponentsThanSamplesAreOrthonormalWithVarianceZero() {
        INDArray x = samples(5, WIDE);
        PrincipalComponents p = PrincipalComponents.fit(x, 20);
        assertThat(p.explainedVariance()[3]).isPositive();
        assertThat(Arrays.copyOfRange(p.explainedVariance(), 4, 20)).containsOnly(0);
        assertThat(p.components().orthonormalityError()).isLessThan(ORTHONORMAL);
        assertThat(PrincipalComponents.fitForVariance(x, 1).components().nOut()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"true, 300", "false, 300", "true, 1000", "false, 1000"})
    void whatFitsIntoNoMemoryIsFoundInPasses(boolean centred, int n) {
        INDArray x = samples(n, WIDE);
        List<Long> progress = new ArrayList<>();
        PrincipalComponentsFitter fitter =
                PrincipalComponents.fitter().centred(centred).memoryLimit(400_000);
        PrincipalComponents p = fitter.listener(progress::add).fit(batches(x, 100, true), 10);
        PrincipalComponents exact =
                PrincipalComponents.fitter().centred(centred).fit(x, 10);

        double whole = Arrays.stream(exact.explainedVarianceRatio()).sum();
        assertThat(Arrays.stream(p.explainedVarianceRatio()).sum()).isBetween(0.995 * whole, whole + VALUES);
        assertThat(p.totalVariance()).isCloseTo(exact.totalVariance(), within(VALUES * exact.totalVariance()));
        assertThat(p.residual()).isBetween(1e-13, 0.1);
        assertThat(p.eigenvalues()).hasSize(10);
        assertThat(progress.get(n / 100 - 1)).isEqualTo(n);
        assertThat(progress.get(n / 100)).isEqualTo(100);
        assertThat(p.nSamples()).isEqualTo(n);
        assertThat(p.components().orthonormalityError()).isLessThan(ORTHONORMAL);
        if (centred) {
            assertClose(p.mean(), exact.mean(), 1e-10);
        } else {
            assertThat(p.mean()).isNull();
        }
        PrincipalComponents array = fitter.fit(x, 10);
        assertThat(array.explainedVariance()).containsExactly(p.explainedVariance(), within(1e-4 * whole));
    }

    @Test
    void aShareOfTheVarianceIsFoundInPassesToo() {
        // A hundred axes of nearly equal variance, so that the first guess is too small.
        INDArray x = Nd4j.randn(DataType.DOUBLE, 900, 100)
                .mmul(Nd4j.randn(DataType.DOUBLE, 100, WIDE))
                .addi(Nd4j.randn(DataType.DOUBLE, 900, WIDE).muli(0.01));
        PrincipalComponentsFitter inPasses = PrincipalComponents.fitter().memoryLimit(100_000);
        long exact = PrincipalComponents.fitForVariance(x, 0.9).components().nOut();
        assertThat(exact).isGreaterThan(64);
        assertThat(inPasses.fitForVariance(x, 0.9).components().nOut()).isBetween(exact, exact + 1);
    }

    @Test
    void passesNeedDataThatCanBeReadAgain() {
        INDArray x = samples(300, WIDE);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> PrincipalComponents.fitter().memoryLimit(400_000).fit(batches(x, 100, false), 10))
                .withMessage("expected an iterator that can be reset, since neither the covariance of nIn = 600 columns"
                        + " (0.0 GB) nor the samples fit into 0.0 GB of memory, and the components are then found in"
                        + " several passes over the data, got one that cannot be reset");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fitter().memoryLimit(-1))
                .withMessage("expected a memory limit of at least 0 bytes, got -1");
    }

    @Test
    void badValuesAreNamedWhereTheSamplesAreFew() {
        INDArray x = samples(30, WIDE);
        x.putScalar(4, 7, Double.NaN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(x, 2))
                .withMessage("batch 0: expected finite values, got NaN in sample 4, column 7");
        x.putScalar(4, 7, -1e200);
        for (DataSetIterator data : List.of(batches(x, 30, true), batches(x, 10, false))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PrincipalComponents.fit(data, 2))
                    .withMessage("expected values whose squares have a sum below 1.7976931348623157E308, got larger"
                            + " ones in column 7");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(samples(30, WIDE), WIDE + 1))
                .withMessage("expected k of at most nIn = 600, got 601");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(samples(1, WIDE), 1))
                .withMessage("expected at least 2 samples, since variances divide by n - 1, got 1");
    }

    @Test
    void independentColumnsOfVeryDifferentSpreadKeepTheirVariances() {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 1000, 2);
        x.getColumn(0).muli(1e8);
        PrincipalComponents p = PrincipalComponents.fitForVariance(x, 1);
        assertThat(p.explainedVariance()).hasSize(2);
        assertThat(p.explainedVariance()[1]).isBetween(0.8, 1.2);
        double[] other = p.components().explainedVariance(batches(x, 100, true)).variance();
        assertThat(p.explainedVariance()[1]).isCloseTo(other[1], within(1e-6));
    }

    @Test
    void wideFitsEndWhenTheirThreadIsInterrupted() {
        INDArray x = samples(30, WIDE);
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> PrincipalComponents.fit(x, 2))
                    .withMessage("interrupted during the products of samples");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
