package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.internal.runtime.PlanStep.AddRow;
import io.github.qrreduction.internal.runtime.PlanStep.Product;
import io.github.qrreduction.internal.runtime.PlanStep.SumRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * A graph's operations as a flat list, run without a session: outputs go straight into the arrays that are bound to
 * them, and operations whose results nobody wants are left out. Operations with several outputs, such as the gradient
 * of a product, are taken apart for that.
 */
final class Plan {

    private final List<PlanStep> steps;
    /** Variables that are another's array. */
    private final Map<String, String> aliases;

    private Plan(List<PlanStep> steps, Map<String, String> aliases) {
        this.steps = steps;
        this.aliases = aliases;
    }

    /**
     * Turns the part of a graph that the wanted variables depend on into a plan.
     *
     * @param graph what defines the operations
     * @param wanted names of variables that arrays will be bound to
     * @return empty where an operation is of a kind that plans do not know: then a session must run the graph
     */
    static Optional<Plan> of(SameDiff graph, Collection<String> wanted) {
        List<PlanStep> all = new ArrayList<>();
        Map<String, String> aliases = new HashMap<>();
        Set<String> needed = new HashSet<>(wanted);
        List<SameDiffOp> ops = new ArrayList<>(graph.getOps().values());
        Collections.reverse(ops);
        for (SameDiffOp op : ops) {
            if (Collections.disjoint(op.getOutputsOfOp(), needed)) {
                continue;
            }
            List<PlanStep> steps = lower(graph, op, needed, aliases);
            if (steps == null) {
                return Optional.empty();
            }
            for (PlanStep step : steps) {
                if (needed.contains(step.output())) {
                    all.add(step);
                    needed.addAll(step.inputs());
                }
            }
        }
        Collections.reverse(all);
        for (String name : wanted) {
            if (aliases.containsKey(name)) {
                return Optional.empty();
            }
        }
        List<PlanStep> accumulated = accumulate(all);
        return accumulated == null
                ? Optional.empty()
                : Optional.of(new Plan(accumulated, inPlace(accumulated, aliases, wanted)));
    }

    /** The steps of one operation; null for an unknown kind. */
    private static List<PlanStep> lower(
            SameDiff graph, SameDiffOp op, Set<String> needed, Map<String, String> aliases) {
        List<String> in = op.getInputsToOp();
        List<String> out = op.getOutputsOfOp();
        return switch (op.getOp().opName()) {
            case "matmul" -> {
                boolean[] t = transposes(op);
                yield t[2] ? null : List.of(new Product(in.get(0), t[0], in.get(1), t[1], out.get(0)));
            }
            case "matmul_bp" -> {
                boolean[] t = transposes(op);
                yield t[2] ? null : gradientOfProduct(in.get(0), t[0], in.get(1), t[1], in.get(2), out);
            }
            case "add" ->
                List.of(
                        isRow(graph, in.get(1))
                                ? new AddRow(in.get(0), in.get(1), out.get(0))
                                : new Sum(in.get(0), in.get(1), out.get(0)));
            case "add_bp" -> {
                if (!isRow(graph, in.get(1))) {
                    yield null;
                }
                // The gradient with respect to X of X + 1 b^T is the gradient at the sum itself.
                aliases.put(out.get(0), in.get(2));
                needed.add(in.get(2));
                yield List.of(new SumRows(in.get(2), out.get(1)));
            }
            default -> null;
        };
    }

    private static boolean[] transposes(SameDiffOp op) {
        long[] flags = ((DynamicCustomOp) op.getOp()).iArgs();
        boolean[] transposes = new boolean[3];
        for (int i = 0; i < Math.min(3, flags.length); i++) {
            transposes[i] = flags[i] != 0;
        }
        return transposes;
    }

    /** {@code Z = op(A) op(B)}: dA and dB from dZ, each one product with transposes chosen to fit. */
    private static List<PlanStep> gradientOfProduct(
            String a, boolean tA, String b, boolean tB, String dZ, List<String> out) {
        Product dA = tA ? new Product(b, tB, dZ, true, out.get(0)) : new Product(dZ, false, b, !tB, out.get(0));
        Product dB = tB ? new Product(dZ, true, a, tA, out.get(1)) : new Product(a, !tA, dZ, false, out.get(1));
        return List.of(dA, dB);
    }

    private static boolean isRow(SameDiff graph, String name) {
        long[] shape = graph.getVariable(name).getShape();
        return shape != null && shape.length == 1;
    }

    /** {@code C = A + B} of two products: a placeholder for {@link #accumulate}, never run. */
    private record Sum(String a, String b, String output) implements PlanStep {

        @Override
        public List<String> inputs() {
            return List.of(a, b);
        }

        @Override
        public long[] outputShape(INDArray... inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void run(INDArray output, Function<long[], INDArray> memory, INDArray... inputs) {
            throw new UnsupportedOperationException();
        }
    }

    /** Sums of two products become a product and one that adds to it; null for sums of anything else. */
    private static List<PlanStep> accumulate(List<PlanStep> steps) {
        List<PlanStep> result = new ArrayList<>(steps);
        for (PlanStep step : steps) {
            if (!(step instanceof Sum sum)) {
                continue;
            }
            int first = indexOfProduct(result, sum.a());
            int second = indexOfProduct(result, sum.b());
            if (first < 0 || second < 0 || readers(steps, sum.a()) != 1 || readers(steps, sum.b()) != 1) {
                return null;
            }
            Product p = (Product) result.get(Math.min(first, second));
            Product q = (Product) result.get(Math.max(first, second));
            result.set(Math.min(first, second), new Product(p.a(), p.b(), sum.output(), p.matmul()));
            result.set(
                    Math.max(first, second),
                    new Product(q.a(), q.b(), sum.output(), q.matmul().accumulating()));
            result.remove(step);
        }
        return result;
    }

    private static int indexOfProduct(List<PlanStep> steps, String output) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Product && steps.get(i).output().equals(output)) {
                return i;
            }
        }
        return -1;
    }

    private static long readers(List<PlanStep> steps, String name) {
        return steps.stream()
                .flatMap(s -> s.inputs().stream())
                .filter(name::equals)
                .count();
    }

    /** Lets the row be added within the array of the product before it. */
    private static Map<String, String> inPlace(
            List<PlanStep> steps, Map<String, String> aliases, Collection<String> wanted) {
        Map<String, String> result = new HashMap<>(aliases);
        for (PlanStep step : steps) {
            if (step instanceof AddRow add) {
                if (!wanted.contains(add.x()) && indexOfProduct(steps, add.x()) >= 0 && readers(steps, add.x()) == 1) {
                    result.put(add.x(), add.output());
                }
            }
        }
        return result;
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
