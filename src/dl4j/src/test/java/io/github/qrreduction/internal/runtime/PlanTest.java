package io.github.qrreduction.internal.runtime;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.qrreduction.ComponentLayer;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Plans compute what SameDiff's own session computes from the same graph. */
class PlanTest {

    private static final int BATCH = 7;
    private static final int N_IN = 6;
    private static final int N_OUT = 3;

    @ParameterizedTest(name = "{0}, bias {1}, {2}, input order {3}")
    @CsvSource({
        "reduction,false,FLOAT,c",
        "reduction,true,FLOAT,c",
        "reduction,false,FLOAT,f",
        "reduction,true,DOUBLE,f",
        "reduction,false,DOUBLE,c",
        "reduction,true,HALF,c",
        "reconstruction,false,FLOAT,c",
        "reconstruction,true,FLOAT,f",
        "reconstruction,false,DOUBLE,f",
        "reconstruction,true,DOUBLE,c",
        "reconstruction,true,HALF,c"
    })
    void equalsTheSession(String kind, boolean bias, String typeName, char order) {
        DataType type = DataType.valueOf(typeName);
        ComponentLayer conf = layer(kind, bias);
        LayerDefinition graph = graph(conf, type);
        LayerPlans plans =
                new LayerPlans(graph, conf.getLayerParams().getParamShapes().keySet());
        SessionExecution session = new SessionExecution(graph);

        INDArray input = Nd4j.randn(type, BATCH, N_IN).dup(order);
        INDArray epsilon = Nd4j.randn(type, BATCH, conf.outputSize()).dup(order);
        Map<String, INDArray> parameters = parameters(conf, type);
        double tolerance = type == DataType.DOUBLE ? 1e-14 : type == DataType.FLOAT ? 1e-5 : 2e-2;

        INDArray actualOutput = Nd4j.create(type, BATCH, conf.outputSize());
        plans.forward(input, parameters, actualOutput, shape -> Nd4j.create(type, shape));
        INDArray expectedOutput = actualOutput.like();
        session.forward(input, parameters, expectedOutput);
        assertClose(actualOutput, expectedOutput, tolerance);
        for (boolean wanted : new boolean[] {true, false}) {
            Map<String, INDArray> actual = gradients(parameters);
            INDArray actualOfInput = wanted ? Nd4j.valueArrayOf(input.shape(), 9.0, type) : null;
            plans.backward(input, parameters, epsilon, actual, actualOfInput, shape -> Nd4j.create(type, shape));
            Map<String, INDArray> expected = gradients(parameters);
            INDArray expectedOfInput = wanted ? Nd4j.create(type, input.shape()) : null;
            session.backward(input, parameters, epsilon, expected, expectedOfInput);
            expected.forEach((key, value) -> assertClose(actual.get(key), value, tolerance));
            if (wanted) {
                assertClose(actualOfInput, expectedOfInput, tolerance);
            }
        }
    }

    @Test
    void operationsWhoseResultsNobodyWantsAreLeftOut() {
        LayerDefinition graph = graph(layer("reduction", false), DataType.FLOAT);
        Map<String, INDArray> bound = Map.of(
                "input",
                Nd4j.rand(DataType.FLOAT, BATCH, N_IN),
                "epsilon",
                Nd4j.rand(DataType.FLOAT, BATCH, N_OUT),
                graph.gradientOf("Q"),
                Nd4j.create(DataType.FLOAT, N_OUT, N_IN));
        // Neither Q nor an array for the input's gradient is bound: the plan must not touch them.
        Plan.of(graph.sameDiff(), List.of(graph.gradientOf("Q"))).run(bound, shape -> {
            throw new AssertionError("nothing lies between");
        });
        assertThat(bound.get(graph.gradientOf("Q")).norm2Number().doubleValue()).isPositive();
    }

    @Test
    void anOperationUnknownToPlansIsRefusedByName() {
        LayerDefinition graph = new LayerDefinition(
                new TanhReduction(), DataType.DOUBLE, N_IN, N_OUT, Map.of("Q", new long[] {N_OUT, N_IN}));
        assertThatIllegalStateException()
                .isThrownBy(() -> new LayerPlans(graph, List.of("Q")))
                .withMessageStartingWith("expected operations that plans know (matmul, and add of a bias or of two"
                        + " products), got tanh(")
                .withMessageEndingWith("): teach PlanBuilder the operation that defineLayer has used");
    }

    @Test
    void fitDropsTheFirstLayersInputGradientAndOtherCallersGetIt() {
        ComponentLayer conf = layer("reduction", false);
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(conf)
                .layer(new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        net.init();
        INDArray x = Nd4j.rand(DataType.DOUBLE, BATCH, N_IN);
        INDArray y = Nd4j.rand(DataType.DOUBLE, BATCH, N_OUT);
        INDArray q = net.getParam("0_Q");
        INDArray expected = x.mmul(q.transpose()).subi(y).muli(2.0 / N_OUT).mmul(q);

        Pair<Gradient, INDArray> result = net.calculateGradients(x, y, null, null);
        assertClose(result.getSecond(), expected, 1e-14);

        net.setInput(x);
        net.setLabels(y);
        net.computeGradientAndScore();
        assertClose(net.gradient().getGradientFor("0_Q"), result.getFirst().getGradientFor("0_Q"), 1e-14);
    }

    /** A layer with an operation beyond products and sums. */
    private static final class TanhReduction extends org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer {
        private static final long serialVersionUID = 1L;

        @Override
        public SDVariable defineLayer(
                SameDiff sd, SDVariable input, Map<String, SDVariable> parameters, SDVariable mask) {
            return sd.math().tanh(sd.mmul(input, parameters.get("Q"), false, true, false));
        }

        @Override
        public void defineParameters(org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams params) {
            params.addWeightParam("Q", N_OUT, N_IN);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> params) {}

        @Override
        public org.deeplearning4j.nn.conf.inputs.InputType getOutputType(
                int index, org.deeplearning4j.nn.conf.inputs.InputType inputType) {
            return inputType;
        }
    }

    private static ComponentLayer layer(String kind, boolean bias) {
        return kind.equals("reduction")
                ? new QRReductionLayer.Builder()
                        .nIn(N_IN)
                        .nOut(N_OUT)
                        .hasBias(bias)
                        .build()
                : new QRReconstructionLayer.Builder()
                        .nIn(N_IN)
                        .nOut(N_OUT)
                        .hasBias(bias)
                        .build();
    }

    private static LayerDefinition graph(ComponentLayer conf, DataType type) {
        return new LayerDefinition(
                conf, type, N_IN, conf.outputSize(), conf.getLayerParams().getParamShapes());
    }

    private static Map<String, INDArray> parameters(ComponentLayer conf, DataType type) {
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        conf.getLayerParams().getParamShapes().forEach((key, shape) -> parameters.put(key, Nd4j.randn(type, shape)));
        return parameters;
    }

    /** Filled with what must be overwritten, not added to. */
    private static Map<String, INDArray> gradients(Map<String, INDArray> parameters) {
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        parameters.forEach((key, p) -> gradients.put(key, p.like().addi(9)));
        return gradients;
    }
}
