package io.github.qrreduction.internal.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the graph by SameDiff's own session. A session lives for one call: kept by SameDiff it would stay, with its last
 * arrays, for every thread that ever called.
 */
final class SessionExecution implements GraphExecution {

    private final LayerGraph graph;

    SessionExecution(LayerGraph graph) {
        this.graph = graph;
    }

    @Override
    public void forward(
            INDArray input, Map<String, INDArray> parameters, INDArray output, Function<long[], INDArray> memory) {
        Map<String, INDArray> values = new HashMap<>(parameters);
        values.put(LayerGraph.INPUT, input);
        run(values, Map.of(graph.output(), output));
    }

    @Override
    public void backward(
            INDArray input,
            Map<String, INDArray> parameters,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            INDArray inputGradient,
            Function<long[], INDArray> memory) {
        Map<String, INDArray> values = new HashMap<>(parameters);
        values.put(LayerGraph.INPUT, input);
        values.put(LayerGraph.EPSILON, epsilon);
        Map<String, INDArray> wanted = new HashMap<>();
        gradients.forEach((key, view) -> wanted.put(graph.gradientOf(key), view));
        if (inputGradient != null) {
            wanted.put(graph.gradientOf(LayerGraph.INPUT), inputGradient);
        }
        run(values, wanted);
    }

    private void run(Map<String, INDArray> values, Map<String, INDArray> wanted) {
        List<String> names = new ArrayList<>(wanted.keySet());
        try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            InferenceSession session = new InferenceSession(graph.sameDiff());
            Map<String, INDArray> results = session.output(
                    names, values, null, Collections.emptyList(), Collections.emptyList(), At.defaultAt());
            wanted.forEach((name, target) -> target.assign(results.get(name)));
        }
    }
}
