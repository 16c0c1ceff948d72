package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Products;
import java.util.function.LongConsumer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Covariance of the data's coordinates in an orthonormal basis Y [k, n], and the data's total variance, in one pass,
 * in float64 and O(k^2 + n) memory.
 */
final class SubspaceScores {
    private final INDArray basis;
    private final CovarianceAccumulator scores;
    private INDArray shift;
    private INDArray shiftedMean;
    private long count;
    private double squares;

    private SubspaceScores(INDArray basis) {
        this.basis = basis;
        this.scores = new CovarianceAccumulator(basis.rows());
    }

    /** Runs over the samples, which must be as wide as the DOUBLE basis. */
    static SubspaceScores of(INDArray basis, Samples samples, RNNFormat format) {
        SubspaceScores result = new SubspaceScores(basis);
        LongConsumer silent = n -> {};
        samples.forEachBlock(format, silent, result::add);
        return result;
    }

    /** [k, n] DOUBLE in 'f' order, undefined above the diagonal. */
    INDArray lowerCovariance() {
        return scores.lowerCovariance();
    }

    double totalVariance() {
        return squares / (count - 1);
    }

    private void add(INDArray block) {
        if (block.columns() != basis.columns()) {
            throw new IllegalArgumentException(
                    "expected data of nIn = " + basis.columns() + " columns, got " + block.columns());
        }
        if (shift == null) {
            shift = block.getRow(0, true).dup();
            shiftedMean = shift.like();
        }
        block.subi(shift);
        scores.addOverwriting(Products.of(block, basis, true));
        long m = block.rows();
        INDArray mean = block.mean(true, 0);
        block.subi(mean);
        INDArray difference = mean.sub(shiftedMean);
        squares += squaredNorm(block) + squaredNorm(difference) * count * m / (count + m);
        shiftedMean.addi(difference.muli(m / (double) (count + m)));
        count += m;
    }

    private static double squaredNorm(INDArray x) {
        double norm = x.norm2Number().doubleValue();
        return norm * norm;
    }
}
