package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Passage;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

class NamesThatUsersSeeTest {

    private final MultiLayerNetwork net = withMse(
            DataType.DOUBLE,
            new Sgd(0.1),
            reduction(6, 4).orthonormality(Orthonormality.RETRACTION).build(),
            new QRReconstructionLayer.Builder().nIn(4).nOut(2).build());

    @Test
    void theSummaryHasTheLayersNames() throws Exception {
        assertThat(net.summary()).contains("(QRReductionLayer)").contains("(QRReconstructionLayer)");
        assertThat(net.clone().summary()).isEqualTo(net.summary());
        assertThat(Passage.serialized(net).summary()).isEqualTo(net.summary());
        assertThat(net.toComputationGraph().summary())
                .contains("QRReductionLayer")
                .contains("QRReconstructionLayer");
        assertThat(net.getLayer(0))
                .asString()
                .startsWith("QRReductionLayer(index=0, QRReductionLayer(layerName=layer0");
    }

    @Test
    void theOrthonormalityErrorOfANetworkIsThatOfItsLayersWithRetraction() {
        assertThat(QRReductionLayer.orthonormalityError(net)).isLessThan(1e-12);
        net.getParam("1_Q").muli(5);
        assertThat(QRReductionLayer.orthonormalityError(net)).as("a free layer").isLessThan(1e-12);

        net.setParams(net.params().mul(2));

        // Q Q^T - I is 3 I, of four rows.
        assertThat(QRReductionLayer.orthonormalityError(net)).isCloseTo(6, within(1e-9));
        assertThat(QRReductionLayer.orthonormalityError(net.toComputationGraph()))
                .isCloseTo(6, within(1e-9));
        QRReductionLayer.restore(net);
        assertThat(QRReductionLayer.orthonormalityError(net)).isLessThan(1e-12);
        assertThat(QRReductionLayer.orthonormalityError(
                        withMse(DataType.DOUBLE, new Sgd(0.1), reduction(3, 2).build())))
                .isZero();
    }
}
