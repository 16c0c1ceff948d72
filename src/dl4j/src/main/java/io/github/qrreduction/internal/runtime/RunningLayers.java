package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.Orthonormality;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;

/** Finds this library's layers among a network's, inside DL4J's wrappers (frozen, ...) too. */
public final class RunningLayers {

    private RunningLayers() {}

    /**
     * The layers of this library, in the network's order.
     *
     * @param layers a network's layers
     * @return those that are, or wrap, a {@link RunningLayer}
     * @throws IllegalStateException if the network is not initialised
     */
    public static Stream<RunningLayer> of(Layer[] layers) {
        requireInitialised(layers);
        return Arrays.stream(layers).map(RunningLayers::unwrap).filter(Objects::nonNull);
    }

    /**
     * The largest orthonormality error of the layers with RETRACTION.
     *
     * @param layers a network's layers
     * @return {@code ||Q Q^T - I||_F}, measured in float64; 0 where there are none
     */
    public static double largestError(Layer[] layers) {
        return of(layers)
                .filter(layer -> layer.layerConf().getOrthonormality() == Orthonormality.RETRACTION)
                .mapToDouble(RunningLayer::orthonormalityError)
                .max()
                .orElse(0);
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
    public static RunningLayer unwrap(Layer layer) {
        if (layer instanceof RunningLayer own) {
            return own;
        }
        return layer instanceof BaseWrapperLayer wrapper ? unwrap(wrapper.getUnderlying()) : null;
    }
}
