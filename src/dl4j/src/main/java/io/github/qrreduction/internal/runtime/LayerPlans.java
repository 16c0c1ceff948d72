package io.github.qrreduction.internal.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a layer's graph on rank-2 arrays, with results written where DL4J wants them: one plan forward, one backward,
 * and one backward without the gradient of the input.
 */
final class LayerPlans {

    private final LayerDefinition graph;
    private final Plan forward;
    private final Plan backward;
    private final Plan backwardOfParameters;

    LayerPlans(LayerDefinition graph, Collection<String> parameters) {
        this.graph = graph;
        List<String> gradients = new ArrayList<>();
        parameters.forEach(key -> gradients.add(graph.gradientOf(key)));
        forward = Plan.of(graph.sameDiff(), List.of(graph.output()));
        backwardOfParameters = Plan.of(graph.sameDiff(), gradients);
        gradients.add(graph.gradientOf(LayerDefinition.INPUT));
        backward = Plan.of(graph.sameDiff(), gradients);
    }

    /**
     * Writes the layer's output.
     *
     * @param input (rows, nIn)
     * @param parameters by key
     * @param output (rows, output size), overwritten
     * @param memory makes uninitialised 'c' arrays of a shape for what lies between
     */
    void forward(INDArray input, Map<String, INDArray> parameters, INDArray output, Function<long[], INDArray> memory) {
        Map<String, INDArray> bound = new HashMap<>(parameters);
        bound.put(LayerDefinition.INPUT, input);
        bound.put(graph.output(), output);
        forward.run(bound, memory);
    }

    /**
     * Writes the gradients.
     *
     * @param input (rows, nIn)
     * @param parameters by key
     * @param epsilon gradient at the output, (rows, output size)
     * @param gradients by parameter key, overwritten
     * @param inputGradient (rows, nIn), overwritten; null where nobody asks
     * @param memory makes uninitialised 'c' arrays of a shape for what lies between
     */
    void backward(
            INDArray input,
            Map<String, INDArray> parameters,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            INDArray inputGradient,
            Function<long[], INDArray> memory) {
        Map<String, INDArray> bound = new HashMap<>(parameters);
        bound.put(LayerDefinition.INPUT, input);
        bound.put(LayerDefinition.EPSILON, epsilon);
        gradients.forEach((key, view) -> bound.put(graph.gradientOf(key), view));
        if (inputGradient != null) {
            bound.put(graph.gradientOf(LayerDefinition.INPUT), inputGradient);
        }
        (inputGradient == null ? backwardOfParameters : backward).run(bound, memory);
    }
}
