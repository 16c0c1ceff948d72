package io.github.qrreduction.internal.runtime;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;

/** Finds this library's layers among a network's, inside DL4J's wrappers (frozen, ...) too. */
public final class GraphLayers {

    private GraphLayers() {}

    /**
     * The layers of this library, in the network's order.
     *
     * @param layers a network's layers
     * @return those that are, or wrap, a {@link GraphLayer}
     * @throws IllegalStateException if the network is not initialised
     */
    public static Stream<GraphLayer> of(Layer[] layers) {
        requireInitialised(layers);
        return Arrays.stream(layers).map(GraphLayers::unwrap).filter(Objects::nonNull);
    }

    /**
     * Refuses the layers of a network before its {@code init()}.
     *
     * @param layers a network's layers, null before they are made
     * @throws IllegalStateException if there are none yet
     */
    public static void requireInitialised(Layer[] layers) {
        if (layers == null || Arrays.stream(layers).anyMatch(Objects::isNull)) {
            throw new IllegalStateException("expected an initialised network, got one before init(): call net.init()");
        }
    }

    /**
     * The layer of this library behind a layer.
     *
     * @param layer any layer
     * @return the layer itself, or what it wraps; null where that is another kind of layer
     */
    public static GraphLayer unwrap(Layer layer) {
        if (layer instanceof GraphLayer own) {
            return own;
        }
        return layer instanceof BaseWrapperLayer wrapper ? unwrap(wrapper.getUnderlying()) : null;
    }
}
