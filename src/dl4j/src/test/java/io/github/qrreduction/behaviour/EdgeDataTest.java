package io.github.qrreduction.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import io.github.qrreduction.ExplainedVariance;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.loss.LossSimilarity;
import io.github.qrreduction.testutil.Batches;
import io.github.qrreduction.testutil.Cases;
import io.github.qrreduction.testutil.Close;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Components, principal components and the loss where numbers and sizes are at their ends. */
class EdgeDataTest {

    private static final double ROUNDING = 1e-10;
    private static final int WIDE = 100_000;

    // ---- principal components ----

    @ParameterizedTest
    @ValueSource(doubles = {1e-30, 1e-10, 1e10, 1e30})
    void principalComponentsDoNotDependOnTheUnit(double scale) {
        INDArray x = data();
        PrincipalComponents p = PrincipalComponents.fit(x, 3);
        PrincipalComponents scaled = PrincipalComponents.fit(x.mul(scale), 3);
        Close.assertRelativelyClose(
                "components", scaled.components().matrix(), p.components().matrix(), ROUNDING);
        assertThat(scaled.explainedVarianceRatio()).containsExactly(p.explainedVarianceRatio(), within(ROUNDING));
        Close.assertRelativelyClose("z", scaled.transform(x.mul(scale)).div(scale), p.transform(x), ROUNDING);
        ExplainedVariance ev = p.components().explainedVariance(iterator(x.mul(scale)));
        assertThat(ev.ratio()).containsExactly(p.explainedVarianceRatio(), within(ROUNDING));
    }

    @Test
    void duplicateColumnsAndConstantsHaveNoVarianceOfTheirOwn() {
        INDArray half = data();
        INDArray x = Nd4j.concat(
                1,
                half,
                half,
                Nd4j.valueArrayOf(new long[] {20, 1}, 3.0, DataType.DOUBLE),
                Nd4j.zeros(DataType.DOUBLE, 20, 1));
        PrincipalComponents p = PrincipalComponents.fit(x, 12);
        INDArray q = p.components().matrix();
        Close.assertRelativelyClose("Q Q^T", q.mmul(q.transpose()), Nd4j.eye(12).castTo(DataType.DOUBLE), ROUNDING);
        for (int i = 5; i < 12; i++) {
            assertThat(p.explainedVariance()[i]).isZero();
        }
        assertThat(p.totalVariance())
                .isCloseTo(2 * PrincipalComponents.fit(half, 1).totalVariance(), within(ROUNDING));
    }

