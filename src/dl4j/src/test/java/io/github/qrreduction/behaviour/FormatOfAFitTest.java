package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import io.github.qrreduction.ExplainedVariance;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.SampleMoments;
import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * What a fit was told about sequences holds for all that is asked of it later. As many steps as inputs, so that the
 * wrong format is as wide as the right one.
 */
class FormatOfAFitTest {

    private static final double ROUNDING = 1e-12;
    private static final int SIZE = 5;

    private final INDArray steps = Nd4j.rand(DataType.DOUBLE, 7, SIZE, SIZE);
    private final INDArray rows = steps.dup('c').reshape('c', 7 * SIZE, SIZE);
    private final PrincipalComponents expected = PrincipalComponents.fit(rows, 2);
    private final PrincipalComponents nwc =
            PrincipalComponents.fitter().dataFormat(RNNFormat.NWC).fit(iterator(steps), 2);

    private static DataSetIterator iterator(INDArray x) {
        return new ExistingDataSetIterator(List.of(new DataSet(x, x)));
    }

    @Test
    void theReconstructionErrorIsThatOfTheSameRows() {
        assertThat(nwc.reconstructionError(iterator(steps)))
                .isCloseTo(expected.reconstructionError(rows), within(ROUNDING));
        assertThat(nwc.reconstructionError(steps)).isCloseTo(expected.reconstructionError(rows), within(ROUNDING));
    }

    @Test
    void theReconstructionErrorAfterMergedMomentsToo() {
        SampleMoments moments =
                SampleMoments.of(List.of(new DataSet(steps, null)).iterator(), RNNFormat.NWC);

        assertThat(moments.principalComponents(2).reconstructionError(iterator(steps)))
                .isCloseTo(expected.reconstructionError(rows), within(ROUNDING));
    }

    @Test
    void theExplainedVarianceOfTheFittedComponentsAndOfTheirLeadingOnes() {
        assertThat(nwc.components().explainedVariance(iterator(steps)).variance())
                .containsExactly(expected.explainedVariance(), within(ROUNDING));
        assertThat(nwc.components()
                        .truncate(1)
                        .withMean(null)
                        .explainedVariance(iterator(steps))
                        .variance())
                .containsExactly(new double[] {expected.explainedVariance()[0]}, within(ROUNDING));
    }

    @Test
    void theExplainedVarianceOfALayersComponents() {
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE,
                new Sgd(0.1),
                reduction(SIZE, 2).dataFormat(RNNFormat.NWC).build());
        Components c = Components.of(net, 0);
        ExplainedVariance ofRows = Components.of(c.matrix()).explainedVariance(iterator(rows));

        assertThat(c.explainedVariance(iterator(steps)).variance())
                .containsExactly(ofRows.variance(), within(ROUNDING));
        assertThat(c.rotatedToPrincipalAxes(iterator(steps))
                        .explainedVariance(iterator(steps))
                        .total())
                .isCloseTo(ofRows.total(), within(ROUNDING));
    }

    @Test
    void sequencesToTransformAreRefusedWithAWayOut() {
        String wayOut =
                ". For sequences put the components into a QRReductionLayer with copyTo, or pass one step a row";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nwc.transform(steps))
                .withMessage("expected x of shape [batch, nIn] or [nIn] with nIn = 5, got shape [7, 5, 5]" + wayOut);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nwc.components().inverseTransform(Nd4j.ones(3, 4, 2)))
                .withMessage("expected z of shape [batch, nOut] or [nOut] with nOut = 2, got shape [3, 4, 2]" + wayOut);
    }

    @Test
    void picturesAreRefusedWithAWayOut() {
        INDArray pictures = Nd4j.rand(DataType.DOUBLE, 4, 1, 3, 3);
        String message = "batch 0: expected features of shape [batch, nIn] or, for sequences, of rank 3, got shape"
                + " [4, 1, 3, 3]. For pictures set iterator.setPreProcessor(new ImageFlatteningDataSetPreProcessor())";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(iterator(pictures), 2))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nwc.components().explainedVariance(iterator(pictures)))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nwc.reconstructionError(pictures))
                .withMessage(message);
    }
}
