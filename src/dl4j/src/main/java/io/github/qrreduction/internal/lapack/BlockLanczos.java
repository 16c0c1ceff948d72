package io.github.qrreduction.internal.lapack;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqr2;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dnrm2;

import java.util.SplittableRandom;
import org.bytedeco.javacpp.DoublePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The k largest eigenpairs of a symmetric matrix from products with blocks of vectors: the block Lanczos method with
 * full reorthogonalisation (Golub and Van Loan 2013, <i>Matrix Computations</i>, section 10.3.6), from a fixed start.
 *
 * <p>Where the spectrum falls, m = 3 k to 5 k vectors are enough, some {@code 2 n^2 m + 4 n m^2} operations, far fewer
 * than the {@code 4/3 n^3} of {@link Tridiagonal}. A pair counts as found once {@code ||S v - lambda v||} is at most
 * {@link #RESIDUAL} times the largest eigenvalue, the size of LAPACK's own error. A flat spectrum needs too many
 * vectors; that shows early, and {@link #find} gives up. It also gives up where the space closes before all pairs are
 * found, since an eigenvalue of multiplicity above {@link #BLOCK} could then be missed. Needs {@link OpenBlas}.
 */
final class BlockLanczos implements AutoCloseable {
    /** Wide enough for matrix products at speed; wider blocks need more vectors in all. */
    static final int BLOCK = 32;
    /** Relative to the largest eigenvalue: some 45 eps, as dsyevr's residuals are. */
    static final double RESIDUAL = 1e-14;
    /** At the first look, at 2.5 k vectors, spectra that will do have residuals far below this. */
    private static final double HOPELESS = 1e-2;
    /** A diagonal entry of R below this share of the largest eigenvalue: the space is closed to rounding. */
    private static final double CLOSED = 1e-12;

    private static final double GROWTH = 1.25;

    private final int n;
    private final int k;
    private final int limit;
    private final INDArray matrix;
    /** Orthonormal vectors, a column each of n x limit. */
    private final DoublePointer basis;
    /** The projected matrix, limit x limit, of which the upper triangle is filled. */
    private final DoublePointer projected;

    private final DoublePointer coefficients;
    private int size;
    private double residual;

    private BlockLanczos(INDArray lower, int k, int limit) {
        this.n = lower.rows();
        this.k = k;
        this.limit = limit;
        this.matrix = lower;
        this.basis = new DoublePointer((long) n * limit);
        this.projected = new DoublePointer((long) limit * limit);
        this.coefficients = new DoublePointer((long) limit * BLOCK);
    }

    /** Vectors after which most spectra are done. */
    static int expectedVectors(int k) {
        return 4 * k + 8 * BLOCK;
    }

    /**
     * Finds the pairs, or gives up.
     *
     * @param lower DOUBLE 'f' [n, n], of which the lower triangle is read; the upper one is overwritten with it
     * @param k number of pairs
     * @param values k numbers, filled with the eigenvalues, falling
     * @param residual filled with the largest measured {@code ||S v - lambda v|| / lambda_1}
     * @return DOUBLE 'c' [k, n], eigenvectors in rows; null after giving up
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    static INDArray find(INDArray lower, int k, double[] values, double[] residual) {
        OpenBlas.mirror(lower);
        int limit = Math.min(lower.rows(), 2 * expectedVectors(k)) / BLOCK * BLOCK;
        try (BlockLanczos lanczos = new BlockLanczos(lower, k, limit)) {
            INDArray vectors = lanczos.run(values);
            residual[0] = lanczos.residual;
            return vectors;
        }
    }

    @Override
    public void close() {
        basis.close();
        projected.close();
        coefficients.close();
    }

    private INDArray run(double[] values) {
        start();
        int look = (int) (2.5 * k) + 3 * BLOCK;
        double before = Double.NaN;
        int sizeBefore = 0;
        try (DoublePointer next = new DoublePointer((long) n * BLOCK);
                DoublePointer gram = new DoublePointer((long) BLOCK * BLOCK)) {
            while (true) {
                Interruption.check("the search for eigenvectors");
                expand(next, gram);
                boolean last = size + BLOCK > limit;
                if (size >= Math.min(look, limit) || last) {
                    INDArray found = ritz(gram, values);
                    if (found != null) {
                        return found;
                    }
                    if (last || hopeless(before, sizeBefore)) {
                        return null;
                    }
                    before = residual;
                    sizeBefore = size;
                    look = (int) (GROWTH * size);
                }
                if (!append(next)) {
                    return null;
                }
            }
        }
    }

    private boolean hopeless(double before, int sizeBefore) {
        if (Double.isNaN(before)) {
            return residual > HOPELESS;
        }
        if (2 * size < limit) {
            // Convergence speeds up, so early steps say too little.
            return false;
        }
        double digitsPerVector = Math.log(before / residual) / (size - sizeBefore);
        return !(size + Math.log(residual / RESIDUAL) / digitsPerVector <= limit);
    }

    private void start() {
        SplittableRandom random = new SplittableRandom(n);
        double[] column = new double[n];
        for (int j = 0; j < BLOCK; j++) {
            for (int i = 0; i < n; i++) {
                column[i] = random.nextDouble() - 0.5;
            }
            basis.getPointer((long) j * n).put(column);
        }
        orthonormalise(basis);
        size = BLOCK;
    }

    /** The product with the last block, less its part in the basis; what is left goes to next, its Gram matrix too. */
    private void expand(DoublePointer next, DoublePointer gram) {
        DoublePointer last = basis.getPointer((long) (size - BLOCK) * n);
        OpenBlas.multiply(false, n, BLOCK, n, 1, OpenBlas.pointer(matrix), n, last, n, 0, next, n);
        double[] sum = new double[size];
        double[] part = new double[size];
        for (int pass = 0; pass < 2; pass++) {
            OpenBlas.multiply(true, size, BLOCK, n, 1, basis, n, next, n, 0, coefficients, size);
            OpenBlas.multiply(false, n, BLOCK, size, -1, basis, n, coefficients, size, 1, next, n);
            for (int j = 0; j < BLOCK; j++) {
                DoublePointer column = projected.getPointer((long) (size - BLOCK + j) * limit);
                coefficients.getPointer((long) j * size).get(part);
                if (pass > 0) {
                    column.get(sum);
                    for (int i = 0; i < size; i++) {
                        part[i] += sum[i];
                    }
                }
                column.put(part);
            }
        }
        OpenBlas.multiply(true, BLOCK, BLOCK, n, 1, next, n, next, n, 0, gram, BLOCK);
    }

    /** Adds the next block to the basis; false where the space is closed. */
    private boolean append(DoublePointer next) {
        DoublePointer block = basis.getPointer((long) size * n);
        DoublePointer.memcpy(block, next, (long) n * BLOCK * Double.BYTES);
        double smallest = orthonormalise(block);
        size += BLOCK;
        return smallest > CLOSED * Math.abs(projected.get());
    }

    /** Householder QR of a block in place; the smallest magnitude on R's diagonal. */
    private double orthonormalise(DoublePointer block) {
        try (DoublePointer tau = new DoublePointer(BLOCK)) {
            OpenBlas.require("dgeqr2", n, LAPACKE_dgeqr2(LAPACK_COL_MAJOR, n, BLOCK, block, n, tau));
            double smallest = Double.POSITIVE_INFINITY;
            for (int i = 0; i < BLOCK; i++) {
                smallest = Math.min(smallest, Math.abs(block.get((long) i * n + i)));
            }
            generate(block, tau);
            return smallest;
        }
    }

    /** The columns of Q in place of the reflectors. */
    private void generate(DoublePointer block, DoublePointer tau) {
        long length = (long) n * BLOCK;
        try (BlockReflector reflector = new BlockReflector(block, n, n, BLOCK, tau)) {
            DoublePointer.memset(block, 0, length * Double.BYTES);
            for (int i = 0; i < BLOCK; i++) {
                block.put((long) i * n + i, 1);
            }
            reflector.apply(false, block, n, BLOCK);
        }
    }

    /** The eigenpairs within the basis, or null where one of the first k has too large a residual. */
    private INDArray ritz(DoublePointer gram, double[] values) {
        INDArray small = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', size, size);
        fillSymmetric(OpenBlas.pointer(small));
        INDArray coordinates;
        try (Tridiagonal tridiagonal = new Tridiagonal(small)) {
            coordinates = tridiagonal.largest(values);
        }
        small.close();
        DoublePointer y = OpenBlas.pointer(coordinates);
        double[] factor = new double[BLOCK * BLOCK];
        gram.get(factor);
        double[] tail = new double[BLOCK];
        residual = 0;
        for (int i = 0; i < k; i++) {
            y.getPointer((long) (i + 1) * size - BLOCK).get(tail);
            residual = Math.max(residual, Math.sqrt(quadraticForm(factor, tail)) / values[0]);
        }
        if (!(residual <= RESIDUAL)) {
            coordinates.close();
            return null;
        }
        INDArray vectors = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'c', k, n);
        OpenBlas.multiply(false, n, k, size, 1, basis, n, y, size, 0, OpenBlas.pointer(vectors), n);
        coordinates.close();
        residual = measure(vectors, values);
        return vectors;
    }

    private void fillSymmetric(DoublePointer square) {
        double[][] columns = new double[size][size];
        for (int j = 0; j < size; j++) {
            projected.getPointer((long) j * limit).get(columns[j], 0, j + 1);
        }
        for (int j = 0; j < size; j++) {
            for (int i = j + 1; i < size; i++) {
                columns[j][i] = columns[i][j];
            }
            square.getPointer((long) j * size).put(columns[j]);
        }
    }

    private double measure(INDArray vectors, double[] values) {
        double largest = 0;
        try (DoublePointer product = new DoublePointer((long) n * BLOCK)) {
            double[] image = new double[n];
            double[] vector = new double[n];
            for (int from = 0; from < k; from += BLOCK) {
                int count = Math.min(BLOCK, k - from);
                DoublePointer block = OpenBlas.pointer(vectors).getPointer((long) from * n);
                OpenBlas.multiply(false, n, count, n, 1, OpenBlas.pointer(matrix), n, block, n, 0, product, n);
                for (int j = 0; j < count; j++) {
                    DoublePointer column = product.getPointer((long) j * n);
                    column.get(image);
                    block.getPointer((long) j * n).get(vector);
                    for (int i = 0; i < n; i++) {
                        image[i] -= values[from + j] * vector[i];
                    }
                    column.put(image);
                    largest = Math.max(largest, cblas_dnrm2(n, column, 1));
                }
            }
        }
        return largest / values[0];
    }

    private static double quadraticForm(double[] square, double[] v) {
        double sum = 0;
        for (int j = 0; j < v.length; j++) {
            for (int i = 0; i < v.length; i++) {
                sum += v[i] * square[j * v.length + i] * v[j];
            }
        }
        return Math.max(0, sum);
    }
}
