package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * A reduction for serving, {@code z = (x - mean) Q^T + b}: Q (nOut, nIn) has the components in its rows, the bias b has
 * length nOut, the mean nIn; both may be missing. x may be brought to unit length first, and z at the end, see
 * {@link #normalizing}. Immutable, and safe for use by several threads.
 *
 * <p>Computes in float32, with sums of at most 96 inputs in float32 and the sums of these in float64. The mean is taken
 * off before anything is multiplied, so that large means cost no digits. Where nothing is brought to unit length,
 *
 * <pre>|z_j - exact_j| &lt;= 2e-6 (||x - mean|| ||q_j|| + |b_j|)</pre>
 *
 * with q_j the rows of Q, for results within the range of normal float32 numbers. The same x gives the same z, bit for
 * bit, alone or among many, on any number of threads.
 *
 * <p>Values are not looked at: NaN in x makes every number of z NaN, an infinite one makes them NaN or infinite. A
 * vector of zeros has no direction, and stays as it is where it is brought to unit length.
 */
public final class Reduction {
    /** Q^T: one row for each input. */
    private final float[][] transposed;

    private final float[] bias;
    private final float[] mean;
    private final boolean before;
    private final boolean after;
    private final Map<String, String> metadata;
    private final Product product;
    private volatile Product back;

    private Reduction(
            float[][] transposed,
            float[] bias,
            float[] mean,
            boolean before,
            boolean after,
            Map<String, String> metadata,
            Product product) {
        this.transposed = transposed;
        this.bias = bias;
        this.mean = mean;
        this.before = before;
        this.after = after;
        this.metadata = metadata;
        this.product = product == null ? new Product(transposed, mean) : product;
    }

    /**
     * A reduction from its numbers.
     *
     * @param matrix Q (nOut, nIn), 1 &lt;= nOut &lt;= nIn, copied
     * @param bias length nOut, copied, or null
     * @param mean length nIn, copied, or null
     * @return the reduction, without normalisation and metadata
     * @throws IllegalArgumentException if the lengths do not fit
     */
    public static Reduction of(float[][] matrix, float[] bias, float[] mean) {
        Objects.requireNonNull(matrix, "matrix");
        if (matrix.length == 0 || matrix[0] == null || matrix[0].length == 0) {
            throw new Refused("expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got none");
        }
        int nIn = matrix[0].length;
        float[] values = new float[Math.multiplyExact(matrix.length, nIn)];
        for (int j = 0; j < matrix.length; j++) {
            requireLength(matrix[j], nIn, "components", "nIn", j);
            System.arraycopy(matrix[j], 0, values, j * nIn, nIn);
        }
        return of(ReductionFile.of(
                Tensor.owning(ElementType.FLOAT32, new int[] {matrix.length, nIn}, values, null),
                bias == null ? null : Tensor.of(bias, bias.length),
                mean == null ? null : Tensor.of(mean, mean.length)));
    }

    /**
     * A reduction from the parts that a file has.
     *
     * @param parts of any type; float64 is rounded to float32
     * @return the reduction
     */
    public static Reduction of(ReductionFile parts) {
        int nOut = parts.matrix().size(0);
        int nIn = parts.matrix().size(1);
        Tensor matrix = parts.matrix();
        float[] values = matrix.floatArray() == null ? matrix.floats() : matrix.floatArray();
        float[][] transposed = new float[nIn][nOut];
        for (int j = 0; j < nOut; j++) {
            for (int i = 0; i < nIn; i++) {
                transposed[i][j] = values[j * nIn + i];
            }
        }
        return new Reduction(
                transposed,
                parts.bias().map(Tensor::floats).orElse(null),
                parts.mean().map(Tensor::floats).orElse(null),
                parts.normalizesBefore(),
                parts.normalizesAfter(),
                parts.metadata(),
                null);
    }

    /**
     * Loads a reduction. The formats and the names within them are those of {@link ReductionFile}.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @return the reduction; float64 is rounded to float32
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException for another ending, and for content that is refused
     */
    public static Reduction load(Path path) throws IOException {
        return of(ReductionFile.load(path));
    }

    /**
     * Loads one matrix of a file that holds more than a reduction; see {@link ReductionFile#load(Path, String)}.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @param name the matrix's, such as "reduction.weight"
     * @return the reduction; float64 is rounded to float32
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException for another ending, a name that is not there, and for content that is refused
     */
    public static Reduction load(Path path, String name) throws IOException {
        return of(ReductionFile.load(path, name));
    }

    /**
     * Loads a reduction from a stream, which is read to its end and not closed.
     *
     * @param in the bytes
     * @param format "npy", "npz" or "safetensors"
     * @return the reduction; float64 is rounded to float32
     * @throws IOException if the stream cannot be read
     * @throws IllegalArgumentException for another format, and for content that is refused
     */
    public static Reduction load(InputStream in, String format) throws IOException {
        return of(ReductionFile.load(in, format));
    }

    /**
     * Saves in float32, atomically; see {@link ReductionFile#save(Path)}.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @throws IOException if the file cannot be written; then the old one is as it was
     * @throws IllegalArgumentException for another ending, and for what the format cannot hold
     */
    public void save(Path path) throws IOException {
        parts().save(path);
    }

    /**
     * Saves to a stream, which is flushed and not closed.
     *
     * @param out takes the bytes
     * @param format "npy", "npz" or "safetensors"
     * @throws IOException if the stream fails
     * @throws IllegalArgumentException for another format, and for what the format cannot hold
     */
    public void save(OutputStream out, String format) throws IOException {
        parts().save(out, format);
    }

    /**
     * The parts for a file, in float32.
     *
     * @return matrix, bias, mean, normalisation and metadata
     */
    public ReductionFile parts() {
        float[] values = new float[nOut() * nIn()];
        for (int j = 0; j < nOut(); j++) {
            for (int i = 0; i < nIn(); i++) {
                values[j * nIn() + i] = transposed[i][j];
            }
        }
        return ReductionFile.of(
                        Tensor.owning(ElementType.FLOAT32, new int[] {nOut(), nIn()}, values, null),
                        bias == null ? null : Tensor.of(bias, bias.length),
                        mean == null ? null : Tensor.of(mean, mean.length))
                .normalizing(before, after)
                .withMetadata(metadata);
    }

    /**
     * The width of what is reduced.
     *
     * @return columns of Q
     */
    public int nIn() {
        return transposed.length;
    }

    /**
     * The number of components.
     *
     * @return rows of Q
     */
    public int nOut() {
        return transposed[0].length;
    }

    /**
     * The components, one a row.
     *
     * @return Q (nOut, nIn), a copy
     */
    public float[][] matrix() {
        float[][] matrix = new float[nOut()][nIn()];
        for (int i = 0; i < nIn(); i++) {
            for (int j = 0; j < nOut(); j++) {
                matrix[j][i] = transposed[i][j];
            }
        }
        return matrix;
    }

    /**
     * What made the reduction.
     *
     * @return by key; unmodifiable
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * The same reduction with other metadata, which .safetensors holds.
     *
     * @param metadata by key, copied; an empty map for none
     * @return a new reduction
     * @throws IllegalArgumentException if it has a key of the normalisation, see {@link ReductionFile}
     */
    public Reduction withMetadata(Map<String, String> metadata) {
        return new Reduction(
                transposed,
                bias,
                mean,
                before,
                after,
                parts().withMetadata(metadata).metadata(),
                product);
    }

    /**
     * The same reduction of vectors that are brought to unit length.
     *
     * @param before whether x is, {@code x / ||x||}, before the mean is taken off
     * @param after whether z is
     * @return a new reduction
     */
    public Reduction normalizing(boolean before, boolean after) {
        return new Reduction(transposed, bias, mean, before, after, metadata, product);
    }

    /**
     * The leading components.
     *
     * @param k how many, 1..nOut
     * @return the first k rows of Q and numbers of b; mean, normalisation and metadata are kept
     * @throws IllegalArgumentException if k is out of range
     */
    public Reduction truncate(int k) {
        if (k < 1 || k > nOut()) {
            throw new IllegalArgumentException("expected k in 1..nOut = " + nOut() + ", got " + k);
        }
        float[][] cut = new float[nIn()][];
        for (int i = 0; i < cut.length; i++) {
            cut[i] = Arrays.copyOf(transposed[i], k);
        }
        return new Reduction(cut, bias == null ? null : Arrays.copyOf(bias, k), mean, before, after, metadata, null);
    }

    /**
     * Reduces one vector.
     *
     * @param x length nIn, not modified
     * @return z, length nOut
     * @throws IllegalArgumentException if x has another length
     */
    public float[] apply(float[] x) {
        float[] z = new float[nOut()];
        apply(x, z);
        return z;
    }

    /**
     * Reduces one vector into an array. Allocates nothing, but for a thread's first call.
     *
     * @param x length nIn, not modified unless it is z
     * @param z length nOut, filled
     * @throws IllegalArgumentException if one has another length
     */
    public void apply(float[] x, float[] z) {
        requireLength(x, nIn(), "x", "nIn");
        requireLength(z, nOut(), "z", "nOut");
        finish(product.of(x, before ? scale(x) : 1), z);
    }

    /**
     * Reduces many vectors on all cores, those of {@link java.util.concurrent.ForkJoinPool#commonPool()}.
     *
     * @param rows each of length nIn, not modified
     * @return as many of length nOut, bit for bit as {@link #apply(float[])} gives them
     * @throws IllegalArgumentException if a row has another length
     */
    public float[][] apply(float[][] rows) {
        Objects.requireNonNull(rows, "rows");
        double[] scales = before ? new double[rows.length] : null;
        for (int r = 0; r < rows.length; r++) {
            requireLength(rows[r], nIn(), "x", "nIn", r);
            if (before) {
                scales[r] = scale(rows[r]);
            }
        }
        float[][] reduced = new float[rows.length][];
        product.ofAll(rows, scales, (r, sums) -> {
            float[] z = new float[sums.length];
            finish(sums, z);
            reduced[r] = z;
        });
        return reduced;
    }

    /** Adds the bias and rounds. */
    private void finish(double[] sums, float[] z) {
        double squares = 0;
        for (int j = 0; j < z.length; j++) {
            z[j] = (float) (bias == null ? sums[j] : sums[j] + bias[j]);
            squares += (double) z[j] * z[j];
        }
        if (after && squares > 0) {
            double factor = 1 / Math.sqrt(squares);
            for (int j = 0; j < z.length; j++) {
                z[j] = (float) (z[j] * factor);
            }
        }
    }

    /** To unit length; 1 for zeros, and where there is no length. */
    private static double scale(float[] x) {
        double squares = 0;
        for (float v : x) {
            squares += (double) v * v;
        }
        return squares > 0 ? 1 / Math.sqrt(squares) : 1;
    }

    /**
     * Goes back: the x nearest to the mean with {@code z = (x - mean) Q^T + b}, {@code x = (z - b)(Q Q^T)^-1 Q + mean};
     * for orthonormal components {@code (z - b) Q + mean}. What was lost by bringing vectors to unit length does not
     * come back. The inverse is computed once, in float64, and held in float32.
     *
     * @param z length nOut, not modified
     * @return x, length nIn
     * @throws IllegalArgumentException if z has another length
     * @throws IllegalStateException if the components are linearly dependent
     */
    public float[] inverse(float[] z) {
        requireLength(z, nOut(), "z", "nOut");
        Product p = back;
        if (p == null) {
            // Racing threads compute the same.
            p = new Product(PseudoInverse.of(matrix()), bias);
            back = p;
        }
        double[] sums = p.of(z, 1);
        float[] x = new float[nIn()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (mean == null ? sums[i] : sums[i] + mean[i]);
        }
        return x;
    }

    private static void requireLength(float[] vector, int length, String what, String width) {
        Objects.requireNonNull(vector, what);
        if (vector.length != length) {
            throw new IllegalArgumentException(
                    "expected " + what + " of length " + width + " = " + length + ", got length " + vector.length);
        }
    }

    private static void requireLength(float[] vector, int length, String what, String width, int row) {
        if (vector == null || vector.length != length) {
            throw new IllegalArgumentException("row " + (row + 1) + ": expected " + what + " of length " + width + " = "
                    + length + ", got " + (vector == null ? "null" : "length " + vector.length));
        }
    }

    /** Same numbers, NaN equal to NaN, same normalisation, same metadata. */
    @Override
    public boolean equals(Object o) {
        return o instanceof Reduction other
                && Arrays.deepEquals(transposed, other.transposed)
                && Arrays.equals(bias, other.bias)
                && Arrays.equals(mean, other.mean)
                && before == other.before
                && after == other.after
                && metadata.equals(other.metadata);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {
            Arrays.deepHashCode(transposed),
            Arrays.hashCode(bias),
            Arrays.hashCode(mean),
            Boolean.hashCode(before),
            Boolean.hashCode(after),
            metadata.hashCode()
        });
    }

    @Override
    public String toString() {
        return "Reduction(nOut=" + nOut() + ", nIn=" + nIn() + (bias == null ? "" : ", with bias")
                + (mean == null ? "" : ", with mean") + (before ? ", unit length before" : "")
                + (after ? ", unit length after" : "") + (metadata.isEmpty() ? "" : ", " + metadata) + ")";
    }
}
