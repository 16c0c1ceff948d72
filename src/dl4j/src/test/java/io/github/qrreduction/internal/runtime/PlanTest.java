package io.github.qrreduction.internal.runtime;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

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
        LayerGraph graph = graph(conf, type);
        GraphExecution plan =
                PlanExecution.of(graph, conf.getLayerParams().getParamShapes().keySet());
        GraphExecution session = new SessionExecution(graph);
        assertThat(plan).isInstanceOf(PlanExecution.class);

        INDArray input = Nd4j.randn(type, BATCH, N_IN).dup(order);
        INDArray epsilon = Nd4j.randn(type, BATCH, conf.outputSize()).dup(order);
        Map<String, INDArray> parameters = parameters(conf, type);
        double tolerance = type == DataType.DOUBLE ? 1e-14 : type == DataType.FLOAT ? 1e-5 : 2e-2;

        assertClose(forward(plan, conf, input, parameters), forward(session, conf, input, parameters), tolerance);
        for (boolean inputGradient : new boolean[] {true, false}) {
            Map<String, INDArray> actual = backward(plan, input, epsilon, parameters, inputGradient);
            Map<String, INDArray> expected = backward(session, input, epsilon, parameters, inputGradient);
            expected.forEach((key, value) -> assertClose(actual.get(key), value, tolerance));
        }
    }

    @Test
    void operationsWhoseResultsNobodyWantsAreLeftOut() {
        LayerGraph graph = graph(layer("reduction", false), DataType.FLOAT);
        Map<String, INDArray> bound = Map.of(
                "input",
                Nd4j.rand(DataType.FLOAT, BATCH, N_IN),
                "epsilon",
                Nd4j.rand(DataType.FLOAT, BATCH, N_OUT),
                graph.gradientOf("Q"),
                Nd4j.create(DataType.FLOAT, N_OUT, N_IN));
        // Neither Q nor an array for the input's gradient is bound: the plan must not touch them.
        Plan.of(graph.sameDiff(), List.of(graph.gradientOf("Q"))).orElseThrow().run(bound, shape -> {
            throw new AssertionError("nothing lies between");
        });
        assertThat(bound.get(graph.gradientOf("Q")).norm2Number().doubleValue()).isPositive();
    }

    @Test
    void aGraphWithAnOperationUnknownToPlansIsRunByASession() {
        LayerGraph graph = new LayerGraph(
                new TanhReduction(), DataType.DOUBLE, N_IN, N_OUT, Map.of("Q", new long[] {N_OUT, N_IN}));
        assertThat(PlanExecution.of(graph, java.util.Set.of("Q"))).isInstanceOf(SessionExecution.class);
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

    private static LayerGraph graph(ComponentLayer conf, DataType type) {
        return new LayerGraph(
                conf, type, N_IN, conf.outputSize(), conf.getLayerParams().getParamShapes());
    }

    private static Map<String, INDArray> parameters(ComponentLayer conf, DataType type) {
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        conf.getLayerParams().getParamShapes().forEach((key, shape) -> parameters.put(key, Nd4j.randn(type, shape)));
        return parameters;
    }

    private static INDArray forward(
            GraphExecution execution, ComponentLayer conf, INDArray input, Map<String, INDArray> parameters) {
        INDArray out = Nd4j.create(input.dataType(), BATCH, conf.outputSize());
        execution.forward(input, parameters, out, shape -> Nd4j.create(input.dataType(), shape));
        return out;
    }

    private static Map<String, INDArray> backward(
            GraphExecution execution,
            INDArray input,
            INDArray epsilon,
            Map<String, INDArray> parameters,
            boolean inputGradient) {
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        // Filled with what must be overwritten, not added to.
        parameters.forEach((key, p) -> gradients.put(key, p.like().addi(9)));
        INDArray ofInput = inputGradient ? Nd4j.valueArrayOf(input.shape(), 9.0, input.dataType()) : null;
        execution.backward(
                input, parameters, epsilon, gradients, ofInput, shape -> Nd4j.create(input.dataType(), shape));
        if (inputGradient) {
            gradients.put("input", ofInput);
        }
        return gradients;
    }
}
