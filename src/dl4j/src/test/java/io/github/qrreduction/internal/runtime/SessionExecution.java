package io.github.qrreduction.internal.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The oracle of {@link LayerPlans}: runs the graph by SameDiff's own session, which computes in its own way. */
final class SessionExecution {

    private final LayerDefinition graph;

    SessionExecution(LayerDefinition graph) {
        this.graph = graph;
    }

    void forward(INDArray input, Map<String, INDArray> parameters, INDArray output) {
        Map<String, INDArray> values = new HashMap<>(parameters);
        values.put(LayerDefinition.INPUT, input);
        run(values, Map.of(graph.output(), output));
    }

    void backward(
            INDArray input,
            Map<String, INDArray> parameters,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            INDArray inputGradient) {
        Map<String, INDArray> values = new HashMap<>(parameters);
        values.put(LayerDefinition.INPUT, input);
        values.put(LayerDefinition.EPSILON, epsilon);
        Map<String, INDArray> wanted = new HashMap<>();
        gradients.forEach((key, view) -> wanted.put(graph.gradientOf(key), view));
        if (inputGradient != null) {
            wanted.put(graph.gradientOf(LayerDefinition.INPUT), inputGradient);
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
