package io.github.qrreduction.internal.pca;

import io.github.qrreduction.internal.lapack.OpenBlas;
import io.github.qrreduction.internal.nd4j.Products;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Means, shifts and inner products of blocks of samples, DOUBLE 'c' [m, n] and dense. By BLAS where it can be called,
 * since ND4J's broadcasts and reductions along rows take several times as long.
 */
public final class Centring {
    /** Columns for which inner products are formed at a time where there is no dsyrk. */
    private static final int PANEL = 200;

    private Centring() {}

    /** The mean row, a new [n] array outside of all workspaces. */
    public static INDArray means(INDArray block) {
        INDArray means = vector(block.columns());
        if (OpenBlas.isPresent()) {
            OpenBlas.columnMeans(block, vector(block.rows()).assign(1), means);
            return means;
        }
        return means.assign(block.mean(0));
    }

    /** Subtracts a row [n] from every row. */
    public static void subtract(INDArray block, INDArray row) {
        if (OpenBlas.isPresent()) {
            OpenBlas.subtractRow(block, vector(block.rows()).assign(1), row);
        } else {
            block.subi(row.reshape(1, row.length()));
        }
    }

    /** Adds {@code B^T B}, on and below the diagonal at least, to an 'f' matrix [n, n]. */
    public static void addInnerProducts(INDArray block, INDArray gram) {
        if (OpenBlas.isPresent()) {
            OpenBlas.addInnerProducts(block, gram);
            return;
        }
        int n = block.columns();
        for (int from = 0; from < n; from += PANEL) {
            int to = Math.min(n, from + PANEL);
            Products.addTransposed(
                    block.get(NDArrayIndex.all(), NDArrayIndex.interval(from, n)),
                    block.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)),
                    gram.get(NDArrayIndex.interval(from, n), NDArrayIndex.interval(from, to)));
        }
    }

    /** Adds {@code weight v^T v} for a row v [n] in the same way. */
    public static void addInnerProduct(double weight, INDArray v, INDArray gram) {
        if (OpenBlas.isPresent()) {
            OpenBlas.addOuterProduct(weight, v, gram);
        } else {
            addInnerProducts(v.mul(Math.sqrt(weight)).reshape('c', 1, v.length()), gram);
        }
    }

    static INDArray vector(long n) {
        return Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', n);
    }
}