    @Test
    void rowsOfZerosAreSamplesLikeOthers() {
        INDArray x = data();
        x.getRow(3).assign(0);
        x.getRow(19).assign(0);
        PrincipalComponents p = PrincipalComponents.fit(x, 5);
        assertThat(p.nSamples()).isEqualTo(20);
        Close.assertRelativelyClose("mean", p.mean(), x.mean(0), ROUNDING);
        INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 4, 5);
        PrincipalComponents none = PrincipalComponents.fit(zeros, 5);
        assertThat(none.explainedVarianceRatio()).containsOnly(0);
        Close.assertRelativelyClose("way back", none.inverseTransform(none.transform(zeros)), zeros, 0);
    }

    @Test
    void oneColumnAndBatchesOfOne() {
        INDArray x = data().getColumn(0).reshape(20, 1).dup();
        DataSet all = new DataSet(x, Nd4j.zeros(20, 1));
        PrincipalComponents p = PrincipalComponents.fit(new ListDataSetIterator<>(all.asList(), 1), 1);
        assertThat(p.components().matrix()).isEqualTo(Nd4j.ones(DataType.DOUBLE, 1, 1));
        assertThat(p.explainedVariance()[0]).isCloseTo(x.varNumber().doubleValue(), within(ROUNDING));
    }

    @Test
    void anEmptyBatchAddsNothing() {
        INDArray x = data();
        DataSet none = new DataSet(Nd4j.create(DataType.DOUBLE, 0, 5), null);
        DataSetIterator data = batches(List.of(none, new DataSet(x, null), none));
        PrincipalComponents p = PrincipalComponents.fit(data, 5);
        assertThat(p.nSamples()).isEqualTo(20);
        Close.assertRelativelyClose("mean", p.mean(), x.mean(0), ROUNDING);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(batches(List.of(none)), 1))
                .withMessage("expected at least 2 samples, since variances divide by n - 1, got 0");
    }

    @Test
    void aCovarianceThatDoesNotFitIsRefusedBeforeItIsAllocated() {
        INDArray x = Nd4j.rand(DataType.FLOAT, 2, WIDE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(x, 2))
                .withMessage("expected a covariance of at most 46340 columns, which can be decomposed, got one of nIn ="
                        + " 100000 columns, which takes 160.0 GB in float64 with the copy that is decomposed. Use"
                        + " fewer columns, for example after a random QRReductionLayer, or train a"
                        + " QRReconstructionLayer with Orthonormality.RETRACTION, which finds the same subspace in"
                        + " O(nIn nOut) memory");
    }

    // ---- components ----

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void componentsFromTinyToHugeGoThereAndBack(DataType type) {
        INDArray q = Nd4j.rand(DataType.DOUBLE, 3, 5).subi(0.5);
        INDArray x = Nd4j.rand(DataType.DOUBLE, 4, 5).castTo(type);
        Components plain = Components.of(q);
        INDArray back = plain.inverseTransform(plain.transform(x.castTo(DataType.DOUBLE)));
        for (double scale : new double[] {1e-30, 1e-10, 1e10, 1e30}) {
            Components c = Components.of(q.mul(scale).castTo(type));
            INDArray z = c.transform(x);
            Close.assertRelativelyClose(
                    "z",
                    z.castTo(DataType.DOUBLE).div(scale),
                    plain.transform(x.castTo(DataType.DOUBLE)),
                    Cases.rounding(type));
            Close.assertRelativelyClose("way back", c.inverseTransform(z), back, 100 * Cases.rounding(type));
        }
    }

    @Test
    void oneByOneAndSquareComponents() {
        Components one = Components.of(Nd4j.createFromArray(new double[][] {{-2}}));
        assertThat(one.transform(new float[] {3})).containsExactly(-6);
        assertThat(one.inverseTransform(new float[] {-6})).containsExactly(3);
        assertThat(one.orthonormalityError()).isEqualTo(3);
        Components square = Components.of(Nd4j.eye(4).castTo(DataType.DOUBLE).mul(2));
        INDArray x = Nd4j.rand(DataType.DOUBLE, 3, 4);
        Close.assertRelativelyClose("way back", square.inverseTransform(square.transform(x)), x, ROUNDING);
    }

    @Test
    void dependentComponentsTransformButHaveNoWayBack() {
        Components c = Components.of(Nd4j.ones(DataType.DOUBLE, 2, 3));
        assertThat(c.transform(Nd4j.ones(DataType.DOUBLE, 1, 3)))
                .isEqualTo(Nd4j.createFromArray(new double[][] {{3, 3}}));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> c.inverseTransform(Nd4j.ones(1, 2)))
                .withMessageStartingWith("expected linearly independent components, got one whose angle");
    }

    @Test
    void anEmptyBatchIsRefused() {
        Components c = Components.of(Nd4j.eye(3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> c.transform(Nd4j.create(DataType.FLOAT, 0, 3)))
                .withMessage("expected x of shape [batch, nIn] or [nIn] with nIn = 3 and batch >= 1, got shape [0, 3]");
    }

    @Test
    void componentsOfAHundredThousandInputs(@TempDir Path folder) throws IOException {
        INDArray q = Nd4j.rand(DataType.FLOAT, 3, WIDE).subi(0.5);
        INDArray x = Nd4j.rand(DataType.FLOAT, 4, WIDE);
        Components c = Components.of(q);
        Close.assertRelativelyClose(
                "z",
                c.transform(x),
                x.castTo(DataType.DOUBLE).mmul(q.castTo(DataType.DOUBLE).transpose()),
                1e-3);
        Close.assertRelativelyClose("z again", c.transform(c.inverseTransform(c.transform(x))), c.transform(x), 1e-3);
        ExplainedVariance ev = c.explainedVariance(iterator(x));
        assertThat(ev.residual()).isBetween(0.0, 1.0);
        Path file = folder.resolve("wide.npy");
        c.save(file);
        assertThat(Components.load(file).matrix()).isEqualTo(q);
    }

    // ---- LossSimilarity ----

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void theLossDoesNotDependOnLengthsFromTinyToHuge(DataType type) {
        INDArray x = Nd4j.rand(DataType.DOUBLE, 6, 5).subi(0.5).castTo(type);
        INDArray z = Nd4j.rand(DataType.DOUBLE, 6, 3).subi(0.5).castTo(type);
        LossSimilarity loss = new LossSimilarity(0.5);
        Pair<Double, INDArray> expected = loss.computeGradientAndScore(x, z, new ActivationIdentity(), null, false);
        for (double scale : new double[] {1e-10, 1e10, 1e30}) {
            Pair<Double, INDArray> scaled =
                    loss.computeGradientAndScore(x.mul(scale), z.mul(scale), new ActivationIdentity(), null, false);
            assertThat(scaled.getFirst()).isCloseTo(expected.getFirst(), within(10 * Cases.rounding(type)));
            Close.assertRelativelyClose(
                    "gradient",
                    scaled.getSecond().castTo(DataType.DOUBLE).mul(scale),
                    expected.getSecond(),
                    10 * Cases.rounding(type));
        }
    }

    @Test
    void theLossOfOneColumnDuplicatesAndNobody() {
        LossSimilarity loss = new LossSimilarity(0.5);
        ActivationIdentity identity = new ActivationIdentity();
        INDArray same = Nd4j.ones(DataType.DOUBLE, 4, 1);
        // All cosines are 1, so every neighbour is as near as another: the entropy of three.
        assertThat(loss.computeScore(same, same, identity, null, true)).isCloseTo(Math.log(3), within(ROUNDING));
        assertThat(loss.computeGradient(same, same, identity, null)).isEqualTo(Nd4j.zeros(DataType.DOUBLE, 4, 1));
        INDArray none = Nd4j.create(DataType.DOUBLE, 0, 3);
        assertThat(loss.computeScore(none, none, identity, null, false)).isZero();
        INDArray wide = Nd4j.rand(DataType.FLOAT, 3, WIDE);
        assertThat(loss.computeScore(wide, Nd4j.rand(DataType.FLOAT, 3, 2), identity, null, true))
                .isFinite();
    }

    private static INDArray data() {
        Nd4j.getRandom().setSeed(99);
        return Nd4j.randn(DataType.DOUBLE, 20, 5)
                .muliRowVector(
                        Nd4j.createFromArray(new double[] {5, 4, 3, 2, 1}).reshape(1, 5));
    }

    private static DataSetIterator iterator(INDArray x) {
        return batches(List.of(new DataSet(x, null)));
    }

    private static DataSetIterator batches(List<DataSet> batches) {
        return new Batches(batches);
    }
}
