package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.PrincipalComponentsFitter;
import io.github.qrreduction.SampleMoments;
import io.github.qrreduction.testutil.Close;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Situations that users of other libraries have reported as faults there, each with the number of the report. */
class ReportsOfOthersTest {
    /** Sums of a hundred float64 numbers in another order. */
    private static final double ROUNDING = 1e-10;
    /** Sixteen numbers of a row in float16, each rounded to 2^-11. */
    private static final double HALF_STORAGE = 2e-3;

    private static INDArray random(int rows, int columns) {
        Nd4j.getRandom().setSeed(7);
        INDArray spread = Nd4j.linspace(DataType.DOUBLE, 1, 0.2, columns);
        return Nd4j.randn(DataType.DOUBLE, rows, columns).mulRowVector(spread);
    }

    private static DataSetIterator batches(INDArray x, int size) {
        DataSet all = new DataSet(x, Nd4j.zeros(DataType.DOUBLE, x.rows(), 1));
        return new ListDataSetIterator<>(all.asList(), size);
    }

    private static void assertSame(PrincipalComponents actual, PrincipalComponents expected) {
        assertThat(actual.nSamples()).isEqualTo(expected.nSamples());
        Close.assertRelativelyClose(
                "components",
                actual.components().matrix(),
                expected.components().matrix(),
                ROUNDING);
        Close.assertRelativelyClose("mean", actual.mean(), expected.mean(), ROUNDING);
    }

    /** scikit-learn 12234: 101 rows in batches of 10 leave one row, fewer than components; 9330: all batches do. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 100})
    void batchesSmallerThanTheNumberOfComponents(int size) {
        INDArray x = random(101, 20);
        assertSame(PrincipalComponents.fit(batches(x, size), 12), PrincipalComponents.fit(x, 12));
    }

    /** scikit-learn 13114: a later part that is a single sample. */
    @Test
    void aPartOfOneSample() {
        INDArray x = random(60, 5);
        SampleMoments parts = moments(x.getRows(0));
        for (int i = 1; i < x.rows(); i++) {
            parts.merge(moments(x.getRows(i)));
        }
        assertSame(parts.principalComponents(3), PrincipalComponents.fit(x, 3));
    }

    private static SampleMoments moments(INDArray x) {
        return SampleMoments.of(List.of(new DataSet(x, null)).iterator(), RNNFormat.NCW);
    }

    /** faiss 5138: the second training of one object had numbers of the first in it. */
    @Test
    void aFitterThatIsUsedTwice() {
        INDArray first = random(40, 6).add(100);
        INDArray second = random(50, 6).mul(3);
        PrincipalComponentsFitter fitter = PrincipalComponents.fitter();
        PrincipalComponents before = fitter.fit(first, 4);
        INDArray kept = before.components().matrix().dup();

        assertThat(fitter.fit(second, 4).components())
                .isEqualTo(PrincipalComponents.fit(second, 4).components());
        assertThat(before.components().matrix()).isEqualTo(kept);
        assertThat(fitter.fit(first, 4).components()).isEqualTo(before.components());
    }

    /** cuml 2830: transforming changed the components. */
    @Test
    void transformingThereAndBackLeavesComponentsAndVectors() {
        INDArray x = random(30, 6).add(5);
        PrincipalComponents p = PrincipalComponents.fit(x, 3);
        Components before =
                Components.of(p.components().matrix().dup()).withMean(p.mean().dup());
        INDArray data = x.dup();
        for (int i = 0; i < 3; i++) {
            p.inverseTransform(p.transform(x));
            p.components().inverseTransform(p.components().transform(x));
            p.components().truncate(2).transform(x);
            p.reconstructionError(x);
        }
        assertThat(p.components()).isEqualTo(before);
        assertThat(x).isEqualTo(data);
    }

    /** pyreft 179: training that went on from a file was not the training that had stopped. */
    @ParameterizedTest
    @EnumSource
    void trainingThatGoesOnFromAFileIsTheTrainingThatStopped(Orthonormality mode) throws IOException {
        DataSet data = new DataSet(random(32, 8), random(32, 3));
        MultiLayerNetwork whole = network(mode, DataType.DOUBLE);
        MultiLayerNetwork parted = network(mode, DataType.DOUBLE);
        for (int step = 0; step < 20; step++) {
            whole.fit(data);
            parted.fit(data);
            if (step % 5 == 4) {
                parted = throughAStream(parted);
            }
        }
        // Bit for bit; INDArray's equals lets 1e-5 pass.
        assertThat(parted.params().ravel().toDoubleVector())
                .isEqualTo(whole.params().ravel().toDoubleVector());
        assertThat(parted.getUpdater().getStateViewArray().ravel().toDoubleVector())
                .isEqualTo(whole.getUpdater().getStateViewArray().ravel().toDoubleVector());
    }

    /** deeplearning4j 6482: a model that was loaded and saved again could not be loaded; 1832: from a stream. */
    @ParameterizedTest
    @EnumSource
    void aModelThatIsLoadedAndSavedAgainIsTheSame(Orthonormality mode) throws IOException {
        MultiLayerNetwork net = network(mode, DataType.FLOAT);
        MultiLayerNetwork third = throughAStream(throughAStream(throughAStream(net)));
        INDArray x = random(4, 8).castTo(DataType.FLOAT);
        assertThat(third.getLayerWiseConfigurations().toJson())
                .isEqualTo(net.getLayerWiseConfigurations().toJson());
        assertThat(third.output(x)).isEqualTo(net.output(x));
    }

    /** transformers 47252, keras 16970: there is no QR factorisation in half precision, so the start failed. */
    @ParameterizedTest
    @EnumSource
    void anOrthonormalStartInHalfPrecision(Orthonormality mode) {
        MultiLayerNetwork net = network(mode, DataType.FLOAT16);
        assertThat(net.getParam("0_Q").dataType()).isEqualTo(DataType.FLOAT16);
        assertThat(Components.of(net, 0).orthonormalityError()).isLessThan(HALF_STORAGE);
    }

    private static MultiLayerNetwork network(Orthonormality mode, DataType type) {
        return withMse(
                type, new Adam(0.01), reduction(8, 3).orthonormality(mode).build());
    }

    private static MultiLayerNetwork throughAStream(MultiLayerNetwork net) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), true);
    }
}
