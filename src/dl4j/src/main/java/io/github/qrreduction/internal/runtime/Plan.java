package io.github.qrreduction.internal.runtime;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph's operations as a flat list, run without a session: outputs go straight into the arrays that are bound to
 * them, and operations whose results nobody wants are left out.
 */
final class Plan {

    private final List<PlanStep> steps;
    /** Variables that are another's array. */
    private final Map<String, String> aliases;

    Plan(List<PlanStep> steps, Map<String, String> aliases) {
        this.steps = steps;
        this.aliases = aliases;
    }

    /**
     * Turns the part of a graph that the wanted variables depend on into a plan.
     *
     * @param graph what defines the operations
     * @param wanted names of variables that arrays will be bound to
     * @return the plan
     * @throws IllegalStateException if an operation is of a kind that plans do not know
     */
    static Plan of(SameDiff graph, Collection<String> wanted) {
        return new PlanBuilder(graph, wanted).build();
    }

    /**
     * Runs the plan.
     *
     * @param bound arrays by variable name: what is read, and where the wanted variables go
     * @param memory makes uninitialised 'c' arrays for what lies between
     */
    void run(Map<String, INDArray> bound, Function<long[], INDArray> memory) {
        Map<String, INDArray> arrays = new LinkedHashMap<>(bound);
        for (PlanStep step : steps) {
            INDArray[] in = new INDArray[step.inputs().size()];
            Arrays.setAll(in, i -> arrays.get(resolve(step.inputs().get(i))));
            String name = resolve(step.output());
            INDArray out = arrays.get(name);
            if (out == null) {
                out = memory.apply(step.outputShape(in));
                arrays.put(name, out);
            }
            step.run(out, memory, in);
        }
    }

    private String resolve(String name) {
        String target = aliases.get(name);
        return target == null ? name : resolve(target);
    }
}
