package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.internal.stiefel.Stiefel;
import io.github.qrreduction.testutil.Networks;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where the components start: orthonormal and repeatable, or where the layer's own weightInit says. */
class StartTest {

    private static final int INPUTS = 40;
    private static final int COMPONENTS = 10;

    /** The bounds of the contract; HALF holds the rounding of its storage, 2^-11 an entry. */
    private static double bound(DataType type) {
        return switch (type) {
            case DOUBLE -> 1e-12;
            case FLOAT -> 1e-5;
            default -> 1e-2;
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT", "HALF"})
    void byDefaultTheRowsAreOrthonormal(DataType type) {
        INDArray q = network(Networks.SEED, type, reduction(INPUTS, COMPONENTS).build())
                .getParam("0_Q");
        assertThat(q.dataType()).isEqualTo(type);
        assertThat(Stiefel.orthonormalityError(q)).isLessThan(bound(type));
    }

    @Test
    void byDefaultAsManyComponentsAsInputsIsARotation() {
        INDArray q =
                network(Networks.SEED, DataType.DOUBLE, reduction(7, 7).build()).getParam("0_Q");
        assertThat(Stiefel.orthonormalityError(q)).isLessThan(bound(DataType.DOUBLE));
    }

    @Test
    void theStartIsRepeatableFromTheNetworksSeed() {
        QRReductionLayer layer = reduction(INPUTS, COMPONENTS).build();
        INDArray once = network(5, DataType.DOUBLE, layer).params();
        Nd4j.getRandom().setSeed(77);
        assertThat(network(5, DataType.DOUBLE, layer).params()).isEqualTo(once);
        assertThat(network(6, DataType.DOUBLE, layer).params()).isNotEqualTo(once);
    }

    @Test
    void twoLayersOfANetworkStartApart() {
        MultiLayerNetwork net = network(
                5, DataType.DOUBLE, reduction(6, 6).build(), reduction(6, 6).build());
        assertThat(net.getParam("0_Q")).isNotEqualTo(net.getParam("1_Q"));
    }

    @Test
    void aComputationGraphStartsAsTheNetwork() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("x")
                .addLayer("a", reduction(INPUTS, COMPONENTS).build(), "x")
                .addLayer("b", reduction(COMPONENTS, 4).build(), "a")
                .setOutputs("b")
                .validateOutputLayerConfig(false)
                .build());
        graph.init();
        MultiLayerNetwork net = network(
                5,
                DataType.DOUBLE,
                reduction(INPUTS, COMPONENTS).build(),
                reduction(COMPONENTS, 4).build());
        assertThat(graph.params()).isEqualTo(net.params());
    }

    @Test
    void theNetworksWeightInitIsNotForComponents() {
        INDArray plain = network(
                        5, DataType.DOUBLE, reduction(INPUTS, COMPONENTS).build())
                .params();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .weightInit(WeightInit.ONES)
                .list()
                .layer(reduction(INPUTS, COMPONENTS).build())
                .build());
        net.init();
        assertThat(net.params()).isEqualTo(plain);
    }

    @Test
    void theLayersOwnWeightInitIsUsed() {
        assertThat(start(reduction(INPUTS, COMPONENTS).weightInit(WeightInit.ONES)))
                .isEqualTo(Nd4j.ones(DataType.DOUBLE, COMPONENTS, INPUTS));
        INDArray uniform = start(reduction(INPUTS, COMPONENTS).weightInit(new UniformDistribution(2, 3)));
        assertThat(uniform.minNumber().doubleValue()).isBetween(2.0, 2.2);
        assertThat(uniform.maxNumber().doubleValue()).isBetween(2.8, 3.0);
    }

    /** PyTorch's randn: mean 0, variance 1, in 400 numbers. */
    @Test
    void aNormalDistributionIsTheOriginalsStart() {
        INDArray q = start(reduction(INPUTS, COMPONENTS).weightInit(new NormalDistribution(0, 1)));
        assertThat(q.meanNumber().doubleValue()).isBetween(-0.15, 0.15);
        assertThat(q.stdNumber().doubleValue()).isBetween(0.9, 1.1);
    }

    /** Xavier's variance is 2 / (fan-in + fan-out). */
    @Test
    void xavierScalesByTheLayersOwnFans() {
        INDArray q = start(reduction(INPUTS, COMPONENTS).weightInit(WeightInit.XAVIER));
        assertThat(q.stdNumber().doubleValue()).isBetween(0.9 * Math.sqrt(0.04), 1.1 * Math.sqrt(0.04));
    }

    @Test
    void aFunctionOfTheUsersIsToldFansAndShape() {
        List<Object> seen = new ArrayList<>();
        start(reduction(INPUTS, COMPONENTS).weightInit(new Recording(seen)));
        assertThat(seen).containsExactly((double) INPUTS, (double) COMPONENTS, List.of(10L, 40L), 'c');
    }

    /** What it was called with. */
    private static final class Recording implements IWeightInit {
        private static final long serialVersionUID = 1L;
        private final transient List<Object> seen;

        Recording(List<Object> seen) {
            this.seen = seen;
        }

        @Override
        public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray view) {
            seen.addAll(List.of(fanIn, fanOut, List.of(shape[0], shape[1]), order));
            view.assign(1);
            return view.reshape(order, shape);
        }
    }

    private static INDArray start(QRReductionLayer.Builder layer) {
        return network(5, DataType.DOUBLE, layer.build()).getParam("0_Q");
    }

    private static MultiLayerNetwork network(long seed, DataType type, QRReductionLayer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder().seed(seed).dataType(type).list();
        for (QRReductionLayer layer : layers) {
            list.layer(layer.clone());
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }
}
