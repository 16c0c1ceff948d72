package io.github.qrreduction;

import io.github.qrreduction.internal.stiefel.QRFactor;
import io.github.qrreduction.internal.stiefel.Stiefel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Lays the parameters of a {@link ComponentLayer} into DL4J's flat vectors, Q (nOut x nIn, 'c' order) first, then b,
 * and draws their start. The layout equals that of DenseLayer's W (nIn x nOut, 'f' order) and b.
 */
final class ComponentParamInitializer implements ParamInitializer {

    /** The one instance; it holds no state. */
    static final ComponentParamInitializer INSTANCE = new ComponentParamInitializer();

    private static final List<String> WEIGHTS = List.of(ComponentLayer.COMPONENTS_KEY);
    private static final List<String> BIASES = List.of(ComponentLayer.BIAS_KEY);

    private ComponentParamInitializer() {}

    @Override
    public long numParams(NeuralNetConfiguration conf) {
        return numParams(conf.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        ComponentLayer l = (ComponentLayer) layer;
        return l.getNIn() * l.getNOut() + l.biasLength();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return ((ComponentLayer) layer).hasBias()
                ? List.of(ComponentLayer.COMPONENTS_KEY, ComponentLayer.BIAS_KEY)
                : WEIGHTS;
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return WEIGHTS;
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return ((ComponentLayer) layer).hasBias() ? BIASES : List.of();
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
        return weightKeys(layer).contains(key);
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
        return biasKeys(layer).contains(key);
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration conf, INDArray paramsView, boolean initializeParams) {
        ComponentLayer layer = (ComponentLayer) conf.getLayer();
        Map<String, INDArray> params = split(layer, paramsView);
        params.keySet().forEach(conf::addVariable);
        if (initializeParams) {
            layer.initializeParameters(params);
        }
        return params;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration conf, INDArray gradientView) {
        return split((ComponentLayer) conf.getLayer(), gradientView);
    }

    private Map<String, INDArray> split(ComponentLayer layer, INDArray flat) {
        long expected = numParams(layer);
        if (flat == null || flat.length() != expected) {
            throw new IllegalStateException(layer + ": expected a parameter view of length " + expected
                    + ", got length " + (flat == null ? 0 : flat.length()));
        }
        INDArray vector = flat.reshape(flat.length());
        long weights = layer.getNOut() * layer.getNIn();
        Map<String, INDArray> out = new LinkedHashMap<>();
        out.put(
                ComponentLayer.COMPONENTS_KEY,
                vector.get(NDArrayIndex.interval(0, weights)).reshape('c', layer.getNOut(), layer.getNIn()));
        if (layer.hasBias()) {
            out.put(ComponentLayer.BIAS_KEY, vector.get(NDArrayIndex.interval(weights, expected)));
        }
        return out;
    }

    /**
     * Draws the start into the given views.
     *
     * @param layer the configuration
     * @param params views of the network's parameters by key
     */
    static void initialize(ComponentLayer layer, Map<String, INDArray> params) {
        INDArray q = params.get(ComponentLayer.COMPONENTS_KEY);
        if (layer.getWeightInitFn() == null) {
            q.assign(Stiefel.uniform(layer.getNOut(), layer.getNIn(), q.dataType()));
        } else {
            layer.getWeightInitFn()
                    .init((double) layer.getNIn(), (double) layer.getNOut(), q.shape(), 'c', q.reshape(q.length()));
            if (layer.getOrthonormality() == Orthonormality.RETRACTION) {
                QRFactor.of(q, q);
            }
        }
        if (layer.hasBias()) {
            params.get(ComponentLayer.BIAS_KEY).assign(layer.getBiasInit());
        }
    }
}
