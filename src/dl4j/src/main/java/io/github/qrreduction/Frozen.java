package io.github.qrreduction;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** Layers in DL4J's two wrappers that freeze: what is within, and the same wrapper round another layer. */
final class Frozen {

    private Frozen() {}

    /** The layer without its wrappers, if it has any. */
    static Layer content(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return content(frozen.getLayer());
        }
        return layer instanceof FrozenLayerWithBackprop frozen ? content(frozen.getUnderlying()) : layer;
    }

    /** Whether it is a layer of this library, in any wrapper. */
    static boolean holdsComponents(Layer layer) {
        Layer inner = content(layer);
        return inner instanceof ComponentLayer
                || (inner instanceof BaseWrapperLayer wrapper && holdsComponents(wrapper.getUnderlying()));
    }

    /** The layer of this library in it. */
    static ComponentLayer componentLayer(Layer layer) {
        Layer inner = content(layer);
        if (!(inner instanceof ComponentLayer component)) {
            throw new IllegalArgumentException("Layer \"" + layer.getLayerName()
                    + "\": expected a layer of this library bare" + " or frozen, got one inside a "
                    + inner.getClass().getSimpleName() + ", which cannot be baked");
        }
        return component;
    }

    /** Puts a layer into the wrapper that another has, under its own name. */
    static UnaryOperator<Layer> like(Layer layer) {
        return stock -> {
            Layer wrapped = stock;
            if (layer instanceof FrozenLayer) {
                wrapped = new FrozenLayer(stock);
            } else if (layer instanceof FrozenLayerWithBackprop) {
                wrapped = new FrozenLayerWithBackprop(stock);
            }
            wrapped.setLayerName(stock.getLayerName());
            return wrapped;
        };
    }
}
