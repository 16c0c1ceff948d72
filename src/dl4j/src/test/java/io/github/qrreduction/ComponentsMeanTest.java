package io.github.qrreduction;

import static io.github.qrreduction.testutil.Close.assertRelativelyClose;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.testutil.Fixtures;
import io.github.qrreduction.testutil.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** The mean is part of a reduction: it is taken off, added again, kept, saved and loaded. */
class ComponentsMeanTest {

    /** What rounding explains in float64 on numbers around 100. */
    private static final double ROUNDING = 1e-11;

    private final INDArray q = Nd4j.createFromArray(new double[][] {{0.6, 0.8, 0}, {0, 0, 1}});
    private final INDArray b = Nd4j.createFromArray(1.0, -1.0);
    private final INDArray mean = Nd4j.createFromArray(10.0, 20, 30);
    private final Components c = Components.of(q, b).withMean(mean);

    @Test
    void isTakenOffFirstAndAddedAgainOnTheWayBack() {
        INDArray x = Nd4j.createFromArray(new double[][] {{15, 20, 33}, {10, 20, 30}});

        INDArray z = c.transform(x);

        assertRelativelyClose("z", z, Nd4j.createFromArray(new double[][] {{4, 2}, {1, -1}}), ROUNDING);
        assertRelativelyClose(
                "x",
                c.inverseTransform(z),
                Nd4j.createFromArray(new double[][] {{11.8, 22.4, 33}, {10, 20, 30}}),
                ROUNDING);
        assertThat(c.transform(new float[] {15, 20, 33})).containsExactly(4, 2);
        assertThat(c.inverseTransform(new float[] {1, -1})).containsExactly(10, 20, 30);
    }

    @Test
    void isACopyOfLengthNInInTheComponentsTypeAndMayBeTakenAwayAgain() {
        mean.addi(1);

        assertThat(c.mean()).isEqualTo(Nd4j.createFromArray(10.0, 20, 30));
        c.mean().addi(1);
        assertThat(c.mean()).isEqualTo(Nd4j.createFromArray(10.0, 20, 30));
        assertThat(Components.of(q.castTo(DataType.FLOAT))
                        .withMean(mean.reshape(1, 3))
                        .mean()
                        .dataType())
                .isEqualTo(DataType.FLOAT);
        assertThat(c.withMean(null).mean()).isNull();
        assertThat(c.withMean(null)).isEqualTo(Components.of(q, b));
        assertThat(c).hasToString("Components(nOut=2, nIn=3, DOUBLE, with bias, with mean)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> c.withMean(b))
                .withMessage("expected a mean of length nIn = 3, got shape [2]");
    }

    @Test
    void isKeptByTruncationAndByRotation() {
        INDArray x = Fixtures.npy("pca/tall");
        Components wide = PrincipalComponents.fit(x, 5).components();

        assertThat(wide.truncate(2).mean()).isEqualTo(wide.mean());
        Components rotated = wide.rotatedToPrincipalAxes(new ExistingDataSetIterator(List.of(new DataSet(x, x))));
        assertThat(rotated.mean()).isEqualTo(wide.mean());
        assertRelativelyClose("z", rotated.transform(x), wide.transform(x), ROUNDING);
    }

    @Test
    void comesWithPrincipalComponentsWhoseTransformIsTheSame() {
        INDArray x = Tables.digits().addi(100);
        PrincipalComponents pca = PrincipalComponents.fit(x, 10);

        assertThat(pca.components().mean()).isEqualTo(pca.mean());
        assertThat(pca.components().transform(x)).isEqualTo(pca.transform(x));
        assertRelativelyClose(
                "x",
                pca.components().inverseTransform(pca.transform(x)),
                pca.inverseTransform(pca.transform(x)),
                ROUNDING);
    }

    @Test
    void isSavedAndLoaded(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("c.npz");
        c.save(file);
        assertThat(Components.load(file)).isEqualTo(c).hasSameHashCodeAs(c);

        Components withoutBias = c.truncate(1).withMean(mean);
        Components.of(q).withMean(mean).save(file);
        assertThat(Components.load(file))
                .isEqualTo(Components.of(q).withMean(mean))
                .isNotEqualTo(withoutBias);

        Path npy = folder.resolve("c.npy");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.of(q).withMean(mean).save(npy))
                .withMessage(npy + ": expected components without bias and mean, since .npy holds one array, got some"
                        + " with a mean; save as .npz or .safetensors");
    }

    @Test
    void becomesPartOfALayersBias() {
        INDArray x = Nd4j.rand(DataType.DOUBLE, 5, 3);
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE, new Sgd(1), reduction(3, 2).hasBias(true).build());
        c.copyTo(net, 0);
        assertRelativelyClose("z", net.output(x), c.transform(x), ROUNDING);

        MultiLayerNetwork back = withMse(
                DataType.DOUBLE,
                new Sgd(1),
                new QRReconstructionLayer.Builder().nIn(3).nOut(2).hasBias(true).build());
        c.copyTo(back, 0);
        assertRelativelyClose("x", back.output(x), c.inverseTransform(c.transform(x)), ROUNDING);
    }

    @Test
    void isNotLostInSilenceInALayerWithoutBias() {
        MultiLayerNetwork net =
                withMse(DataType.DOUBLE, new Sgd(1), reduction(3, 2).build());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.of(q).withMean(mean).copyTo(net, 0))
                .withMessage("Layer 0: expected a layer with a bias, since the components have a mean, got one without."
                        + " Use hasBias(true), or Components.of(components.matrix()), which have neither");
        Components.of(Components.of(q).withMean(mean).matrix()).copyTo(net, 0);
        assertThat(net.getParam("0_Q")).isEqualTo(q);
    }
}
