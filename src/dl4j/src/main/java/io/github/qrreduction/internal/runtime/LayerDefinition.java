package io.github.qrreduction.internal.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The SameDiff graph of a layer on input of rank 2, with its gradient.
 *
 * <p>Inputs, parameters and the gradient at the output ("epsilon") are placeholders, so the graph holds no arrays. The
 * gradient is SameDiff's own: each operation's {@code doDiff}, in reverse order, starting from epsilon. DL4J's way,
 * {@code ExternalErrorsFunction} with {@code createGradFunction}, counts epsilon twice (every gradient comes out
 * doubled) and prints a line for each operation.
 */
final class LayerDefinition {

    static final String INPUT = "input";
    static final String EPSILON = "epsilon";

    private final SameDiff sameDiff;
    private final String output;
    private final Map<String, String> gradients = new LinkedHashMap<>();

    LayerDefinition(
            SameDiffLayer conf, DataType type, long inputSize, long outputSize, Map<String, long[]> parameters) {
        sameDiff = SameDiff.create();
        SDVariable input = sameDiff.placeHolder(INPUT, type, -1, inputSize);
        Map<String, SDVariable> leaves = new LinkedHashMap<>();
        parameters.forEach((key, shape) -> leaves.put(key, sameDiff.placeHolder(key, type, shape)));
        SDVariable out = conf.defineLayer(sameDiff, input, leaves, null);
        output = out.name();
        SDVariable epsilon = sameDiff.placeHolder(EPSILON, type, -1, outputSize);
        Map<String, SDVariable> found = differentiate(out, epsilon);
        leaves.put(INPUT, input);
        leaves.keySet().forEach(key -> {
            if (!found.containsKey(key)) {
                throw new IllegalStateException(
                        conf + ": expected a graph that depends on \"" + key + "\", got one that does not");
            }
            gradients.put(key, found.get(key).name());
        });
    }

    private Map<String, SDVariable> differentiate(SDVariable out, SDVariable epsilon) {
        Map<String, SDVariable> found = new LinkedHashMap<>();
        found.put(out.name(), epsilon);
        // Operations stand in the order of their definition, which is a topological one.
        List<SameDiffOp> forward = new ArrayList<>(sameDiff.getOps().values());
        for (int i = forward.size() - 1; i >= 0; i--) {
            SameDiffOp op = forward.get(i);
            if (op.getOutputsOfOp().stream().noneMatch(found::containsKey)) {
                continue;
            }
            List<SDVariable> cotangents = new ArrayList<>();
            for (String name : op.getOutputsOfOp()) {
                SDVariable known = found.get(name);
                cotangents.add(known != null ? known : sameDiff.zerosLike(sameDiff.getVariable(name)));
            }
            List<SDVariable> contributions = op.getOp().doDiff(cotangents);
            for (int j = 0; j < contributions.size(); j++) {
                found.merge(op.getInputsToOp().get(j), contributions.get(j), SDVariable::add);
            }
        }
        return found;
    }

    SameDiff sameDiff() {
        return sameDiff;
    }

    /** Name of the variable that the layer puts out. */
    String output() {
        return output;
    }

    /** Name of the variable that holds the gradient by a parameter or {@link #INPUT}. */
    String gradientOf(String key) {
        return gradients.get(key);
    }
}
