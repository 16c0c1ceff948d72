package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import io.github.qrreduction.internal.nd4j.Products;
import io.github.qrreduction.internal.nd4j.Workspaces;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a reduced vector is kept. The query of a search stays in float32; what is stored is scored by its cosine with the
 * query.
 */
public enum Storage {
    /** As it comes: 4 bytes a number. */
    FLOAT32,
    /**
     * One byte a number. Vectors are brought to unit length, then all numbers are multiplied by one scale, 127 over the
     * largest absolute value among the vectors of the fit, rounded, and cut at -127 and 127.
     */
    INT8,
    /**
     * One bit a number: its sign, after the mean of the reduced vectors of the fit was taken off and they were rotated
     * at random. The rotation changes no distance, and spreads what the leading numbers say over all signs; see
     * {@link #rotated}.
     */
    BIT,
    /** One bit a number: its sign, after the mean was taken off, without the rotation. */
    BIT_UNROTATED;

    /**
     * What a vector takes.
     *
     * @param size numbers a vector
     * @return bytes; bits are rounded up to whole bytes
     */
    public int bytes(int size) {
        return switch (this) {
            case FLOAT32 -> 4 * size;
            case INT8 -> size;
            case BIT, BIT_UNROTATED -> (size + 7) / 8;
        };
    }

    /**
     * The reduction whose signs {@link #BIT} keeps: {@code z' = (z - m) R^T}, where m is the mean of the reduced data
     * and R (k, k) a random orthogonal matrix.
     *
     * @param components k of them
     * @param data [n, nIn] that the mean is taken of, as a rule those of the fit; not modified
     * @param seed of the rotation
     * @return components {@code R Q} with the same mean and bias {@code (b - m) R^T}
     */
    public static Components rotated(Components components, INDArray data, long seed) {
        return Workspaces.outside(() -> {
            INDArray matrix = components.matrix();
            DataType type = matrix.dataType();
            INDArray turned =
                    Fixed.orthonormal(matrix.rows(), matrix.rows(), seed).castTo(type);
            INDArray bias = components.transform(data).mean(0).castTo(type).negi();
            if (components.bias() != null) {
                bias.addi(components.bias());
            }
            return Components.of(
                            Products.of(turned, matrix, false),
                            Products.of(bias.reshape('c', 1, matrix.rows()), turned, true))
                    .withMean(components.mean())
                    .withMetadata(components.metadata());
        });
    }

    /** The name in tables and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
