package io.github.qrreduction;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Corner cases of the variance that components explain, and of the rotation to principal axes. */
class ExplainedVarianceTest {

    /** Sums over some hundred samples in float64; relative where variances are compared. */
    private static final double ROUNDING = 1e-11;

    private INDArray x;

    @BeforeEach
    void correlatedData() {
        Nd4j.getRandom().setSeed(12345);
        INDArray mix = Nd4j.randn(DataType.DOUBLE, 6, 6);
        x = Nd4j.randn(DataType.DOUBLE, 200, 6).mmul(mix).addi(3);
    }

    /** Sums of rounded ratios passed 1 in 219 of 800 such data sets, and no fit took them as a share. */
    @Test
    void everyCumulativeRatioIsAShareThatAFitTakes() {
        Random random = new Random(68);
        for (int i = 0; i < 800; i++) {
            INDArray x = Nd4j.create(DataType.DOUBLE, 3 + random.nextInt(3), 2 + random.nextInt(3));
            for (int j = 0; j < x.length(); j++) {
                x.putScalar(j, random.nextInt(5));
            }
            PrincipalComponents p = PrincipalComponents.fit(x, x.columns());
            double[] shares = p.components().explainedVariance(batches(x, 2)).cumulative();
            double[] ratios = p.explainedVarianceRatio();
            for (double share : shares) {
                if (share > 0) {
                    PrincipalComponents.fitForVariance(x, share);
                }
            }
            assertThat(Arrays.stream(ratios).allMatch(r -> r >= 0 && r <= 1)).isTrue();
            assertThat(shares).isSorted();
            assertThat(Arrays.stream(shares).max().orElseThrow()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aCopyOfAComponentWouldAddNothingSoNearCopiesAddLittle() {
        INDArray q = Nd4j.eye(6)
                .castTo(DataType.DOUBLE)
                .get(NDArrayIndex.interval(0, 2), NDArrayIndex.all())
                .dup();
        q.putRow(1, q.getRow(0).add(q.getRow(1).mul(1e-6)));
        ExplainedVariance v = Components.of(q).explainedVariance(batches(x, 200));
        INDArray covariance = covariance(x);
        // Orthogonalised, the second is the second axis; 1e-6 of cancellation costs six digits.
        assertThat(v.variance())
                .containsExactly(new double[] {covariance.getDouble(0, 0), covariance.getDouble(1, 1)}, within(1e-6));
        assertThatIllegalStateException()
                .isThrownBy(() -> Components.of(Nd4j.vstack(q.getRow(0, true), q.getRow(0, true)))
                        .explainedVariance(batches(x, 200)))
                .withMessageStartingWith("expected linearly independent components, got one whose angle");
    }

    @Test
    void aSquareMatrixLeavesNothingAndDataWithoutVarianceHaveNoShares() {
        ExplainedVariance all = Components.of(Nd4j.randn(DataType.DOUBLE, 6, 6)).explainedVariance(batches(x, 7));
        assertThat(all.cumulative()[5]).isCloseTo(1, within(ROUNDING));
        assertThat(all.residual()).isCloseTo(0, within(ROUNDING)).isNotNegative();

        INDArray constant = Nd4j.ones(DataType.DOUBLE, 10, 6).muli(0.1);
        ExplainedVariance none =
                Components.of(Nd4j.randn(DataType.DOUBLE, 2, 6)).explainedVariance(batches(constant, 3));
        assertThat(none.variance()).containsOnly(0);
        assertThat(none.ratio()).containsOnly(0);
        assertThat(none.cumulative()).containsOnly(0);
        assertThat(none.residual()).isZero();
        assertThat(none.total()).isZero();
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void stepsOfSequencesAreSamplesWhereTheMaskIsSet(RNNFormat format) {
        INDArray nwc = Nd4j.randn(DataType.DOUBLE, 8, 5, 6);
        INDArray mask = Nd4j.ones(DataType.FLOAT, 8, 5);
        mask.put(new INDArrayIndex[] {NDArrayIndex.point(3), NDArrayIndex.interval(2, 5)}, 0);
        INDArray kept = nwc.reshape('c', 40, 6);
        kept = Nd4j.vstack(
                kept.get(NDArrayIndex.interval(0, 17), NDArrayIndex.all()),
                kept.get(NDArrayIndex.interval(20, 40), NDArrayIndex.all()));
        INDArray features = format == RNNFormat.NWC ? nwc : nwc.permute(0, 2, 1);
        DataSetIterator data = new ExistingDataSetIterator(List.of(new DataSet(features, features, mask, mask)));

        Components c = Components.of(Nd4j.randn(DataType.DOUBLE, 2, 6));
        double[] expected = c.explainedVariance(batches(kept, 37)).variance();
        ExplainedVariance v = format == RNNFormat.NCW ? c.explainedVariance(data) : c.explainedVariance(data, format);
        assertThat(v.variance()).containsExactly(expected, within(ROUNDING));
        assertThat(c.rotatedToPrincipalAxes(data, format)
                        .explainedVariance(data, format)
                        .cumulative()[1])
                .isCloseTo(v.cumulative()[1], within(ROUNDING));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void rotationKeepsTheSubspaceAndUncorrelatesTheScores(DataType type) {
        double tolerance = type == DataType.DOUBLE ? ROUNDING : 1e-5;
        INDArray q = Nd4j.randn(DataType.DOUBLE, 3, 6).castTo(type);
        INDArray b = Nd4j.createFromArray(1.0, -2, 3).castTo(type);
        Components c = Components.of(q, b);

        Components r = c.rotatedToPrincipalAxes(batches(x, 30));

        assertThat(r.matrix().dataType()).isEqualTo(type);
        assertThat(r.orthonormalityError()).isLessThan(tolerance);
        assertClose(projector(r), projector(c), tolerance);
        INDArray scores = covariance(r.transform(x));
        double[] variance = r.explainedVariance(batches(x, 200)).variance();
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                assertThat(scores.getDouble(i, j))
                        .isCloseTo(i == j ? variance[i] : 0, within(tolerance * scores.getDouble(0, 0)));
            }
        }
        assertThat(variance[0]).isGreaterThan(variance[1]);
        assertThat(variance[1]).isGreaterThan(variance[2]);
        for (int i = 0; i < 3; i++) {
            INDArray row = r.matrix().getRow(i);
            assertThat(row.getDouble(Nd4j.argMax(Transforms.abs(row)).getInt(0)))
                    .isPositive();
        }
        // Each new code is the old one times one matrix, so what is decoded from either is the same.
        assertClose(r.inverseTransform(r.transform(x)), c.inverseTransform(c.transform(x)), 100 * tolerance);
        INDArray map = codeMap(c, r);
        assertClose(c.transform(x).castTo(DataType.DOUBLE).mmul(map), r.transform(x), 100 * tolerance);
    }

    @Test
    void otherDataAreRefused() {
        Components c = Components.of(Nd4j.randn(DataType.DOUBLE, 2, 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> c.explainedVariance(batches(x, 10)))
                .withMessage("expected data of nIn = 5 columns, got 6");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> c.explainedVariance(batches(Nd4j.ones(DataType.DOUBLE, 1, 5), 1)))
                .withMessage("expected at least 2 samples, since variances divide by n - 1, got 1");
        INDArray bad = Nd4j.ones(DataType.DOUBLE, 10, 5);
        bad.putScalar(7, 2, Double.NaN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> c.rotatedToPrincipalAxes(batches(bad, 4)))
                .withMessage("batch 1: expected finite values, got NaN in sample 3, column 2");
    }

    @Test
    void isAValueAndPrintsATable() {
        double[] variance = {3, 1};
        ExplainedVariance v = new ExplainedVariance(variance, 5);
        variance[0] = 0;
        v.variance()[0] = 0;
        assertThat(v.variance()).containsExactly(3, 1);
        assertThat(v)
                .isEqualTo(new ExplainedVariance(new double[] {3, 1}, 5))
                .hasSameHashCodeAs(new ExplainedVariance(new double[] {3, 1}, 5))
                .isNotEqualTo(new ExplainedVariance(new double[] {3, 1}, 6))
                .isNotEqualTo(new ExplainedVariance(new double[] {3, 2}, 5));
        assertThat(v.toString().lines())
                .containsExactly(
                        "component      variance    ratio cumulative",
                        "        0       3.00000   0.6000     0.6000",
                        "        1       1.00000   0.2000     0.8000",
                        " residual       1.00000   0.2000");
    }

    /** The matrix by which codes of one become codes of the other, from the two matrices and nothing else. */
    private static INDArray codeMap(Components from, Components to) {
        INDArray zero = from.inverseTransform(Nd4j.zeros(DataType.DOUBLE, 1, from.nOut()));
        INDArray pseudoInverse = from.inverseTransform(Nd4j.eye(from.nOut()).castTo(DataType.DOUBLE))
                .subRowVector(zero);
        return pseudoInverse.mmul(to.matrix().castTo(DataType.DOUBLE).transpose());
    }

    private static INDArray projector(Components c) {
        INDArray pseudoInverse = c.inverseTransform(Nd4j.eye(c.nOut()).castTo(DataType.DOUBLE));
        INDArray zero = c.inverseTransform(Nd4j.zeros(DataType.DOUBLE, 1, c.nOut()));
        return pseudoInverse.subRowVector(zero).transpose().mmul(c.matrix().castTo(DataType.DOUBLE));
    }

    private static DataSetIterator batches(INDArray rows, int batch) {
        return new ExistingDataSetIterator(new DataSet(rows, rows).batchBy(batch));
    }

    private static INDArray covariance(INDArray rows) {
        INDArray centred = rows.subRowVector(rows.mean(0));
        return centred.transpose().mmul(centred).divi(rows.rows() - 1);
    }
}
