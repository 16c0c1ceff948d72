package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.internal.runtime.PlanStep.AddRow;
import io.github.qrreduction.internal.runtime.PlanStep.Product;
import io.github.qrreduction.internal.runtime.PlanStep.SumRows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Turns a graph's operations into steps, from the last one backwards: what nobody wants is never made. Operations with
 * several outputs, such as the gradient of a product, are taken apart; a sum of two products becomes a product and one
 * that adds to it.
 */
final class PlanBuilder {

    private final SameDiff graph;
    private final Collection<String> wanted;
    private final Set<String> needed;
    private final Map<String, String> aliases = new HashMap<>();
    /** Products that are summed, by the variable that they are summed in. */
    private final Map<String, String> sums = new HashMap<>();
    /** Last step first. */
    private final List<PlanStep> steps = new ArrayList<>();

    PlanBuilder(SameDiff graph, Collection<String> wanted) {
        this.graph = graph;
        this.wanted = wanted;
        this.needed = new HashSet<>(wanted);
    }

    Plan build() {
        List<SameDiffOp> ops = new ArrayList<>(graph.getOps().values());
        Collections.reverse(ops);
        for (SameDiffOp op : ops) {
            if (!Collections.disjoint(op.getOutputsOfOp(), needed)) {
                lower(op);
            }
        }
        Collections.reverse(steps);
        addRowsInPlace();
        return new Plan(steps, aliases);
    }

    private void lower(SameDiffOp op) {
        List<String> in = op.getInputsToOp();
        List<String> out = op.getOutputsOfOp();
        boolean[] t = transposes(op);
        switch (op.getOp().opName()) {
            case "matmul" -> {
                require(!t[2], op);
                product(in.get(0), t[0], in.get(1), t[1], out.get(0));
            }
            case "matmul_bp" -> {
                require(!t[2], op);
                gradientOfProduct(in.get(0), t[0], in.get(1), t[1], in.get(2), out);
            }
            case "add" -> {
                if (isRow(in.get(1))) {
                    step(new AddRow(in.get(0), in.get(1), out.get(0)));
                } else {
                    require(readers(in.get(0)) == 1 && readers(in.get(1)) == 1, op);
                    sums.put(in.get(0), out.get(0));
                    sums.put(in.get(1), out.get(0));
                    needed.addAll(in);
                }
            }
            case "add_bp" -> {
                // The gradient by X of X + 1 b^T is the gradient at the sum itself.
                require(isRow(in.get(1)) && !wanted.contains(out.get(0)), op);
                aliases.put(out.get(0), in.get(2));
                needed.add(in.get(2));
                step(new SumRows(in.get(2), out.get(1)));
            }
            default -> require(false, op);
        }
    }

    /** {@code Z = op(A) op(B)}: dA and dB from dZ, each one product with transposes chosen to fit. */
    private void gradientOfProduct(String a, boolean tA, String b, boolean tB, String dZ, List<String> out) {
        if (tB) {
            product(dZ, true, a, tA, out.get(1));
        } else {
            product(a, !tA, dZ, false, out.get(1));
        }
        if (tA) {
            product(b, tB, dZ, true, out.get(0));
        } else {
            product(dZ, false, b, !tB, out.get(0));
        }
    }

    private void product(String a, boolean transposeA, String b, boolean transposeB, String output) {
        if (!needed.contains(output)) {
            return;
        }
        String sum = sums.remove(output);
        if (sum == null) {
            step(new Product(a, transposeA, b, transposeB, output));
            return;
        }
        // Steps are made last first: while the other product of the sum is still to come, this one runs after it.
        boolean runsLast = sums.containsValue(sum);
        Product product = new Product(a, transposeA, b, transposeB, sum);
        needed.add(sum);
        step(runsLast ? new Product(a, b, sum, product.matmul().accumulating()) : product);
    }

    private void step(PlanStep step) {
        if (needed.contains(step.output())) {
            steps.add(step);
            needed.addAll(step.inputs());
        }
    }

    /** Lets a row be added within the array of the product before it, where nobody else reads that. */
    private void addRowsInPlace() {
        for (PlanStep step : steps) {
            if (step instanceof AddRow add
                    && !wanted.contains(add.x())
                    && isProduct(add.x())
                    && readers(add.x()) == 1) {
                aliases.put(add.x(), add.output());
            }
        }
    }

    private boolean isProduct(String name) {
        return steps.stream().anyMatch(s -> s instanceof Product && s.output().equals(name));
    }

    /** How many of the graph's operations that are wanted read a variable. */
    private long readers(String name) {
        return graph.getOps().values().stream()
                .filter(op -> !Collections.disjoint(op.getOutputsOfOp(), needed))
                .flatMap(op -> op.getInputsToOp().stream())
                .filter(name::equals)
                .count();
    }

    private boolean isRow(String name) {
        long[] shape = graph.getVariable(name).getShape();
        return shape != null && shape.length == 1;
    }

    private static boolean[] transposes(SameDiffOp op) {
        boolean[] transposes = new boolean[3];
        if (op.getOp() instanceof DynamicCustomOp custom) {
            long[] flags = custom.iArgs();
            for (int i = 0; i < Math.min(3, flags.length); i++) {
                transposes[i] = flags[i] != 0;
            }
        }
        return transposes;
    }

    private static void require(boolean known, SameDiffOp op) {
        if (!known) {
            throw new IllegalStateException("expected operations that plans know (matmul, and add of a bias or of two"
                    + " products), got " + op.getOp().opName() + "(" + String.join(", ", op.getInputsToOp())
                    + "): teach PlanBuilder the operation that defineLayer has used");
        }
    }
}
