package io.github.qrreduction.internal.pca;

import io.github.qrreduction.internal.lapack.EigenPairs;
import io.github.qrreduction.internal.lapack.Interruption;
import io.github.qrreduction.internal.lapack.OpenBlas;
import io.github.qrreduction.internal.lapack.OrthonormalRows;
import io.github.qrreduction.internal.lapack.Signs;
import io.github.qrreduction.internal.nd4j.Products;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Principal components of n samples of d &gt;= n columns by the smaller Gram matrix {@code X X^T} [n, n] of the centred
 * samples (Jolliffe 2002, <i>Principal Component Analysis</i>, section 3.5): O(n^2 d + n^3 + n d k) time instead of
 * O(n d^2 + d^3), and 16 MB or n^2 numbers beyond the samples.
 *
 * <p>With {@code X X^T u = (n - 1) lambda u}, the component is {@code X^T u} at unit length. Rows are orthonormalised
 * in falling order afterwards, which takes away what rounding mixed in of larger components. Components beyond the rank
 * of the data are unit vectors orthogonal to the others, with variance 0.
 */
public final class GramComponents {
    /** Numbers of a block of columns. */
    private static final long MAX_VALUES = 1L << 21;

    private static final int MIN_COLUMNS = 64;

    private final List<INDArray> parts;
    private final boolean centred;
    private final int n;
    private final int d;
    private final int width;
    private final INDArray mean;

    private GramComponents(List<INDArray> parts, boolean centred) {
        this.parts = parts;
        this.centred = centred;
        this.n = parts.stream().mapToInt(INDArray::rows).sum();
        this.d = parts.get(0).columns();
        this.width = (int) Math.min(d, Math.max(MIN_COLUMNS, MAX_VALUES / n));
        this.mean = centred ? Centring.vector(d) : null;
    }

    /**
     * Components with what was known on the way.
     *
     * @param pairs of the covariance [d, d]: where all n eigenvalues are known, zeros follow them
     * @param mean [d]; null about zero
     */
    public record Result(EigenPairs pairs, INDArray mean) {}

    /** Values of which one is NaN or infinite, or whose squares overflow. */
    public static final class NotFinite extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotFinite() {
            super(null, null, false, false);
        }
    }

    /**
     * Finds components.
     *
     * @param parts the samples, FLOAT or DOUBLE matrices of d columns, at least two rows in all; not modified
     * @param centred whether about the mean
     * @param k number of components in 1..d, or 0 for as many as the decomposition gives
     * @param decomposition of the small matrix [n, n], lower triangle in 'f' order, into min(k, n) pairs
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     * @throws NotFinite if the Gram matrix is not finite
     */
    public static Result of(
            List<INDArray> parts, boolean centred, int k, Function<INDArray, EigenPairs> decomposition) {
        GramComponents all = new GramComponents(parts, centred);
        EigenPairs small = decomposition.apply(all.gram());
        return all.components(small, k > 0 ? k : small.vectors().rows());
    }

    private INDArray gram() {
        INDArray gram =
                Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', n, n).assign(0);
        INDArray block = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', n, width);
        for (int from = 0; from < d; from += width) {
            INDArray columns = load(block, from);
            if (OpenBlas.isPresent()) {
                OpenBlas.addOuterProducts(columns, gram);
            } else {
                Products.into(columns, false, columns, true, 1, 1, gram);
            }
        }
        block.close();
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(gram.getDouble(i, i))) {
                throw new NotFinite();
            }
        }
        return gram.divi(centred ? n - 1 : n);
    }

    private Result components(EigenPairs small, int k) {
        int rank = 0;
        while (rank < Math.min(k, small.vectors().rows()) && small.values()[rank] > 0) {
            rank++;
        }
        INDArray rows =
                Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', k, d).assign(0);
        if (rank > 0) {
            INDArray block = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', n, width);
            INDArray left = small.vectors().get(NDArrayIndex.interval(0, rank), NDArrayIndex.all());
            for (int from = 0; from < d; from += width) {
                INDArray columns = load(block, from);
                INDArray part =
                        rows.get(NDArrayIndex.interval(0, rank), NDArrayIndex.interval(from, from + columns.columns()));
                Products.into(left, false, columns, false, 1, 0, part);
            }
            block.close();
        }
        INDArray components = OrthonormalRows.of(rows);
        Signs.fixRows(components);
        EigenPairs pairs = new EigenPairs(small.values(), components, small.trace(), small.residual());
        return new Result(small.values().length == n && n < d ? pairs.withZeros(d) : pairs, mean);
    }

    /** Columns from.. of all samples, centred: a dense 'c' matrix at the start of the block. */
    private INDArray load(INDArray block, int from) {
        Interruption.check("the products of samples");
        int count = Math.min(width, d - from);
        INDArray columns = Nd4j.create(block.data(), new long[] {n, count}, new long[] {count, 1}, 0, 'c');
        int row = 0;
        for (INDArray part : parts) {
            copy(part, from, columns, row);
            row += part.rows();
        }
        if (centred) {
            INDArray shift = columns.getRow(0).dup();
            Centring.subtract(columns, shift);
            INDArray rest = Centring.means(columns);
            Centring.subtract(columns, rest);
            mean.get(NDArrayIndex.interval(from, from + count)).assign(shift.addi(rest));
        }
        return columns;
    }

    /** ND4J's assignment takes twice as long where rows are slices of longer ones. */
    private static void copy(INDArray part, int from, INDArray columns, int row) {
        int width = columns.columns();
        boolean inPlace = OpenBlas.isPresent() && part.ordering() == 'c' && part.stride(1) == 1;
        if (!inPlace || part.dataType() != DataType.FLOAT) {
            columns.get(NDArrayIndex.interval(row, row + part.rows()), NDArrayIndex.all())
                    .assign(part.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + width)));
            return;
        }
        float[] values = new float[width];
        double[] wide = new double[width];
        FloatPointer source = (FloatPointer) part.data().addressPointer();
        DoublePointer target = OpenBlas.pointer(columns);
        for (int i = 0; i < part.rows(); i++) {
            source.getPointer(i * part.stride(0) + from).get(values);
            for (int j = 0; j < width; j++) {
                wide[j] = values[j];
            }
            target.getPointer((row + i) * (long) width).put(wide);
        }
    }
}
