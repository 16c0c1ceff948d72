package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.internal.nd4j.Workspaces;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer's parameters with weight noise. As BaseLayer: one draw serves an iteration's forward and backward pass. */
final class WeightNoises implements Serializable {

    private static final long serialVersionUID = 1L;

    private final HashMap<String, INDArray> drawn = new HashMap<>();

    /**
     * The parameters to compute with.
     *
     * @param parameters without noise, by key; the same map is the answer where the layer has no noise
     */
    Map<String, INDArray> of(
            Map<String, INDArray> parameters, RunningLayer layer, boolean training, LayerWorkspaceMgr workspaceMgr) {
        IWeightNoise noise = layer.layerConf().getWeightNoise();
        if (noise == null) {
            return parameters;
        }
        if (training && !drawn.isEmpty()) {
            return drawn;
        }
        Map<String, INDArray> noisy = new HashMap<>();
        int iteration = layer.getIterationCount();
        int epoch = layer.getEpochCount();
        for (String key : parameters.keySet()) {
            // A scope for each: a noise that borrows a workspace cannot borrow it twice in one scope.
            noisy.put(
                    key,
                    Workspaces.outside(() -> noise.getParameter(layer, key, iteration, epoch, training, workspaceMgr)));
        }
        if (training) {
            drawn.putAll(noisy);
        }
        return noisy;
    }

    /** The next pass draws anew. */
    void clear() {
        drawn.clear();
    }
}
