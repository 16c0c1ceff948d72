package io.github.qrreduction.spark;

import io.github.qrreduction.Components;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Components on their way to executors: plain Java arrays, which any serializer of Spark's can carry, out of which
 * native ones are made once in each JVM. Immutable.
 */
final class ComponentsForm implements Serializable {
    private static final long serialVersionUID = 1L;

    private final DataType type;
    private final double[][] rows;
    private final double[] bias;
    private final double[] mean;
    /** Names and values, in turn. */
    private final String[] metadata;

    private transient volatile Components exact;

    private ComponentsForm(DataType type, double[][] rows, double[] bias, double[] mean, String[] metadata) {
        this.type = type;
        this.rows = rows;
        this.bias = bias;
        this.mean = mean;
        this.metadata = metadata;
    }

    static ComponentsForm of(Components components) {
        INDArray matrix = components.matrix();
        return new ComponentsForm(
                matrix.dataType(),
                matrix.castTo(DataType.DOUBLE).toDoubleMatrix(),
                values(components.bias()),
                values(components.mean()),
                inTurn(components.metadata()));
    }

    private static double[] values(INDArray vector) {
        return vector == null ? null : vector.castTo(DataType.DOUBLE).toDoubleVector();
    }

    private static String[] inTurn(Map<String, String> metadata) {
        String[] all = new String[2 * metadata.size()];
        int i = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            all[i++] = entry.getKey();
            all[i++] = entry.getValue();
        }
        return all;
    }

    /** Components from their rows, bias or null, mean or null, and metadata. */
    static ComponentsForm of(
            DataType type, double[][] rows, double[] bias, double[] mean, Map<String, String> metadata) {
        return new ComponentsForm(type, rows, bias, mean, inTurn(metadata));
    }

    DataType type() {
        return type;
    }

    int nIn() {
        return rows[0].length;
    }

    int nOut() {
        return rows.length;
    }

    /** Not a copy. */
    double[] row(int i) {
        return rows[i];
    }

    /** Entry i of the bias, or null where there is none. */
    Double bias(int i) {
        return bias == null ? null : Double.valueOf(bias[i]);
    }

    /** The mean that is taken off first, or null where there is none; not a copy. */
    double[] mean() {
        return mean;
    }

    /** How the components were made. */
    Map<String, String> metadata() {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < metadata.length; i += 2) {
            map.put(metadata[i], metadata[i + 1]);
        }
        return map;
    }

    /** The components in their own type. */
    Components components() {
        return type == DataType.DOUBLE ? exact() : make(type);
    }

    /** The components in DOUBLE, which vectors of Spark ML are. Racing threads make the same. */
    Components exact() {
        Components c = exact;
        if (c == null) {
            c = make(DataType.DOUBLE);
            exact = c;
        }
        return c;
    }

    private Components make(DataType as) {
        INDArray matrix = Nd4j.create(DataType.DOUBLE, nOut(), nIn());
        for (int i = 0; i < rows.length; i++) {
            matrix.getRow(i).assign(Nd4j.createFromArray(rows[i]));
        }
        return Components.of(matrix.castTo(as), bias == null ? null : Nd4j.createFromArray(bias))
                .withMean(mean == null ? null : Nd4j.createFromArray(mean))
                .withMetadata(metadata());
    }
}
