package io.github.qrreduction;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.testutil.Fixtures;
import io.github.qrreduction.testutil.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** PCA against scikit-learn; the fixtures were made by fixtures/pca/make.py. */
class PrincipalComponentsTest {
    /** Two float64 programs, one by the SVD of the data and one by the eigenvectors of the covariance. */
    private static final double SAME = 1e-9;
    /** The same program on the same numbers, cut in other places. */
    private static final double ROUNDING = 1e-12;

    private static final double PROJECTOR_ROUNDING = 1e-10;
    /** The bound for orthonormal rows in DOUBLE. */
    private static final double ORTHONORMAL = 1e-12;
    /** The digits have three pixels that are never set. */
    private static final int DIGITS_RANK = 61;

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(12345);
    }

    @Test
    void allEigenvaluesAreGivenAndTheKeptOnesComeFirst() {
        PrincipalComponents p = PrincipalComponents.fit(Tables.usArrests(), 2);

        assertThat(p.eigenvalues()).hasSize(4).startsWith(p.explainedVariance());
        assertThat(Arrays.stream(p.eigenvalues()).sum()).isEqualTo(p.totalVariance());
        p.eigenvalues()[0] = -1;
        assertThat(p.eigenvalues()[0]).isPositive();
    }

    @Test
    void aNumberOfAnyTypeIsANumberOfComponents() {
        QRReductionLayer layer = new QRReductionLayer.Builder().nIn(4).nOut(2).build();

        assertThat(PrincipalComponents.fit(Tables.usArrests(), 1L).components().nOut())
                .isEqualTo(1);
        assertThat(PrincipalComponents.fit(Tables.usArrests(), layer.getNOut())
                        .components()
                        .nOut())
                .isEqualTo(2);
        assertThat(PrincipalComponents.fit(Tables.usArrests(), (short) 3)
                        .components()
                        .nOut())
                .isEqualTo(3);
        refused(
                () -> PrincipalComponents.fit(Tables.usArrests(), 1L << 32),
                "expected k of at most nIn = 4, got 4294967296");
    }

    @Test
    void givesTheNumbersOfScikitLearnsDocstring() {
        INDArray x = Nd4j.createFromArray(new double[][] {{-1, -1}, {-2, -1}, {-3, -2}, {1, 1}, {2, 1}, {3, 2}});

        PrincipalComponents p = PrincipalComponents.fit(x, 2);

        // The docstring prints 0.0075, cut off from 0.00755711.
        assertThat(p.explainedVarianceRatio()).containsExactly(new double[] {0.99244289, 0.00755711}, within(5e-9));
        assertThat(p.singularValues()).containsExactly(new double[] {6.30061232, 0.54980396}, within(5e-9));
        assertThat(p.toString()).isEqualTo("PrincipalComponents(k=2, nIn=2, nSamples=6)");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE", "INT", "UBYTE"})
    void givesScikitLearnsNumbersOnTheDigits(DataType type) {
        PrincipalComponents p = PrincipalComponents.fit(Tables.digits().castTo(type), 64);

        assertThat(p.explainedVarianceRatio()).containsExactly(values("digits-ratios"), within(SAME));
        assertThat(p.singularValues()).containsExactly(values("digits-singular"), within(SAME));
        assertThat(p.mean().toDoubleVector()).containsExactly(values("digits-mean"), within(SAME));
        INDArray expected = fixture("digits-components");
        for (int i = 0; i < DIGITS_RANK; i++) {
            INDArray ours = p.components().matrix().getRow(i);
            double sign = Math.signum(ours.mul(expected.getRow(i)).sumNumber().doubleValue());
            assertClose(ours.mul(sign), expected.getRow(i), SAME);
        }
    }

    @Test
    void rankDeficientDataGiveExactZerosAndOrthonormalComponents() {
        PrincipalComponents digits = PrincipalComponents.fit(Tables.digits(), 64);
        assertThat(Arrays.copyOfRange(digits.explainedVariance(), DIGITS_RANK, 64))
                .containsOnly(0.0);
        assertThat(digits.explainedVariance()[DIGITS_RANK - 1]).isPositive();
        assertThat(digits.components().orthonormalityError()).isLessThan(ORTHONORMAL);

        INDArray product = Nd4j.randn(DataType.DOUBLE, 200, 3).mmul(Nd4j.randn(DataType.DOUBLE, 3, 20));
        PrincipalComponents three = PrincipalComponents.fit(product, 20);
        assertThat(Arrays.copyOfRange(three.explainedVariance(), 3, 20)).containsOnly(0.0);
        assertThat(three.explainedVariance()[2]).isPositive();
        assertThat(three.components().orthonormalityError()).isLessThan(ORTHONORMAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void roundingOverManySamplesIsNoVarianceEither(int columns) {
        for (int i = 0; i < 5; i++) {
            INDArray line = Nd4j.randn(DataType.DOUBLE, 100_000, 1).mmul(Nd4j.randn(DataType.DOUBLE, 1, columns));
            double[] variance = PrincipalComponents.fit(line.addi(100), columns).explainedVariance();
            assertThat(Arrays.copyOfRange(variance, 1, columns)).containsOnly(0.0);
        }
    }

    @Test
    void valuesWhoseSquaresOverflowAreRefused() {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 50, 4);
        x.getColumn(2).muli(1e200);
        String message = "expected values whose squares have a sum below 1.7976931348623157E308, got larger ones in "
                + "column 2";
        refused(() -> PrincipalComponents.fit(x, 2), message);
        refused(() -> PrincipalComponents.fitForVariance(batches(x, 7), 0.5), message);
    }

    @Test
    void moreComponentsThanSamplesHaveNoVariance() {
        PrincipalComponents p = PrincipalComponents.fit(Nd4j.randn(DataType.DOUBLE, 4, 10), 6);

        assertThat(p.explainedVariance()[2]).isPositive();
        assertThat(Arrays.copyOfRange(p.explainedVariance(), 3, 6)).containsOnly(0.0);
        assertThat(p.components().orthonormalityError()).isLessThan(ORTHONORMAL);
    }

    @Test
    void constantDataHaveNoVarianceAndSaySo() {
        PrincipalComponents p = PrincipalComponents.fit(Nd4j.valueArrayOf(new long[] {5, 3}, 0.1), 2);

        assertThat(p.explainedVariance()).containsOnly(0.0);
        assertThat(p.explainedVarianceRatio()).containsOnly(0.0);
        assertThat(p.totalVariance()).isZero();
        assertThat(p.components().matrix())
                .isEqualTo(Nd4j.eye(3).castTo(DataType.DOUBLE).get(NDArrayIndex.interval(0, 2), NDArrayIndex.all()));
    }

    @Test
    void givesTheKnownProportionsOfUsArrests() {
        PrincipalComponents p = PrincipalComponents.fit(Tables.usArrests(), 4);

        double[] known = {0.9655342, 0.02781734, 0.005799535, 0.0008489079};
        for (int i = 0; i < known.length; i++) {
            // Seven significant digits are known.
            assertThat(p.explainedVarianceRatio()[i]).isCloseTo(known[i], within(5e-7 * known[i]));
        }
    }

    @Test
    void transformsAndGoesBackAsScikitLearn() {
        INDArray x = fixture("tall");
        PrincipalComponents p = PrincipalComponents.fit(x, 5);

        assertThat(p.explainedVariance()).containsExactly(values("tall-variance"), within(SAME));
        assertThat(p.nSamples()).isEqualTo(400);
        INDArray scores = p.transform(x);
        INDArray expected = fixture("tall-scores");
        for (int i = 0; i < 5; i++) {
            INDArray column = scores.getColumn(i);
            double sign =
                    Math.signum(column.mul(expected.getColumn(i)).sumNumber().doubleValue());
            assertClose(column.mul(sign), expected.getColumn(i), SAME);
        }
        assertClose(p.inverseTransform(scores), fixture("tall-back"), SAME);

        INDArray row = x.getRow(3);
        assertThat(p.transform(row).shape()).containsExactly(5);
        float[] single = row.castTo(DataType.FLOAT).toFloatVector();
        // One rounding to float32 of values up to 100.
        assertThat(p.transform(single))
                .containsExactly(p.transform(row).castTo(DataType.FLOAT).toFloatVector(), within(1e-5f));
        assertThat(p.inverseTransform(p.transform(single)))
                .containsExactly(
                        fixture("tall-back").getRow(3).castTo(DataType.FLOAT).toFloatVector(), within(1e-4f));
        assertThat(p.transform(x.castTo(DataType.FLOAT)).dataType()).isEqualTo(DataType.FLOAT);
    }

    @Test
    void reconstructionErrorIsTheVarianceLeftOut() {
        INDArray x = Tables.digits();
        PrincipalComponents p = PrincipalComponents.fit(x, 16);

        double expected = values("digits-error16")[0];
        assertThat(p.reconstructionError(x)).isCloseTo(expected, within(SAME * expected));
        assertThat(p.reconstructionError(batches(x, 100))).isCloseTo(expected, within(SAME * expected));
        double leftOut =
                p.totalVariance() - Arrays.stream(p.explainedVariance()).sum();
        assertThat(p.reconstructionError(x)).isCloseTo(leftOut * 1796 / 1797, within(SAME * expected));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void batchesOfAnySizeGiveTheSame(int size) {
        INDArray x = Tables.digits();
        PrincipalComponents all = PrincipalComponents.fit(x, 20);
        PrincipalComponents streamed = PrincipalComponents.fit(batches(x, size), 20);

        for (int i = 0; i < 20; i++) {
            double variance = all.explainedVariance()[i];
            assertThat(streamed.explainedVariance()[i]).isCloseTo(variance, within(ROUNDING * variance));
        }
        assertClose(projector(streamed), projector(all), PROJECTOR_ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e6, 1e9})
    void aMeanThatIsLargeAgainstTheSpreadLosesNothing(double mean) {
        // Multiples of 2^-20 up to 16: adding the mean is exact in float64.
        INDArray x = Nd4j.rand(DataType.DOUBLE, 5000, 8).muli(8 << 20);
        x = Nd4j.math().floor(x).divi(1 << 20).muliRowVector(Nd4j.createFromArray(1., .5, 2, .25, 1, 1, .5, .125));
        x = Nd4j.math().floor(x.muli(1 << 20)).divi(1 << 20);

        PrincipalComponents near = PrincipalComponents.fit(x, 8);
        PrincipalComponents far = PrincipalComponents.fit(batches(x.add(mean), 99), 8);

        for (int i = 0; i < 8; i++) {
            double variance = near.explainedVariance()[i];
            assertThat(far.explainedVariance()[i]).isCloseTo(variance, within(ROUNDING * variance));
        }
        assertClose(projector(far), projector(near), PROJECTOR_ROUNDING);
        assertClose(far.mean().sub(mean), near.mean(), 2 * Math.ulp(mean));
    }

    /** More than a block of rows, inside a wider array: ND4J's get(interval, all) gives an empty array for some. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void aLongViewOfAWiderArrayIsReadAsItsCopy(int offset) {
        INDArray wide = Nd4j.rand(DataType.DOUBLE, 5000, 40);
        INDArray columns = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(offset, offset + 4));
        INDArray wideRows = wide.transpose().dup('c');
        INDArray transposed = wideRows.get(NDArrayIndex.interval(offset, offset + 4), NDArrayIndex.all())
                .transpose();
        PrincipalComponents expected = PrincipalComponents.fit(columns.dup('c'), 4);
        for (INDArray view : new INDArray[] {columns, columns.dup('f'), transposed}) {
            PrincipalComponents actual = PrincipalComponents.fit(view, 4);
            assertThat(actual.nSamples()).isEqualTo(5000);
            assertThat(actual.explainedVariance()).isEqualTo(expected.explainedVariance());
            assertThat(actual.mean()).isEqualTo(expected.mean());
        }
    }

    /** From 129 columns on LAPACK works by blocks, of which ND4J's are wrong on some AVX-512 processors. */
    @ParameterizedTest
    @ValueSource(ints = {128, 129, 200, 400})
    void componentsAreEigenvectorsOfTheCovarianceOnEveryProcessor(int nIn) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 1000, nIn).muliRowVector(Nd4j.linspace(1, 3, nIn, DataType.DOUBLE));
        PrincipalComponents p = PrincipalComponents.fit(x, 10);
        INDArray q = p.components().matrix();
        INDArray centred = x.subRowVector(x.mean(0));
        INDArray image =
                centred.transpose().mmul(centred.mmul(q.transpose())).divi(999).transpose();
        INDArray scaled = q.mulColumnVector(Nd4j.createFromArray(p.explainedVariance()));
        assertThat(image.distance2(scaled)).isLessThan(1e-12 * p.explainedVariance()[0] * nIn);
        assertThat(p.components().orthonormalityError()).isLessThan(1e-12);
    }

    @Test
    void theCallersArraysAreUntouched() {
        INDArray x = Tables.digits();
        INDArray view = x.get(NDArrayIndex.interval(3, 400), NDArrayIndex.interval(2, 60));
        INDArray copy = x.dup();

        PrincipalComponents p = PrincipalComponents.fit(view, 5);
        p.reconstructionError(view);
        INDArray z = p.transform(view);
        INDArray zCopy = z.dup();
        p.inverseTransform(z);
        p.mean().assign(0);
        p.components().matrix().assign(0);
        p.explainedVariance()[0] = 0;

        // Batches that are views, in either order, and rows that a mask leaves out.
        INDArray columns = x.dup('f');
        INDArray mask = Nd4j.ones(1797, 1).putScalar(4, 0, 0);
        DataSet masked = new DataSet(x, x, mask, null);
        PrincipalComponents.fit(new ExistingDataSetIterator(List.of(new DataSet(columns, columns), masked)), 5);
        p.components().explainedVariance(batches(view, 100));
        assertThat(columns).isEqualTo(copy);
        assertThat(mask.sumNumber().intValue()).isEqualTo(1796);

        assertThat(x).isEqualTo(copy);
        assertThat(z).isEqualTo(zCopy);
        assertThat(p.transform(view)).isEqualTo(zCopy);
        assertThat(p.explainedVariance()[0]).isPositive();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aValueThatIsNotFiniteIsRefusedByName(double value) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 50, 4);
        x.putScalar(33, 2, value);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(batches(x, 10), 2))
                .withMessage("batch 3: expected finite values, got " + value + " in sample 3, column 2");
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void unmaskedTimeStepsAreTheSamples(RNNFormat format) {
        INDArray rows = Nd4j.randn(DataType.DOUBLE, 12, 3);
        // Two batches of 2 sequences with 3 steps, and a third that the mask hides.
        List<DataSet> batches = new ArrayList<>();
        for (int b = 0; b < 2; b++) {
            INDArray steps = rows.get(NDArrayIndex.interval(6 * b, 6 * b + 6), NDArrayIndex.all())
                    .reshape(2, 3, 3);
            batches.add(sequences(steps, format, null));
        }
        INDArray garbage = Nd4j.valueArrayOf(new long[] {1, 3, 3}, 1e9).castTo(DataType.DOUBLE);
        batches.add(sequences(garbage, format, Nd4j.zeros(1, 3)));
        DataSetIterator data = new ExistingDataSetIterator(batches);

        PrincipalComponents p = PrincipalComponents.fitter().dataFormat(format).fit(data, 3);

        PrincipalComponents expected = PrincipalComponents.fit(rows, 3);
        assertThat(p.nSamples()).isEqualTo(12);
        assertThat(p.explainedVariance()).containsExactly(expected.explainedVariance(), within(ROUNDING));
        assertClose(p.mean(), expected.mean(), ROUNDING);
    }

    @Test
    void aMaskedTimeStepIsNoSample() {
        INDArray steps = Nd4j.randn(DataType.DOUBLE, 2, 3, 4);
        INDArray mask = Nd4j.createFromArray(new float[][] {{1, 1, 0, 0}, {0, 1, 1, 1}});
        for (int[] hidden : new int[][] {{0, 2}, {0, 3}, {1, 0}}) {
            steps.put(
                    new INDArrayIndex[] {
                        NDArrayIndex.point(hidden[0]), NDArrayIndex.all(), NDArrayIndex.point(hidden[1])
                    },
                    Nd4j.valueArrayOf(3, Double.NaN));
        }
        INDArray kept = Nd4j.vstack(
                step(steps, 0, 0), step(steps, 0, 1), step(steps, 1, 1), step(steps, 1, 2), step(steps, 1, 3));

        PrincipalComponents p =
                PrincipalComponents.fit(new ExistingDataSetIterator(List.of(new DataSet(steps, steps, mask, mask))), 2);

        assertThat(p.nSamples()).isEqualTo(5);
        assertThat(p.explainedVariance())
                .containsExactly(PrincipalComponents.fit(kept, 2).explainedVariance(), within(ROUNDING));
    }

    @Test
    void aMaskedRowIsNoSample() {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 4, 3);
        DataSet masked = new DataSet(x, x, Nd4j.createFromArray(new float[][] {{1}, {0}, {1}, {1}}), null);

        PrincipalComponents p = PrincipalComponents.fit(new ExistingDataSetIterator(List.of(masked)), 2);

        INDArray kept = Nd4j.pullRows(x, 1, 0, 2, 3);
        assertThat(p.nSamples()).isEqualTo(3);
        assertThat(p.explainedVariance())
                .containsExactly(PrincipalComponents.fit(kept, 2).explainedVariance(), within(ROUNDING));
    }

    @Test
    void fitsOneInputOfAMultiDataSet() {
        INDArray one = Nd4j.randn(DataType.DOUBLE, 20, 3);
        INDArray two = Nd4j.randn(DataType.DOUBLE, 20, 5);
        MultiDataSet both = new MultiDataSet(new INDArray[] {one, two}, new INDArray[] {one});

        PrincipalComponents p = PrincipalComponents.fit(new SingletonMultiDataSetIterator(both), 1, 2);

        assertThat(p.components().matrix())
                .isEqualTo(PrincipalComponents.fit(two, 2).components().matrix());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fitForVariance(new SingletonMultiDataSetIterator(both), 2, 1.0))
                .withMessage("expected an input in 0..1, got 2");
    }

    @Test
    void aShareOfVarianceChoosesTheSmallestNumber() {
        double[] ratios = values("digits-ratios");
        double fiveShare = Arrays.stream(ratios, 0, 5).sum();

        assertThat(PrincipalComponents.fitForVariance(Tables.digits(), fiveShare - 1e-9)
                        .components()
                        .nOut())
                .isEqualTo(5);
        assertThat(PrincipalComponents.fitForVariance(Tables.digits(), fiveShare + 1e-9)
                        .components()
                        .nOut())
                .isEqualTo(6);
        assertThat(PrincipalComponents.fitForVariance(Tables.digits(), 1e-9)
                        .components()
                        .nOut())
                .isEqualTo(1);
        assertThat(PrincipalComponents.fitForVariance(batches(Tables.digits(), 64), 1.0)
                        .components()
                        .nOut())
                .isEqualTo(DIGITS_RANK);
        assertThat(PrincipalComponents.fit(Tables.digits(), 1).components().nOut())
                .isEqualTo(1);
    }

    @Test
    void signsDoNotDependOnTheDatasSigns() {
        INDArray x = fixture("tall");
        INDArray q = PrincipalComponents.fit(x, 12).components().matrix();

        // Symmetric to rounding of the products.
        assertClose(PrincipalComponents.fit(x.neg(), 12).components().matrix(), q, PROJECTOR_ROUNDING);
        for (int i = 0; i < 12; i++) {
            double[] row = q.getRow(i).toDoubleVector();
            int largest = IntStream.range(0, 12).reduce(0, (a, b) -> Math.abs(row[b]) > Math.abs(row[a]) ? b : a);
            assertThat(row[largest]).isPositive();
        }
    }

    @Test
    void theListenerHearsOfEachBatch() {
        List<Long> seen = new ArrayList<>();

        PrincipalComponents.fitter().listener(seen::add).fit(batches(Nd4j.randn(DataType.FLOAT, 25, 3), 10), 2);

        assertThat(seen).containsExactly(10L, 20L, 25L);
    }

    @Test
    void anIteratorThatWasReadIsReset() {
        DataSetIterator data = batches(Nd4j.randn(DataType.FLOAT, 30, 3), 10);
        data.next();

        assertThat(PrincipalComponents.fit(data, 2).nSamples()).isEqualTo(30);
        assertThat(PrincipalComponents.fitForVariance(data, 0.9).nSamples()).isEqualTo(30);
    }

    @Test
    void whatCannotBeFittedIsRefused() {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 10, 4);
        refused(() -> PrincipalComponents.fit(x, 0), "expected k of at least 1, got 0");
        refused(() -> PrincipalComponents.fit(x, 5), "expected k of at most nIn = 4, got 5");
        refused(() -> PrincipalComponents.fitForVariance(x, 0.0), "expected a share of variance in (0, 1], got 0.0");
        refused(() -> PrincipalComponents.fitForVariance(x, 1.5), "expected a share of variance in (0, 1], got 1.5");
        refused(
                () -> PrincipalComponents.fitForVariance(x, Double.NaN),
                "expected a share of variance in (0, 1], got NaN");
        refused(
                () -> PrincipalComponents.fit(x.get(NDArrayIndex.interval(0, 1), NDArrayIndex.all()), 2),
                "expected at least 2 samples, since variances divide by n - 1, got 1");
        refused(
                () -> PrincipalComponents.fit(new ExistingDataSetIterator(List.of()), 2),
                "expected at least 2 samples, since variances divide by n - 1, got 0");
        refused(
                () -> PrincipalComponents.fit(x.getRow(0), 2),
                "batch 0: expected features of shape [batch, nIn] or, for " + "sequences, of rank 3, got shape [4]");
        refused(
                () -> PrincipalComponents.fit(
                        new ExistingDataSetIterator(List.of(new DataSet(x, x), new DataSet(Nd4j.ones(3, 7), x))), 2),
                "batch 1: expected nIn = 4, as before, got nIn = 7");
        refused(
                () -> PrincipalComponents.fit(
                        new ExistingDataSetIterator(List.of(new DataSet(x, x, Nd4j.ones(9, 1), null))), 2),
                "batch 0: expected a mask of shape [10, 1], got shape [9, 1]");
        PrincipalComponents p = PrincipalComponents.fit(x, 2);
        refused(
                () -> p.transform(Nd4j.ones(2, 5)),
                "expected x of shape [batch, nIn] or [nIn] with nIn = 4, got shape [2, 5]");
        refused(() -> p.inverseTransform(new float[4]), "expected z of length k = 2, got length 4");
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }

    private static DataSet sequences(INDArray steps, RNNFormat format, INDArray mask) {
        INDArray x = format == RNNFormat.NWC ? steps : steps.permute(0, 2, 1);
        return new DataSet(x, x, mask, mask);
    }

    private static INDArray step(INDArray sequences, int sequence, int step) {
        return sequences
                .get(NDArrayIndex.point(sequence), NDArrayIndex.all(), NDArrayIndex.point(step))
                .dup()
                .reshape(1, sequences.size(1));
    }

    private static DataSetIterator batches(INDArray x, int size) {
        List<DataSet> batches = new ArrayList<>();
        for (long from = 0; from < x.rows(); from += size) {
            INDArray rows = x.get(NDArrayIndex.interval(from, Math.min(from + size, x.rows())), NDArrayIndex.all());
            batches.add(new DataSet(rows, rows));
        }
        return new ExistingDataSetIterator(batches);
    }

    private static INDArray projector(PrincipalComponents p) {
        INDArray q = p.components().matrix();
        return q.transpose().mmul(q);
    }

    private static INDArray fixture(String name) {
        return Fixtures.npy("pca/" + name);
    }

    private static double[] values(String name) {
        return fixture(name).toDoubleVector();
    }
}
