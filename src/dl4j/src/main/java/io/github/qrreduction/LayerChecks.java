package io.github.qrreduction;

import org.deeplearning4j.exception.DL4JInvalidConfigException;

/** What a layer's options must be. */
final class LayerChecks {

    private LayerChecks() {}

    /**
     * Asked of what a builder makes, and again before the layer is made: Jackson and setters let through what a builder
     * refuses.
     *
     * @param name the layer, for messages
     * @throws DL4JInvalidConfigException for the first option that is refused
     */
    static void requireValid(ComponentLayer layer, String name) {
        long nIn = layer.getNIn();
        long nOut = layer.getNOut();
        double penalty = layer.getOrthonormalityPenalty();
        if (nOut <= 0) {
            throw new DL4JInvalidConfigException(name + ": expected nOut (nComponents) > 0, got " + nOut);
        }
        if (nIn < 0) {
            throw new DL4JInvalidConfigException(
                    name + ": expected nIn (inputSize) > 0, or 0 to take it from the InputType, got " + nIn);
        }
        if (nIn > 0 && nOut > nIn) {
            throw new DL4JInvalidConfigException(name + ": expected nOut (nComponents) <= nIn (inputSize), since a"
                    + " reduction has no more components than inputs, got nOut=" + nOut + " > nIn=" + nIn);
        }
        if (nIn > Long.MAX_VALUE / Double.BYTES / (nOut + 1)) {
            throw new DL4JInvalidConfigException(
                    name + ": expected nIn * nOut numbers that fit into memory, got nIn=" + nIn + ", nOut=" + nOut);
        }
        if (layer.getOrthonormality() == null) {
            throw new DL4JInvalidConfigException(
                    name + ": expected orthonormality NONE, RETRACTION or PARAMETRIZATION, got null");
        }
        if (!(penalty >= 0) || Double.isInfinite(penalty)) {
            throw new DL4JInvalidConfigException(
                    name + ": expected a finite orthonormalityPenalty >= 0, got " + penalty);
        }
        if (layer.getDataFormat() == null) {
            throw new DL4JInvalidConfigException(name + ": expected dataFormat NCW or NWC, got null");
        }
    }
}
