package io.github.qrreduction.internal.pca;

import io.github.qrreduction.internal.lapack.EigenPairs;
import io.github.qrreduction.internal.lapack.Interruption;
import io.github.qrreduction.internal.lapack.OpenBlas;
import io.github.qrreduction.internal.lapack.OrthonormalRows;
import io.github.qrreduction.internal.lapack.Signs;
import io.github.qrreduction.internal.lapack.SymmetricEigen;
import io.github.qrreduction.internal.nd4j.Products;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Principal components where even the covariance S [d, d] is too large: a randomised range finder with power iterations
 * (Halko, Martinsson, Tropp 2011, <i>Finding structure with randomness</i>, algorithm 4.4), in O(d l) memory for
 * l = k + max(16, k / 4) sketch vectors, and one pass over the data for each product with S.
 *
 * <p>A pass computes {@code S Q^T = sum_i (x_i - c)^T (x_i - c) Q^T / (n - 1)} less the part of the mean that c lacks;
 * c is the first sample, so that no digits are lost where the mean is large. Each pass also gives the eigenpairs of S
 * within the space of Q, and their residuals {@code ||S v - lambda v||}: an eigenvalue of S lies within the residual of
 * lambda, and lambda is never above the true one of its rank. The next space is that of {@code (S - alpha I) Q^T} with
 * alpha half the smallest eigenvalue within Q: the same eigenvectors, told apart in about half the passes (Feng, Yu and
 * Xie 2023, <i>Fast randomized truncated SVD by dynamic shifts</i>). Passes end when the sum of the k eigenvalues grows
 * by less than {@link #GAIN} of itself, or after {@link #MAX_PASSES}.
 *
 * <p>Use: {@link #add} all samples, in the same order in each pass, until {@link #endPass} says that it was the last.
 */
public final class RangeFinder {
    /** The variance that one more pass would find is of this order, relative. */
    static final double GAIN = 1e-3;

    static final int MAX_PASSES = 12;
    private static final int OVERSAMPLING = 16;
    private static final long SEED = 20110217;

    private final int d;
    private final boolean centred;
    private int k;
    private INDArray basis;
    /** The sum of {@code ((x - shift) Q^T)^T (x - shift)}, then {@code Q S}; rows as those of Q. */
    private INDArray image;

    private INDArray shift;
    /** The sum of x - shift, then its mean. */
    private INDArray rest;

    private double squares;
    private long count;
    private long seen;
    private int passes;
    private double before;
    private EigenPairs inside;

    /**
     * A finder that has seen nothing yet.
     *
     * @param d columns of the samples
     * @param k number of components, 1..d
     * @param centred whether about the mean
     */
    public RangeFinder(int d, int k, boolean centred) {
        this.d = d;
        this.centred = centred;
        this.k = k;
        this.basis = orthonormal(random(sketch(k), SEED));
        startPass();
    }

    private int sketch(int components) {
        return (int) Math.min(d, components + Math.max((long) OVERSAMPLING, components / 4));
    }

    /** Adds the rows of a dense DOUBLE 'c' block [m, d], m &gt; 0, and leaves others in their place. */
    public void add(INDArray block) {
        Interruption.check("a pass over the samples");
        if (centred) {
            if (shift == null) {
                shift = Centring.vector(d).assign(block.getRow(0));
                rest = Centring.vector(d).assign(0);
            }
            Centring.subtract(block, shift);
        }
        seen += block.rows();
        if (passes == 0) {
            double norm = block.norm2Number().doubleValue();
            squares += norm * norm;
            if (centred) {
                rest.addi(Centring.means(block).muli(block.rows()));
            }
        }
        if (OpenBlas.isPresent()) {
            OpenBlas.addImage(block, basis, image);
        } else {
            Products.into(Products.of(block, basis, true), true, block, false, 1, 1, image);
        }
    }

    /**
     * Ends a pass.
     *
     * @return whether that was the last; if not, another one has begun
     * @throws IllegalArgumentException if the samples are fewer than two, or not as many as in the first pass
     */
    public boolean endPass() {
        if (passes++ == 0) {
            endFirstPass();
        } else if (seen != count) {
            throw new IllegalArgumentException("expected " + count
                    + " samples, as in the first pass over the data, got " + seen + " in pass " + passes);
        }
        if (centred) {
            INDArray row = rest.reshape('c', 1, d);
            INDArray scores = Products.of(basis, row, true);
            Products.into(scores, false, row, false, -(double) count, 1, image);
        }
        image.divi(divisor());
        int l = basis.rows();
        // T = Q S Q^T, where S Q^T is the image's transpose.
        INDArray small = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', l, l);
        Products.into(basis, false, image, true, 1, 0, small);
        inside = SymmetricEigen.of(small, values -> l);
        double sum = Arrays.stream(inside.values(), 0, k).sum();
        if (l == d || (passes > 1 && sum - before <= GAIN * sum) || passes >= MAX_PASSES) {
            return true;
        }
        before = sum;
        nextBasis(l);
        return false;
    }

    /**
     * Searches for more components, from what was found; only after {@link #endPass} said that it was the last pass. A
     * new pass has begun.
     *
     * @param more number of components, larger than before and at most d
     */
    public void enlarge(int more) {
        k = more;
        passes = 1;
        before = 0;
        nextBasis(sketch(more));
    }

    private void endFirstPass() {
        count = seen;
        if (count < 2) {
            throw new IllegalArgumentException("expected at least 2 samples, got " + count);
        }
        if (centred) {
            rest.divi(count);
            double norm = rest.norm2Number().doubleValue();
            squares -= count * norm * norm;
        }
    }

    private void nextBasis(int l) {
        double[] values = inside.values();
        // Within the first space, which is random, small eigenvalues say nothing of those of S.
        double alpha = passes > 1 ? values[values.length - 1] / 2 : 0;
        INDArray next = image;
        if (alpha > 0) {
            next.subi(basis.muli(alpha));
        }
        basis.close();
        if (l > next.rows()) {
            INDArray larger = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', l, d);
            larger.get(NDArrayIndex.interval(0, next.rows()), NDArrayIndex.all())
                    .assign(next);
            larger.get(NDArrayIndex.interval(next.rows(), l), NDArrayIndex.all())
                    .assign(random(l - next.rows(), SEED + l));
            next.close();
            next = larger;
        }
        basis = orthonormal(next);
        startPass();
    }

    private static INDArray orthonormal(INDArray rows) {
        INDArray result = OrthonormalRows.of(rows);
        if (result != rows) {
            rows.close();
        }
        return result;
    }

    private void startPass() {
        image = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', basis.rows(), d)
                .assign(0);
        seen = 0;
    }

    /** The columns of the samples. */
    public int columns() {
        return d;
    }

    /** The number of components that are looked for. */
    public int sought() {
        return k;
    }

    /** The eigenvalues so far, falling; at least as many as components. */
    public double[] values() {
        return inside.values();
    }

    /** The sum of all d eigenvalues. */
    public double trace() {
        return squares / divisor();
    }

    /** The number of samples. */
    public long count() {
        return count;
    }

    /** The mean [d]; null about zero. */
    public INDArray mean() {
        return centred ? shift.add(rest) : null;
    }

    /**
     * The components, once the last pass has ended; the finder's memory is given back.
     *
     * @param number of components, at most k
     * @return as many values and vectors; the residual is the largest of theirs, relative to the first eigenvalue
     */
    public EigenPairs components(int number) {
        INDArray rotation = inside.vectors().get(NDArrayIndex.interval(0, number), NDArrayIndex.all());
        INDArray components = Products.of(rotation, basis, false);
        INDArray images = Products.of(rotation, image, false);
        basis.close();
        image.close();
        double[] values = Arrays.copyOf(inside.values(), number);
        double largest = 0;
        for (int i = 0; i < number; i++) {
            INDArray difference = images.getRow(i).subi(components.getRow(i).mul(values[i]));
            largest = Math.max(largest, difference.norm2Number().doubleValue());
        }
        images.close();
        Signs.fixRows(components);
        return new EigenPairs(values, components, trace(), values[0] > 0 ? largest / values[0] : 0);
    }

    private long divisor() {
        return centred ? count - 1 : count;
    }

    private INDArray random(int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray result = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', rows, d);
        double[] row = new double[d];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < d; j++) {
                row[j] = random.nextDouble() - 0.5;
            }
            result.getRow(i).assign(Nd4j.createFromArray(row));
        }
        return result;
    }
}
