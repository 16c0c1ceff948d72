package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.qrreduction.Components;
import io.github.qrreduction.OrthonormalityListener;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.SampleMoments;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Mistakes of a first hour are named, and do not end in a NullPointerException. */
class FirstHourMistakesTest {

    private final MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
            .list()
            .layer(reduction(4, 2).build())
            .layer(new LossLayer.Builder(LossFunction.MSE).build())
            .build());
    private final ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
            .graphBuilder()
            .addInputs("in")
            .addLayer("q", reduction(4, 2).build(), "in")
            .addLayer("loss", new LossLayer.Builder(LossFunction.MSE).build(), "q")
            .setOutputs("loss")
            .build());

    @Test
    void aNetworkBeforeInit() {
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> Components.of(net, 0),
                () -> Components.of(net, "layer0"),
                () -> Components.of(graph, "q"),
                () -> Components.of(Nd4j.eye(4)).copyTo(graph, "q"),
                () -> Components.bake(net),
                () -> Components.bake(graph),
                () -> QRReductionLayer.restore(net),
                () -> QRReductionLayer.restore(graph),
                () -> PrincipalComponents.fit(Nd4j.rand(5, 4), 2).copyTo(net, 0),
                () -> new OrthonormalityListener(1).iterationDone(net, 0, 0))) {
            assertThatIllegalStateException()
                    .isThrownBy(use)
                    .withMessage("expected an initialised network, got one before init(): call net.init()");
        }
    }

    @Test
    void anIteratorThatYieldsNull() {
        List<DataSet> data = Arrays.asList(new DataSet(Nd4j.rand(3, 4), null), null);
        String message = "batch 1: expected a data set from the iterator, got null";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(new ExistingDataSetIterator(data), 2))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.of(Nd4j.eye(4)).explainedVariance(new ExistingDataSetIterator(data)))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleMoments.of(data.iterator(), RNNFormat.NCW))
                .withMessage(message);
    }

    @Test
    void aNanInAMask() {
        INDArray mask = Nd4j.ones(3, 5);
        mask.putScalar(1, 2, Float.NaN);
        DataSet data = new DataSet(Nd4j.rand(3, 4, 5), null, mask, null);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalComponents.fit(new ExistingDataSetIterator(List.of(data)), 2))
                .withMessage("batch 0: expected a mask of numbers, got NaN in entry 7");
    }
}
