package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SampleBlocksTest {

    private final List<INDArray> seen = new ArrayList<>();
    private final SampleBlocks blocks = new SampleBlocks(RNNFormat.NCW, block -> seen.add(block.dup()));

    @Test
    void aBatchWithoutFeaturesIsRefused() {
        assertThatThrownBy(() -> blocks.add(null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch 0: expected features, got none");
    }

    @Test
    void valuesThatAreNotFiniteAreNamed() {
        blocks.add(Nd4j.createFromArray(new double[][] {{1, 2}}), null);
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2}, {3, Double.POSITIVE_INFINITY}});
        assertThatThrownBy(() -> blocks.add(x, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch 1: expected finite values, got Infinity in sample 1, column 1");
    }

    @Test
    void aSumThatOverflowsIsNoReasonToRefuse() {
        INDArray x = Nd4j.createFromArray(new double[][] {{Double.MAX_VALUE, Double.MAX_VALUE}});
        blocks.add(x, null);
        blocks.finish();
        assertThat(seen).containsExactly(x);
    }

    @Test
    void aMaskOfRowsMayBeAVector() {
        blocks.add(Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}, {5, 6}}), Nd4j.createFromArray(1.0, 0.0, 1.0));
        blocks.finish();
        assertThat(seen).containsExactly(Nd4j.createFromArray(new double[][] {{1, 2}, {5, 6}}));
        assertThat(blocks.samples()).isEqualTo(2);
    }

    @Test
    void aMaskThatHidesNothingChangesNothing() {
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}});
        blocks.add(x, Nd4j.createFromArray(1.0, 1.0));
        blocks.finish();
        assertThat(seen).containsExactly(x);
    }

    @Test
    void masksOfOtherShapesAreRefused() {
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}});
        assertThatThrownBy(() -> blocks.add(x, Nd4j.createFromArray(1.0, 1.0, 1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch 0: expected a mask of shape [2, 1], got shape [3]");
        INDArray steps = Nd4j.ones(2, 2, 3);
        assertThatThrownBy(() -> blocks.add(steps, Nd4j.createFromArray(1.0, 1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch 0: expected a mask of shape [2, 3], got shape [2]");
    }
}
