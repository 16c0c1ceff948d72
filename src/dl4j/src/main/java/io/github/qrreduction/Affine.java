package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Products;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An affine map of rows, {@code y = (x - before) M + after} with {@code M} or {@code M^T} given.
 *
 * <p>Computed in DOUBLE where x or M is DOUBLE, otherwise in FLOAT; the result has x's type, or M's where x is not a
 * floating point array. Immutable and safe for use by several threads, as long as nobody writes into its arrays.
 */
final class Affine {
    private final INDArray matrix;
    private final boolean transposed;
    private final INDArray before;
    private final INDArray after;
    /** What goes in, for messages: its name and its width's, as in "x" and "nIn". */
    private final String name;

    private final String width;
    private volatile Flat flat;

    /** The same numbers for use without ND4J, whose call overhead exceeds the arithmetic of a single vector. */
    private record Flat(double[] matrix, double[] before, double[] after) {}

    Affine(INDArray matrix, boolean transposed, INDArray before, INDArray after, String name, String width) {
        this.matrix = matrix;
        this.transposed = transposed;
        this.before = before;
        this.after = after;
        this.name = name;
        this.width = width;
    }

    private long nIn() {
        return transposed ? matrix.columns() : matrix.rows();
    }

    INDArray apply(INDArray x) {
        if (x.rank() < 1 || x.rank() > 2 || x.size(x.rank() - 1) != nIn() || x.length() == 0) {
            throw new IllegalArgumentException("expected " + name + " of shape [batch, " + width + "] or [" + width
                    + "] with " + width + " = " + nIn() + (x.length() == 0 ? " and batch >= 1" : "") + ", got shape "
                    + Arrays.toString(x.shape())
                    + (x.rank() == 3
                            ? ". For sequences put the components into a QRReductionLayer with copyTo, or pass one step"
                                    + " a row"
                            : ""));
        }
        boolean exact = x.dataType() == DataType.DOUBLE || matrix.dataType() == DataType.DOUBLE;
        DataType type = exact ? DataType.DOUBLE : DataType.FLOAT;
        INDArray rows = (x.rank() == 1 ? x.reshape(1, nIn()) : x).castTo(type);
        if (before != null) {
            INDArray centred = Nd4j.createUninitialized(type, rows.shape(), 'c');
            addRow(rows, before.castTo(type).neg(), centred);
            rows = centred;
        }
        INDArray result = Products.of(rows, matrix.castTo(type), transposed);
        if (after != null) {
            addRow(result, after.castTo(type), result);
        }
        result = result.castTo(x.dataType().isFPType() ? x.dataType() : matrix.dataType());
        return x.rank() == 1 ? result.reshape(result.length()) : result;
    }

    /** Not {@code addiRowVector}, which is not safe beside other threads and the garbage collector. */
    private static void addRow(INDArray rows, INDArray row, INDArray result) {
        Nd4j.exec(DynamicCustomOp.builder("biasadd")
                .addInputs(rows, row.reshape(row.length()))
                .addOutputs(result)
                .build());
    }

    float[] apply(float[] x) {
        if (x.length != nIn()) {
            throw new IllegalArgumentException(
                    "expected " + name + " of length " + width + " = " + nIn() + ", got length " + x.length);
        }
        Flat m = flat();
        double[] from = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            from[i] = m.before == null ? x[i] : x[i] - m.before[i];
        }
        double[] to = transposed ? dots(m.matrix, from) : combination(m.matrix, from);
        float[] result = new float[to.length];
        for (int i = 0; i < to.length; i++) {
            result[i] = (float) (m.after == null ? to[i] : to[i] + m.after[i]);
        }
        return result;
    }

    /** {@code M x}: four sums side by side, since one alone waits for each addition. */
    private static double[] dots(double[] m, double[] x) {
        int n = x.length;
        double[] result = new double[m.length / n];
        for (int r = 0, at = 0; r < result.length; r++) {
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            int i = 0;
            for (; i + 3 < n; i += 4, at += 4) {
                s0 += m[at] * x[i];
                s1 += m[at + 1] * x[i + 1];
                s2 += m[at + 2] * x[i + 2];
                s3 += m[at + 3] * x[i + 3];
            }
            for (; i < n; i++, at++) {
                s0 += m[at] * x[i];
            }
            result[r] = s0 + s1 + (s2 + s3);
        }
        return result;
    }

    /** {@code x M}. */
    private static double[] combination(double[] m, double[] x) {
        double[] result = new double[m.length / x.length];
        for (int r = 0, at = 0; r < x.length; r++) {
            for (int i = 0; i < result.length; i++, at++) {
                result[i] += x[r] * m[at];
            }
        }
        return result;
    }

    private Flat flat() {
        Flat f = flat;
        if (f == null) {
            // Racing threads compute the same numbers.
            f = new Flat(values(matrix), values(before), values(after));
            flat = f;
        }
        return f;
    }

    private static double[] values(INDArray array) {
        return array == null
                ? null
                : Nd4j.toFlattened('c', array).castTo(DataType.DOUBLE).toDoubleVector();
    }
}
