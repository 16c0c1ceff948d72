package io.github.qrreduction.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A reduction {@code z = (x - mean) Q^T + b} as files hold it, in the types of the file: its matrix Q (nOut, nIn), and
 * where they are there a bias b [nOut], a mean [nIn], unit length before and after, and metadata. Immutable.
 *
 * <p>Names: .npy holds the matrix only. .npz holds "components" and, where they are there, "bias" and "mean"; a single
 * array of rank 2 is read whatever its name. safetensors is written with "linear.weight", "linear.bias" and "mean";
 * read are, in this order, "Q_reduced", "linear.weight", "weight", "components", "Q" and "0_Q", else the only tensor of
 * rank 2; "linear.bias", "bias" or "b"; "mean". Other arrays are refused. Unit length is the metadata key
 * normalize_before or normalize_after, "true" or "false".
 */
public final class ReductionFile {
    private final Tensor matrix;
    private final Tensor bias;
    private final Tensor mean;
    private final boolean before;
    private final boolean after;
    private final Map<String, String> metadata;

    private ReductionFile(
            Tensor matrix, Tensor bias, Tensor mean, boolean before, boolean after, Map<String, String> metadata) {
        this.matrix = matrix;
        this.bias = bias;
        this.mean = mean;
        this.before = before;
        this.after = after;
        this.metadata = metadata;
    }

    /**
     * The parts of a reduction.
     *
     * @param matrix (nOut, nIn), 1 &lt;= nOut &lt;= nIn
     * @param bias [nOut] or null
     * @param mean [nIn] or null
     * @return without normalisation and metadata
     * @throws IllegalArgumentException if the shapes differ
     */
    public static ReductionFile of(Tensor matrix, Tensor bias, Tensor mean) {
        Objects.requireNonNull(matrix, "matrix");
        if (matrix.rank() != 2 || matrix.size(0) > matrix.size(1)) {
            throw new Refused("expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got shape "
                    + Arrays.toString(matrix.shape()));
        }
        requireLength(bias, "a bias", "nOut", matrix.size(0));
        requireLength(mean, "a mean", "nIn", matrix.size(1));
        return new ReductionFile(matrix, bias, mean, false, false, Map.of());
    }

    private static void requireLength(Tensor vector, String what, String width, int length) {
        if (vector != null && (vector.rank() != 1 || vector.count() != length)) {
            throw new Refused("expected " + what + " of length " + width + " = " + length + ", got shape "
                    + Arrays.toString(vector.shape()));
        }
    }

    /**
     * The same, with vectors brought to unit length.
     *
     * @param before whether {@code x} is, before the mean is taken off
     * @param after whether {@code z} is
     * @return the parts with these flags
     */
    public ReductionFile normalizing(boolean before, boolean after) {
        return new ReductionFile(matrix, bias, mean, before, after, metadata);
    }

    /**
     * The same, with other metadata.
     *
     * @param metadata what made the reduction; copied
     * @return the parts with this metadata
     * @throws IllegalArgumentException if it has one of the keys of the normalisation
     */
    public ReductionFile withMetadata(Map<String, String> metadata) {
        Map<String, String> copy =
                new LinkedHashMap<>(TensorFile.of(Map.of(), metadata).metadata());
        for (String key : ReductionNames.FLAGS) {
            if (copy.containsKey(key)) {
                throw new Refused("expected metadata without the key " + key + ", got it; normalizing(..) sets it");
            }
        }
        return new ReductionFile(
                matrix, bias, mean, before, after, TensorFile.of(Map.of(), copy).metadata());
    }

    /**
     * The components, one a row.
     *
     * @return Q, shape (nOut, nIn)
     */
    public Tensor matrix() {
        return matrix;
    }

    /**
     * The bias that is added.
     *
     * @return b, shape [nOut], or empty
     */
    public Optional<Tensor> bias() {
        return Optional.ofNullable(bias);
    }

    /**
     * The mean that is taken off.
     *
     * @return shape [nIn], or empty
     */
    public Optional<Tensor> mean() {
        return Optional.ofNullable(mean);
    }

    /**
     * Whether x is brought to unit length first.
     *
     * @return false unless asked for
     */
    public boolean normalizesBefore() {
        return before;
    }

    /**
     * Whether z is brought to unit length at the end.
     *
     * @return false unless asked for
     */
    public boolean normalizesAfter() {
        return after;
    }

    /**
     * What made the reduction, without the keys of the normalisation.
     *
     * @return by key; unmodifiable
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Reads a file.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @return the parts
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException for another ending, and for content that is refused; see {@link TensorFile}
     */
    public static ReductionFile load(Path path) throws IOException {
        TensorFile file = TensorFile.load(path);
        try {
            return ReductionNames.read(file, TensorFormat.of(path));
        } catch (Refused e) {
            throw e.at(path);
        }
    }

    /**
     * Reads one matrix of a file that holds more than a reduction, such as a PyTorch model's.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @param name the matrix's; where it ends in "weight", the array of the same name with "bias" in its place is the
     *     bias, if there is one
     * @return the parts, without mean and metadata
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException for another ending, a name that is not there, and for content that is refused
     */
    public static ReductionFile load(Path path, String name) throws IOException {
        Objects.requireNonNull(name, "name");
        TensorFile file = TensorFile.load(path);
        try {
            return ReductionNames.read(file, name);
        } catch (Refused e) {
            throw e.at(path);
        }
    }

    /**
     * Reads a stream to its end.
     *
     * @param in the bytes, not closed
     * @param format "npy", "npz" or "safetensors"
     * @return the parts
     * @throws IOException if the stream cannot be read
     * @throws IllegalArgumentException for another format, and for content that is refused; see {@link TensorFile}
     */
    public static ReductionFile load(InputStream in, String format) throws IOException {
        return ReductionNames.read(TensorFile.load(in, format), TensorFormat.of(format));
    }

    /**
     * Writes a file, replacing one that is there atomically; see {@link TensorFile#save(Path)}.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @throws IOException if the file cannot be written or is read-only; then the old one is as it was
     * @throws IllegalArgumentException for another ending, and for what the format cannot hold: .npy bias and mean,
     *     .npy and .npz normalisation and metadata
     */
    public void save(Path path) throws IOException {
        TensorFormat format = TensorFormat.of(path);
        try {
            ReductionNames.write(this, format).save(path);
        } catch (Refused e) {
            throw String.valueOf(e.getMessage()).startsWith(path + ": ") ? e : e.at(path);
        }
    }

    /**
     * Writes to a stream.
     *
     * @param out flushed, not closed
     * @param format "npy", "npz" or "safetensors"
     * @throws IOException if the stream fails
     * @throws IllegalArgumentException for another format, and for what the format cannot hold, as in
     *     {@link #save(Path)}
     */
    public void save(OutputStream out, String format) throws IOException {
        ReductionNames.write(this, TensorFormat.of(format)).save(out, format);
    }

    /** Same values in the same types, same flags, same metadata. */
    @Override
    public boolean equals(Object o) {
        return o instanceof ReductionFile other
                && matrix.equals(other.matrix)
                && Objects.equals(bias, other.bias)
                && Objects.equals(mean, other.mean)
                && before == other.before
                && after == other.after
                && metadata.equals(other.metadata);
    }

    @Override
    public int hashCode() {
        return Objects.hash(matrix, bias, mean, before, after, metadata);
    }

    @Override
    public String toString() {
        return "ReductionFile(nOut=" + matrix.size(0) + ", nIn=" + matrix.size(1) + ", " + matrix.type()
                + (bias == null ? "" : ", with bias") + (mean == null ? "" : ", with mean") + ")";
    }
}
