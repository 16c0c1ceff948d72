package io.github.qrreduction.internal.similarity;

import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The neighbour distributions of the rows of a matrix, to compare reductions of the same rows with. With X the
 * originals, Z their reduction and temperatures t and s:
 *
 * <pre>
 *   p_ij = softmax_{j != i}( cos(x_i, x_j) / t )
 *   q_ij = softmax_{j != i}( cos(z_i, z_j) / s )
 *   score_i = - sum_j p_ij log q_ij
 * </pre>
 */
public final class Neighbourhoods {

    /** A row's similarity to itself: so low that its probability is 0, and finite, so that 0 times it is 0. */
    private static final double EXCLUDED = -1e30;

    private final INDArray wanted;

    /**
     * @param originals [n, d], n at least 2, FLOAT or DOUBLE; not modified
     * @param temperature what their cosines are divided by
     */
    public Neighbourhoods(INDArray originals, double temperature) {
        this(new UnitRows(originals), temperature);
    }

    private Neighbourhoods(UnitRows originals, double temperature) {
        INDArray logits = logits(originals.unit(), temperature);
        wanted = Nd4j.exec(new SoftMax(logits, logits, -1))[0];
    }

    /**
     * As the constructor, for originals of length 1.
     *
     * @param originals [n, d] in 'c' order, whose rows have length 1; not modified
     * @param temperature what their cosines are divided by
     */
    public static Neighbourhoods ofUnitRows(INDArray originals, double temperature) {
        return new Neighbourhoods(UnitRows.already(originals), temperature);
    }

    /**
     * Compares a reduction with the originals.
     *
     * @param reduced [n, k], of the originals' type, possibly a view; not modified
     * @param temperature what its cosines are divided by
     */
    public Reduced compare(INDArray reduced, double temperature) {
        return new Reduced(new UnitRows(reduced), temperature);
    }

    /** Cosines over the temperature. */
    private static INDArray logits(INDArray unit, double temperature) {
        INDArray logits = product(unit, unit, false, true, 1 / temperature);
        for (long i = 0; i < logits.size(0); i++) {
            logits.putScalar(i, i, EXCLUDED);
        }
        return logits;
    }

    /** A reduction beside the originals: the gradient once, at the end. */
    public final class Reduced {
        private final UnitRows rows;
        private final double temperature;
        /** Less the largest of their row. */
        private final INDArray logits;

        private final INDArray exponentials;
        private final INDArray sums;

        private Reduced(UnitRows rows, double temperature) {
            this.rows = rows;
            this.temperature = temperature;
            logits = logits(rows.unit(), temperature);
            logits.subi(logits.max(true, 1));
            // Not ND4J's log_softmax: it takes the logarithm of a softmax that has underflowed.
            exponentials = Transforms.exp(logits, true);
            sums = exponentials.sum(true, 1);
        }

        /** The cross-entropy of each row, a column. */
        public INDArray scores() {
            return Transforms.log(sums, true)
                    .subi(Nd4j.exec(new Dot(wanted, logits, 1)).reshape(logits.size(0), 1));
        }

        /**
         * The gradient of the summed scores.
         *
         * @param weights a column that each row's score is multiplied by, or null
         */
        public Gradient gradient(INDArray weights) {
            INDArray difference = exponentials.divi(sums).subi(wanted);
            if (weights != null) {
                difference.muli(weights);
            }
            // The cosine of i and j is in row i's score and in row j's.
            INDArray gradient = product(difference, rows.unit(), false, false, 1 / temperature);
            double ofCosines =
                    Nd4j.getBlasWrapper().dot(gradient.ravel(), rows.unit().ravel());
            gradient.addi(product(difference, rows.unit(), true, false, 1 / temperature));
            return new Gradient(rows.backprop(gradient), -ofCosines);
        }
    }

    /**
     * Derivatives of summed scores.
     *
     * @param byReduction [n, k]
     * @param byLogTemperature by the logarithm of the reduction's temperature
     */
    public record Gradient(INDArray byReduction, double byLogTemperature) {}

    /** By the op that writes row-major at full speed, which the elementwise operations after it need. */
    private static INDArray product(INDArray a, INDArray b, boolean transposeA, boolean transposeB, double factor) {
        long[] shape = {transposeA ? a.size(1) : a.size(0), transposeB ? b.size(0) : b.size(1)};
        INDArray result = Nd4j.createUninitialized(a.dataType(), shape, 'c');
        MMulTranspose transposes = MMulTranspose.builder()
                .transposeA(transposeA)
                .transposeB(transposeB)
                .build();
        return Nd4j.exec(new Mmul(a, b, result, factor, 0, transposes))[0];
    }
}
