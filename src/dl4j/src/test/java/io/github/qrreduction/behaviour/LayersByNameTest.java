package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.Components;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.QRReductionLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A name means the layer that DL4J's own {@code getLayer(name)} gives. */
class LayersByNameTest {

    private final INDArray matrix = Nd4j.eye(4);

    private static ComputationGraph graph(QRReductionLayer first, QRReductionLayer second) {
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("q1", first, "in")
                .addLayer("q2", second, "q1")
                .addLayer("loss", new LossLayer.Builder(LossFunction.MSE).build(), "q2")
                .setOutputs("loss")
                .build());
        net.init();
        return net;
    }

    @Test
    void oneLayerObjectInTwoVertices() {
        QRReductionLayer layer = reduction(4, 4).build();
        ComputationGraph net = graph(layer, layer);
        INDArray q1 = net.getLayer("q1").getParam("Q").dup();

        Components.of(matrix).copyTo(net, "q2");

        assertThat(net.getLayer("q1").getParam("Q")).isEqualTo(q1);
        assertThat(net.getLayer("q2").getParam("Q")).isEqualTo(matrix);
        assertThat(Components.of(net, "q2").matrix()).isEqualTo(matrix);
        assertThat(Components.of(net, "q1").matrix()).isEqualTo(q1);
        PrincipalComponents pca = PrincipalComponents.fit(Nd4j.rand(9, 4), 4);
        pca.copyTo(net, "q1");
        assertThat(net.getLayer("q1").getParam("Q"))
                .isEqualTo(pca.components().matrix().castTo(matrix.dataType()));
    }

    @Test
    void aLayerNameThatIsAnotherVertexsName() {
        ComputationGraph net = graph(
                reduction(4, 4).name("q2").build(), reduction(4, 4).name("q1").build());

        Components.of(matrix).copyTo(net, "q2");

        assertThat(net.getLayer("q2").getParam("Q")).isEqualTo(matrix);
        assertThat(net.getLayer("q1").getParam("Q")).isNotEqualTo(matrix);
    }

    @Test
    void twoLayersOfOneName() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(reduction(4, 4).name("q").build())
                .layer(reduction(4, 4).name("q").build())
                .layer(new LossLayer.Builder(LossFunction.MSE).build())
                .build());
        net.init();

        Components.of(matrix).copyTo(net, "q");

        assertThat(net.getLayer("q").getParam("Q")).isEqualTo(matrix);
        assertThat(Components.of(net, "q").matrix()).isEqualTo(matrix);
    }

    @Test
    void aNameThatIsNotThere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.of(
                        graph(reduction(4, 4).build(), reduction(4, 2).build()), "in"))
                .withMessage("expected a layer of [q1, q2, loss], got \"in\"");
    }
}
