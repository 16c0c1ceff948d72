package io.github.qrreduction.internal.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a graph by plans: forward, backward, and backward without the gradient of the input. */
final class PlanExecution implements GraphExecution {

    private final LayerGraph graph;
    private final Plan forward;
    private final Plan backward;
    private final Plan backwardOfParameters;

    private PlanExecution(LayerGraph graph, Plan forward, Plan backward, Plan backwardOfParameters) {
        this.graph = graph;
        this.forward = forward;
        this.backward = backward;
        this.backwardOfParameters = backwardOfParameters;
    }

    /** The fastest execution of a graph: by plans where its operations are known to them, else by sessions. */
    static GraphExecution of(LayerGraph graph, Set<String> parameters) {
        List<String> gradients = new ArrayList<>();
        parameters.forEach(key -> gradients.add(graph.gradientOf(key)));
        Optional<Plan> forward = Plan.of(graph.sameDiff(), List.of(graph.output()));
        Optional<Plan> ofParameters = Plan.of(graph.sameDiff(), gradients);
        gradients.add(graph.gradientOf(LayerGraph.INPUT));
        Optional<Plan> backward = Plan.of(graph.sameDiff(), gradients);
        if (forward.isEmpty() || ofParameters.isEmpty() || backward.isEmpty()) {
            return new SessionExecution(graph);
        }
        return new PlanExecution(graph, forward.get(), backward.get(), ofParameters.get());
    }

    @Override
    public void forward(
            INDArray input, Map<String, INDArray> parameters, INDArray output, Function<long[], INDArray> memory) {
        Map<String, INDArray> bound = new HashMap<>(parameters);
        bound.put(LayerGraph.INPUT, input);
        bound.put(graph.output(), output);
        forward.run(bound, memory);
    }

    @Override
    public void backward(
            INDArray input,
            Map<String, INDArray> parameters,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            INDArray inputGradient,
            Function<long[], INDArray> memory) {
        Map<String, INDArray> bound = new HashMap<>(parameters);
        bound.put(LayerGraph.INPUT, input);
        bound.put(LayerGraph.EPSILON, epsilon);
        gradients.forEach((key, view) -> bound.put(graph.gradientOf(key), view));
        if (inputGradient != null) {
            bound.put(graph.gradientOf(LayerGraph.INPUT), inputGradient);
        }
        (inputGradient == null ? backwardOfParameters : backward).run(bound, memory);
    }
}
