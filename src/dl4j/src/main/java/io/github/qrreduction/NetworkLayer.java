package io.github.qrreduction;

import io.github.qrreduction.internal.runtime.RunningLayer;
import io.github.qrreduction.internal.runtime.RunningLayers;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer of a network that has components: one of this library's, or a linear DenseLayer. */
final class NetworkLayer {

    private final String name;
    private final Layer layer;

    private NetworkLayer(String name, Layer layer) {
        this.name = name;
        this.layer = unwrapped(layer);
        if (!(this.layer instanceof RunningLayer) && !isLinearDense(this.layer)) {
            throw new IllegalArgumentException(name + ": expected a QRReductionLayer, a QRReconstructionLayer or a"
                    + " DenseLayer with identity activation and without layer normalisation, got a "
                    + this.layer.conf().getLayer().getClass().getSimpleName() + activation(this.layer));
        }
    }

    private static String activation(Layer layer) {
        return layer instanceof DenseLayer dense && !(dense.layerConf().getActivationFn() instanceof ActivationIdentity)
                ? " with activation " + dense.layerConf().getActivationFn()
                : "";
    }

    /** What stands inside DL4J's wrappers (frozen, ...). */
    private static Layer unwrapped(Layer layer) {
        return layer instanceof BaseWrapperLayer wrapper ? unwrapped(wrapper.getUnderlying()) : layer;
    }

    private static boolean isLinearDense(Layer layer) {
        return layer instanceof DenseLayer dense
                && dense.layerConf().getActivationFn() instanceof ActivationIdentity
                && !dense.hasLayerNorm();
    }

    static NetworkLayer of(MultiLayerNetwork net, int index) {
        RunningLayers.requireInitialised(net.getLayers());
        if (index < 0 || index >= net.getnLayers()) {
            throw new IllegalArgumentException(
                    "expected a layer from 0 to " + (net.getnLayers() - 1) + ", got " + index);
        }
        return new NetworkLayer("Layer " + index, net.getLayer(index));
    }

    /** The layer that {@code net.getLayer(name)} gives. */
    static NetworkLayer of(MultiLayerNetwork net, String name) {
        RunningLayers.requireInitialised(net.getLayers());
        return of(net.getLayer(name), name, net.getLayerNames());
    }

    /** The layer of the vertex of that name, as {@code net.getLayer(name)} gives it. */
    static NetworkLayer of(ComputationGraph net, String name) {
        RunningLayers.requireInitialised(net.getLayers());
        GraphVertex vertex = net.getVertex(name);
        return of(
                vertex == null ? null : vertex.getLayer(),
                name,
                Arrays.stream(net.getVertices())
                        .filter(GraphVertex::hasLayer)
                        .map(GraphVertex::getVertexName)
                        .toList());
    }

    private static NetworkLayer of(Layer layer, String name, List<String> names) {
        if (layer == null) {
            throw new IllegalArgumentException("expected a layer of " + names + ", got \"" + name + "\"");
        }
        return new NetworkLayer("Layer \"" + name + "\"", layer);
    }

    /** A snapshot. */
    Components components() {
        if (layer instanceof RunningLayer graphLayer) {
            Components components = Components.of(
                            graphLayer.componentsInUse(),
                            reconstructs() ? null : layer.getParam(ComponentLayer.BIAS_KEY))
                    .withFormat(graphLayer.layerConf().getDataFormat());
            return reconstructs()
                            && hasBias()
                            && layer.getParam(ComponentLayer.BIAS_KEY)
                                            .amaxNumber()
                                            .doubleValue()
                                    != 0
                    ? components.withMean(outside(components, layer.getParam(ComponentLayer.BIAS_KEY)))
                    : components;
        }
        return Components.of(
                layer.getParam(DefaultParamInitializer.WEIGHT_KEY).transpose(),
                layer.getParam(DefaultParamInitializer.BIAS_KEY));
    }

    /**
     * The part of a reconstruction's bias that lies outside the components' span, {@code c - c Q^+ Q}: as a mean it
     * changes no code, and is added again on the way back. At the optimum that is all of the bias.
     */
    private static INDArray outside(Components components, INDArray bias) {
        INDArray row = bias.reshape(1, bias.length());
        return row.sub(components.inverseTransform(components.transform(row)));
    }

    private boolean reconstructs() {
        return layer.conf().getLayer() instanceof QRReconstructionLayer;
    }

    /** Sets the components and a bias that takes care of their mean; a reconstruction keeps its own without a mean. */
    void set(Components components) {
        INDArray bias = bias(components);
        if (bias != null && !hasBias()) {
            throw new IllegalArgumentException(name + ": expected a layer with a bias, since the components have a "
                    + (components.mean() == null ? "bias" : "mean")
                    + ", got one without. Use hasBias(true), or Components.of(components.matrix()), which have"
                    + " neither");
        }
        set(components.matrix(), bias, !reconstructs());
    }

    /** As {@link #set(Components)}, but a layer without bias gets the components alone. */
    void setAsStart(Components components) {
        set(components.matrix(), hasBias() ? bias(components) : null, false);
    }

    private INDArray bias(Components components) {
        INDArray mean = components.mean();
        INDArray bias = components.bias();
        if (mean == null) {
            return reconstructs() ? null : bias;
        }
        INDArray row = mean.reshape(1, mean.length());
        INDArray reduced = row.mmul(components.matrix().transpose());
        if (reconstructs()) {
            return row.sub(reduced.mmul(components.matrix()));
        }
        return bias == null ? reduced.neg() : bias.reshape(1, bias.length()).sub(reduced);
    }

    private boolean hasBias() {
        return layer.paramTable().containsKey(DefaultParamInitializer.BIAS_KEY);
    }

    private void set(INDArray matrix, INDArray bias, boolean zeroWithout) {
        boolean dense = !(layer instanceof RunningLayer);
        String key = dense ? DefaultParamInitializer.WEIGHT_KEY : ComponentLayer.COMPONENTS_KEY;
        INDArray current = layer.getParam(key);
        INDArray value = dense ? matrix.transpose() : matrix;
        if (!Arrays.equals(current.shape(), value.shape())) {
            long[] expected = dense ? new long[] {current.size(1), current.size(0)} : current.shape();
            throw new IllegalArgumentException(name + ": expected components of shape (nOut, nIn) = "
                    + Arrays.toString(expected) + ", got " + Arrays.toString(matrix.shape()));
        }
        layer.setParam(key, value.castTo(current.dataType()));
        if (hasBias() && (bias != null || zeroWithout)) {
            INDArray b = layer.getParam(DefaultParamInitializer.BIAS_KEY);
            if (bias == null) {
                b.assign(0);
            } else {
                b.assign(bias.castTo(b.dataType()).reshape(b.shape()));
            }
        }
    }
}
