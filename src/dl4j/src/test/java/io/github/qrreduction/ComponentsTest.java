package io.github.qrreduction;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.internal.stiefel.QRFactor;
import io.github.qrreduction.internal.stiefel.Stiefel;
import io.github.qrreduction.testutil.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Components by themselves, apart from networks. */
class ComponentsTest {
    private static final double DOUBLE_ROUNDING = 1e-12;
    /** Sums of 12 products of numbers up to 10 in float32. */
    private static final double FLOAT_ROUNDING = 1e-4;

    private static final int N_IN = 12;
    private static final int N_OUT = 4;

    private INDArray q;
    private INDArray b;

    @BeforeEach
    void components() {
        Nd4j.getRandom().setSeed(12345);
        q = Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN);
        b = Nd4j.randn(DataType.DOUBLE, N_OUT);
    }

    @Test
    void transformIsTheFormula() {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 7, N_IN);
        Components c = Components.of(q, b);

        assertClose(c.transform(x), x.mmul(q.transpose()).addRowVector(b), DOUBLE_ROUNDING);
        assertClose(c.transform(x.getRow(2)), c.transform(x).getRow(2), DOUBLE_ROUNDING);
        assertClose(c.transform(x.dup('f')), c.transform(x), DOUBLE_ROUNDING);
        assertThat(c.transform(x.getRow(2).castTo(DataType.FLOAT).toFloatVector()))
                .containsExactly(c.transform(x).getRow(2).castTo(DataType.FLOAT).toFloatVector(), within((float)
                        FLOAT_ROUNDING));
        assertThat(c.nIn()).isEqualTo(N_IN);
        assertThat(c.nOut()).isEqualTo(N_OUT);
        assertThat(c.toString()).isEqualTo("Components(nOut=4, nIn=12, DOUBLE, with bias)");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "FLOAT", "DOUBLE"})
    void theResultHasTheTypeOfTheInput(DataType type) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 3, N_IN);
        Components c = Components.of(q.castTo(DataType.FLOAT), b);

        assertThat(c.transform(x.castTo(type)).dataType()).isEqualTo(type);
        assertThat(c.inverseTransform(c.transform(x.castTo(type))).dataType()).isEqualTo(type);
        assertThat(c.transform(Nd4j.ones(DataType.INT32, 3, N_IN)).dataType()).isEqualTo(DataType.FLOAT);
        assertThat(Components.of(q.castTo(type)).matrix().dataType()).isEqualTo(type);
    }

    @Test
    void inverseTransformIsTheShortestOriginal() {
        Components c = Components.of(q, b);
        INDArray z = Nd4j.randn(DataType.DOUBLE, 5, N_OUT);

        INDArray x = c.inverseTransform(z);

        assertClose(c.transform(x), z, DOUBLE_ROUNDING);
        // Least norm: within the row space, so that the projection on it changes nothing.
        INDArray y = QRFactor.of(q).q();
        assertClose(x.mmul(y.transpose()).mmul(y), x, DOUBLE_ROUNDING);
        assertThat(c.inverseTransform(z.getRow(1).castTo(DataType.FLOAT).toFloatVector()))
                .containsExactly(x.getRow(1).castTo(DataType.FLOAT).toFloatVector(), within((float) FLOAT_ROUNDING));
        INDArray orthonormal = Stiefel.uniform(N_OUT, N_IN, DataType.DOUBLE);
        assertClose(Components.of(orthonormal).inverseTransform(z), z.mmul(orthonormal), DOUBLE_ROUNDING);
    }

    @Test
    void dependentComponentsHaveNoInverse() {
        q.putRow(3, q.getRow(0).mul(2));
        Components c = Components.of(q);

        assertThat(c.transform(Nd4j.ones(1, N_IN)).shape()).containsExactly(1, N_OUT);
        assertThatIllegalStateException()
                .isThrownBy(() -> c.inverseTransform(Nd4j.ones(1, N_OUT)))
                .withMessageStartingWith(
                        "expected linearly independent components, got one whose angle to those before it"
                                + " has a sine of ");
    }

    @Test
    void isASnapshot() {
        INDArray matrix = q.dup();
        INDArray bias = b.dup();
        Components c = Components.of(matrix, bias);
        matrix.assign(0);
        bias.assign(0);
        c.matrix().assign(1);
        c.bias().assign(1);

        assertThat(c.matrix()).isEqualTo(q);
        assertThat(c.bias()).isEqualTo(b);
        assertThat(Components.of(q).bias()).isNull();
    }

    @Test
    void outlivesTheWorkspaceItWasMadeIn() {
        Components c;
        INDArray z = Nd4j.randn(DataType.DOUBLE, 1, N_OUT);
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("COMPONENTS_TEST")) {
            c = Components.of(Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN));
            c.inverseTransform(z);
            assertThat(workspace.getId()).isEqualTo("COMPONENTS_TEST");
        }
        assertThat(c.matrix().isAttached()).isFalse();
        assertClose(c.transform(c.inverseTransform(z)), z, DOUBLE_ROUNDING);
    }

    @Test
    void truncateKeepsTheLeading() {
        Components two = Components.of(q, b).truncate(2);

        assertThat(two.matrix()).isEqualTo(q.get(NDArrayIndex.interval(0, 2), NDArrayIndex.all()));
        assertThat(two.bias()).isEqualTo(b.get(NDArrayIndex.interval(0, 2)));
        refused(() -> two.truncate(3), "expected k in 1..nOut = 2, got 3");
        refused(() -> two.truncate(0), "expected k in 1..nOut = 2, got 0");
    }

    @Test
    void orthonormalityErrorIsTheFrobeniusNorm() {
        INDArray off = q.mmul(q.transpose()).sub(Nd4j.eye(N_OUT).castTo(DataType.DOUBLE));
        assertThat(Components.of(q).orthonormalityError())
                .isCloseTo(off.norm2Number().doubleValue(), within(DOUBLE_ROUNDING * 100));
    }

    @Test
    void varianceOfPrincipalComponentsIsTheirOwn() {
        PrincipalComponents p = PrincipalComponents.fit(tall(), 5);

        ExplainedVariance v = p.components().explainedVariance(batches(tall(), 37));

        assertThat(v.variance()).containsExactly(p.explainedVariance(), within(1e-9));
        assertThat(v.ratio()).containsExactly(p.explainedVarianceRatio(), within(DOUBLE_ROUNDING));
        assertThat(v.total()).isCloseTo(p.totalVariance(), within(1e-9));
        double[] cumulative = v.cumulative();
        assertThat(cumulative[4] + v.residual()).isCloseTo(1, within(DOUBLE_ROUNDING));
        assertThat(v.residual() * v.total() * 399 / 400).isCloseTo(p.reconstructionError(tall()), within(1e-9));
        assertThat(v.toString())
                .startsWith("component      variance    ratio cumulative")
                .contains("residual");
    }

    @Test
    void varianceCountsNoDirectionTwice() {
        PrincipalComponents p = PrincipalComponents.fit(tall(), 3);
        INDArray mixture = Nd4j.createFromArray(new double[][] {{2, 0, 0}, {1, -1, 0}, {3, 1, .5}});
        Components mixed = Components.of(mixture.mmul(p.components().matrix()), Nd4j.ones(3));

        // Lower triangular mixtures of orthonormal rows have those rows as their QR factor, up to sign.
        ExplainedVariance v = mixed.explainedVariance(batches(tall(), 50));

        assertThat(v.variance()).containsExactly(p.explainedVariance(), within(1e-9));
        assertThat(v)
                .isEqualTo(mixed.explainedVariance(batches(tall(), 50)))
                .hasSameHashCodeAs(mixed.explainedVariance(batches(tall(), 50)));
        assertThat(v).isNotEqualTo(p.components().truncate(2).explainedVariance(batches(tall(), 50)));
    }

    @Test
    void aLargeMeanCostsNoVariance() {
        Components c = Components.of(q);
        double[] near = c.explainedVariance(batches(tall(), 50)).variance();
        double[] far = c.explainedVariance(batches(tall().add(1e6), 50)).variance();

        for (int i = 0; i < N_OUT; i++) {
            // Adding a million rounds the data at 1e-10.
            assertThat(far[i]).isCloseTo(near[i], within(1e-9 * near[i]));
        }
    }

    @Test
    void rotationToPrincipalAxesKeepsTheSubspaceAndUncorrelatesTheCodes() {
        Components c = Components.of(q, b);

        Components r = c.rotatedToPrincipalAxes(batches(tall(), 50));

        INDArray y = QRFactor.of(q).q();
        assertClose(r.matrix().transpose().mmul(r.matrix()), y.transpose().mmul(y), DOUBLE_ROUNDING * 10);
        assertThat(r.orthonormalityError()).isLessThan(DOUBLE_ROUNDING);
        PrincipalComponents codes = PrincipalComponents.fit(r.transform(tall()), N_OUT);
        INDArray identity = Nd4j.eye(N_OUT).castTo(DataType.DOUBLE);
        // Codes that are uncorrelated and of falling variance have the unit vectors as components.
        assertClose(codes.components().matrix(), identity, 1e-9);
        assertThat(r.explainedVariance(batches(tall(), 50)).variance())
                .containsExactly(codes.explainedVariance(), within(1e-9));
        assertThat(r.explainedVariance(batches(tall(), 50)).residual())
                .isCloseTo(c.explainedVariance(batches(tall(), 50)).residual(), within(DOUBLE_ROUNDING));
        // Each new code is a fixed linear function of the old one, so going back gives the same.
        assertClose(r.inverseTransform(r.transform(tall())), c.inverseTransform(c.transform(tall())), 1e-9);
        INDArray toNew = r.transform(c.inverseTransform(Nd4j.zeros(DataType.DOUBLE, 1, N_OUT)));
        assertThat(toNew.norm2Number().doubleValue()).isLessThan(1e-9);
    }

    @Test
    void rotationOfPrincipalComponentsChangesNothing() {
        Components p = PrincipalComponents.fit(tall(), 5).components();
        assertClose(p.rotatedToPrincipalAxes(batches(tall(), 50)).matrix(), p.matrix(), 1e-9);
    }

    @Test
    void sequencesInBothFormats() {
        INDArray steps = tall().reshape(40, 10, N_IN);
        INDArray ncw = steps.permute(0, 2, 1);
        Components c = Components.of(q);
        double[] expected = c.explainedVariance(batches(tall(), 400)).variance();

        assertThat(c.explainedVariance(one(ncw)).variance()).containsExactly(expected, within(1e-9));
        assertThat(c.explainedVariance(one(steps), RNNFormat.NWC).variance()).containsExactly(expected, within(1e-9));
        assertClose(
                c.rotatedToPrincipalAxes(one(steps), RNNFormat.NWC).matrix(),
                c.rotatedToPrincipalAxes(one(ncw)).matrix(),
                1e-9);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        refused(
                () -> Components.of(q.transpose()),
                "expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got shape [12, 4]");
        refused(() -> Components.of(b), "expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got shape [4]");
        refused(
                () -> Components.of(Nd4j.create(DataType.FLOAT, 0, 3)),
                "expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got shape [0, 3]");
        refused(
                () -> Components.of(Nd4j.ones(1, 3), Nd4j.scalar(1f)),
                "expected a bias of length nOut = 1, got shape []");
        refused(
                () -> Components.of(q.castTo(DataType.INT32)),
                "expected components of type HALF, FLOAT or DOUBLE, got INT");
        refused(() -> Components.of(q, Nd4j.ones(3)), "expected a bias of length nOut = 4, got shape [3]");
        refused(
                () -> Components.of(q).transform(Nd4j.ones(2, 3, N_IN)),
                "expected x of shape [batch, nIn] or [nIn] with nIn = 12, got shape [2, 3, 12]. For sequences put the"
                        + " components into a QRReductionLayer with copyTo, or pass one step a row");
        refused(
                () -> Components.of(q).inverseTransform(Nd4j.ones(2, N_IN)),
                "expected z of shape [batch, nOut] or [nOut] with nOut = 4, got shape [2, 12]");
        refused(() -> Components.of(q).transform(new float[3]), "expected x of length nIn = 12, got length 3");
        refused(
                () -> Components.of(q).explainedVariance(one(Nd4j.ones(5, 3))),
                "expected data of nIn = 12 columns, got 3");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "FLOAT", "DOUBLE"})
    void filesGiveBackTheSameComponents(DataType type, @TempDir Path folder) throws IOException {
        Components plain = Components.of(q.castTo(type));
        plain.save(folder.resolve("plain.npy"));
        plain.save(folder.resolve("plain.npz"));
        Components biased = Components.of(q.castTo(type), b);
        biased.save(folder.resolve("biased.NPZ"));

        assertThat(Components.load(folder.resolve("plain.npy")).matrix()).isEqualTo(plain.matrix());
        assertThat(Components.load(folder.resolve("plain.npz")).matrix()).isEqualTo(plain.matrix());
        assertThat(Components.load(folder.resolve("plain.npz")).bias()).isNull();
        assertThat(Components.load(folder.resolve("biased.NPZ")).matrix()).isEqualTo(biased.matrix());
        assertThat(Components.load(folder.resolve("biased.NPZ")).bias()).isEqualTo(biased.bias());
    }

    @Test
    void filesThatCannotHoldThemAreRefused(@TempDir Path folder) {
        Path npy = folder.resolve("c.npy");
        refused(
                () -> Components.of(q, b).save(npy),
                npy + ": expected components without bias and mean, since .npy holds one "
                        + "array, got some with a bias; save as .npz or .safetensors");
        Path text = folder.resolve("c.txt");
        refused(
                () -> Components.of(q).save(text),
                text + ": expected a file name that ends in .npy, .npz or .safetensors, got c.txt");
        refused(
                () -> Components.load(text),
                text + ": expected a file name that ends in .npy, .npz or .safetensors, got c.txt");
        assertThat(folder).isEmptyDirectory();
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }

    private static INDArray tall() {
        return Fixtures.npy("pca/tall");
    }

    private static DataSetIterator one(INDArray x) {
        return new ExistingDataSetIterator(List.of(new DataSet(x, x)));
    }

    private static DataSetIterator batches(INDArray x, int size) {
        return new ExistingDataSetIterator(new DataSet(x, x).batchBy(size));
    }
}
