package io.github.qrreduction.internal.runtime;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer's parameters and their gradients, by key: views of flat vectors, which are views of the network's. */
final class LayerParameters implements Serializable {

    private static final long serialVersionUID = 1L;

    private INDArray vector;
    private INDArray gradientVector;
    private Map<String, INDArray> table;
    private Map<String, INDArray> gradients;

    INDArray vector() {
        return vector;
    }

    long length() {
        return vector == null ? 0 : vector.length();
    }

    Map<String, INDArray> table() {
        return table;
    }

    INDArray get(String key) {
        return table.get(key);
    }

    INDArray components() {
        return get(ParameterKeys.COMPONENTS);
    }

    INDArray gradientVector() {
        return gradientVector;
    }

    Map<String, INDArray> gradients() {
        return gradients;
    }

    void setGradients(INDArray vector, Map<String, INDArray> views) {
        gradientVector = vector;
        gradients = views;
    }

    /** Writes one parameter; one of components as its mode admits it. */
    void set(String key, INDArray value, ComponentsMode mode, String layerId) {
        INDArray current = get(key);
        if (current == null) {
            throw new IllegalArgumentException(
                    "expected a parameter of " + table.keySet() + ", got \"" + key + "\" " + layerId);
        }
        boolean sameVector = current.rank() == 1 && value.isVector() && value.length() == current.length();
        if (!sameVector && !Arrays.equals(current.shape(), value.shape())) {
            throw new IllegalArgumentException(
                    "expected parameter \"" + key + "\" of shape " + Arrays.toString(current.shape()) + ", got shape "
                            + Arrays.toString(value.shape()) + " " + layerId);
        }
        if (key.equals(ParameterKeys.COMPONENTS)) {
            // In the parameter's own type: what is orthonormal to the rounding of another may not be in this one.
            current.assign(mode.admit(value.castTo(current.dataType())));
        } else {
            current.assign(value.reshape(current.shape()));
        }
    }

    /** Writes all parameters, as they are. */
    void setVector(INDArray values, String layerId) {
        if (values == vector) {
            return;
        }
        if (values == null || values.length() != length()) {
            throw new IllegalArgumentException("expected a parameter vector of length " + length() + ", got "
                    + (values == null ? "null" : "length " + values.length()) + " " + layerId);
        }
        vector.assign(values.reshape(vector.shape()));
    }

    void setView(INDArray view, String layerId) {
        if (vector != null && view.length() != vector.length()) {
            throw new IllegalArgumentException("expected a parameter view of length " + vector.length()
                    + ", got length " + view.length() + " " + layerId);
        }
        vector = view;
    }

    /** The views of the parameters, once the vector is there. */
    void setTable(Map<String, INDArray> views) {
        table = views;
    }
}
