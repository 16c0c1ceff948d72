package io.github.qrreduction;

import io.github.qrreduction.internal.lapack.Signs;
import io.github.qrreduction.internal.lapack.SymmetricEigen;
import io.github.qrreduction.internal.nd4j.Products;
import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.internal.stiefel.QRFactor;
import io.github.qrreduction.internal.stiefel.Stiefel;
import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.ReductionFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What a reduction {@code z = (x - mean) Q^T + b} has learned: the rows of Q (nOut, nIn), its components; where the
 * data were centred their mean, of length nIn; and maybe a bias b of length nOut. A snapshot: immutable, and safe for
 * use by several threads.
 *
 * <p>Q is HALF, FLOAT or DOUBLE, with 1 &lt;= nOut &lt;= nIn; its rows need not be orthonormal. Values are not looked
 * at: NaN and infinities go through {@link #save} and {@link #load} like others.
 */
public final class Components {
    private final INDArray matrix;
    private final INDArray bias;
    private final INDArray mean;
    /** Of the sequences that these components are for, where that is known; not saved. */
    private final RNNFormat format;
    /** Says how the components were made. */
    private final Map<String, String> metadata;

    private final Affine transform;
    private volatile QRFactor factor;
    private volatile Affine inverse;

    private Components(INDArray matrix, INDArray bias, INDArray mean, RNNFormat format, Map<String, String> metadata) {
        this.matrix = matrix;
        this.bias = bias;
        this.mean = mean;
        this.format = format;
        this.metadata = metadata;
        this.transform = new Affine(matrix, true, mean, bias, "x", "nIn");
    }

    /**
     * Components without bias and mean from their matrix.
     *
     * @param matrix (nOut, nIn), copied
     * @return the components, in the matrix's type
     * @throws IllegalArgumentException if the matrix has another shape or type
     */
    public static Components of(INDArray matrix) {
        return of(matrix, null);
    }

    /**
     * Components without mean from their matrix and bias.
     *
     * @param matrix (nOut, nIn), HALF, FLOAT or DOUBLE; copied
     * @param bias length nOut, as [nOut] or [1, nOut], or null; copied, into the matrix's type
     * @return the components, in the matrix's type
     * @throws IllegalArgumentException if the arrays have other shapes or types
     */
    public static Components of(INDArray matrix, INDArray bias) {
        Objects.requireNonNull(matrix, "matrix");
        if (matrix.rank() != 2 || matrix.size(0) < 1 || matrix.size(0) > matrix.size(1)) {
            throw new IllegalArgumentException("expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got shape "
                    + Arrays.toString(matrix.shape()));
        }
        DataType type = matrix.dataType();
        if (type != DataType.FLOAT16 && type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException("expected components of type HALF, FLOAT or DOUBLE, got " + type);
        }
        requireLength(bias, "a bias", "nOut", matrix.size(0));
        return Workspaces.outside(
                () -> new Components(matrix.dup('c'), vector(bias, type), null, RNNFormat.NCW, Map.of()));
    }

    /**
     * The same components for data that are centred first: {@code z = (x - mean) Q^T + b}, and the mean is added again
     * on the way back.
     *
     * @param mean length nIn, as [nIn] or [1, nIn], copied into the matrix's type; null for components without mean
     * @return new components
     * @throws IllegalArgumentException if the mean has another length
     */
    public Components withMean(INDArray mean) {
        requireLength(mean, "a mean", "nIn", nIn());
        return Workspaces.outside(
                () -> new Components(matrix, bias, vector(mean, matrix.dataType()), format, metadata));
    }

    /**
     * The same components with a record of how they were made.
     *
     * @param metadata names and values; copied
     * @return new components
     */
    public Components withMetadata(Map<String, String> metadata) {
        return new Components(matrix, bias, mean, format, Collections.unmodifiableMap(new LinkedHashMap<>(metadata)));
    }

    /**
     * How the components were made, as far as it is known.
     *
     * @return names and values; not to be modified
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The same components; sequences that nobody says the format of have this one. */
    Components withFormat(RNNFormat format) {
        return new Components(matrix, bias, mean, format, metadata);
    }

    private static void requireLength(INDArray vector, String what, String width, long length) {
        if (vector != null
                && (vector.rank() < 1
                        || vector.length() != length
                        || vector.size(vector.rank() - 1) != vector.length())) {
            throw new IllegalArgumentException("expected " + what + " of length " + width + " = " + length
                    + ", got shape " + Arrays.toString(vector.shape()));
        }
    }

    private static INDArray vector(INDArray values, DataType type) {
        return values == null
                ? null
                : values.castTo(type).reshape(values.length()).dup('c');
    }

    /**
     * The width of what is reduced.
     *
     * @return columns of Q
     */
    public long nIn() {
        return matrix.size(1);
    }

    /**
     * The number of components.
     *
     * @return rows of Q
     */
    public long nOut() {
        return matrix.size(0);
    }

    /**
     * The components, one a row.
     *
     * @return Q (nOut, nIn) in 'c' order; a copy
     */
    public INDArray matrix() {
        return matrix.dup('c');
    }

    /**
     * The bias that is added to the reduction.
     *
     * @return b, shape [nOut], Q's type, a copy; null where there is none
     */
    public INDArray bias() {
        return bias == null ? null : bias.dup();
    }

    /**
     * The mean that is taken off first.
     *
     * @return length nIn, shape [nIn], Q's type, a copy; null where there is none
     */
    public INDArray mean() {
        return mean == null ? null : mean.dup();
    }

    /**
     * Reduces: {@code z = (x - mean) Q^T + b}. Computed in DOUBLE where x or Q is DOUBLE, otherwise in FLOAT.
     *
     * @param x [batch, nIn] or [nIn]; not modified
     * @return [batch, nOut] or [nOut], of x's type, or Q's where x is no floating point array
     * @throws IllegalArgumentException if x has another shape
     */
    public INDArray transform(INDArray x) {
        return transform.apply(x);
    }

    /**
     * Reduces one vector, for serving: no ND4J call, sums in float64.
     *
     * @param x length nIn; not modified
     * @return length nOut
     * @throws IllegalArgumentException if x has another length
     */
    public float[] transform(float[] x) {
        return transform.apply(x);
    }

    /**
     * Goes back: the x nearest to the mean with {@code z = (x - mean) Q^T + b},
     * {@code x = (z - b) (Q Q^T)^-1 Q + mean}; for orthonormal components {@code (z - b) Q + mean}. The inverse is
     * computed once, in float64 from the QR factorisation of Q^T.
     *
     * @param z [batch, nOut] or [nOut]; not modified
     * @return [batch, nIn] or [nIn], of z's type; where z is no floating point array DOUBLE for a DOUBLE Q, else FLOAT
     * @throws IllegalArgumentException if z has another shape
     * @throws IllegalStateException if the components are linearly dependent
     */
    public INDArray inverseTransform(INDArray z) {
        return inverse().apply(z);
    }

    /**
     * Goes back from one reduced vector; see {@link #inverseTransform(INDArray)}.
     *
     * @param z length nOut; not modified
     * @return length nIn
     * @throws IllegalArgumentException if z has another length
     * @throws IllegalStateException if the components are linearly dependent
     */
    public float[] inverseTransform(float[] z) {
        return inverse().apply(z);
    }

    /**
     * How far the components are from orthonormal.
     *
     * @return {@code ||Q Q^T - I||_F}, measured in float64
     */
    public double orthonormalityError() {
        return Stiefel.orthonormalityError(matrix);
    }

    /**
     * The variance of data along the components, in one pass and O(nOut^2 + nIn) memory.
     *
     * @param data features [batch, nIn], or sequences with masks; reset first, where it can be. Sequences are in the
     *     format of the layer or of the fit that these components come from, else NCW, [batch, nIn, time]
     * @return variance, ratio and cumulative ratio of each component, adjusted for what earlier ones have counted
     * @throws IllegalArgumentException if the data have another width, fewer than two samples, or values that are NaN
     *         or infinite (the batch is named)
     * @throws IllegalStateException if the components are linearly dependent
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; its flag stays set
     */
    public ExplainedVariance explainedVariance(DataSetIterator data) {
        return explainedVariance(data, format);
    }

    /**
     * As {@link #explainedVariance(DataSetIterator)}, for sequences in either format.
     *
     * @param data features of rank 2, or of rank 3 in the given format
     * @param format of rank 3 features
     * @return the variances
     * @throws IllegalArgumentException as there
     * @throws IllegalStateException if the components are linearly dependent
     */
    public ExplainedVariance explainedVariance(DataSetIterator data, RNNFormat format) {
        return Workspaces.outside(() -> {
            SubspaceScores scores = SubspaceScores.of(basis().q(), Samples.of(data), format);
            INDArray covariance = scores.lowerCovariance();
            double[] variance = new double[(int) nOut()];
            for (int i = 0; i < variance.length; i++) {
                variance[i] = covariance.getDouble(i, i);
            }
            return new ExplainedVariance(variance, scores.totalVariance());
        });
    }

    /**
     * Other components of the same subspace: orthonormal, their scores on the data uncorrelated, by falling variance.
     * Training leaves this choice arbitrary; afterwards {@link #truncate} cuts where least is lost, and runs can be
     * compared. With the factorisation {@code Q^T = Y^T R}, Y orthonormal, and V the eigenvectors, in rows, of the
     * covariance of {@code x Y^T}, the result is {@code V Y}, with bias {@code b R^-1 V^T}: each new code is the old
     * one times {@code R^-1 V^T}. The mean is kept. Signs as in {@link PrincipalComponents}.
     *
     * @param data as in {@link #explainedVariance(DataSetIterator)}; one pass
     * @return new components in the same type
     * @throws IllegalArgumentException as there
     * @throws IllegalStateException if the components are linearly dependent
     */
    public Components rotatedToPrincipalAxes(DataSetIterator data) {
        return rotatedToPrincipalAxes(data, format);
    }

    /**
     * As {@link #rotatedToPrincipalAxes(DataSetIterator)}, for sequences in either format.
     *
     * @param data features of rank 2, or of rank 3 in the given format
     * @param format of rank 3 features
     * @return new components in the same type
     * @throws IllegalArgumentException as there
     * @throws IllegalStateException if the components are linearly dependent
     */
    public Components rotatedToPrincipalAxes(DataSetIterator data, RNNFormat format) {
        return Workspaces.outside(() -> {
            QRFactor y = basis();
            SubspaceScores scores = SubspaceScores.of(y.q(), Samples.of(data), format);
            INDArray v = SymmetricEigen.of(scores.lowerCovariance(), all -> (int) nOut())
                    .vectors();
            INDArray rotated = Products.of(v, y.q(), false);
            for (int i = 0; i < rotated.rows(); i++) {
                if (Signs.fix(rotated.getRow(i).toDoubleVector())) {
                    rotated.getRow(i).negi();
                    v.getRow(i).negi();
                }
            }
            INDArray b = bias == null
                    ? null
                    : Products.of(
                            Products.of(
                                    bias.castTo(DataType.DOUBLE).reshape(1, nOut()),
                                    UpperTriangle.inverse(y.r()),
                                    false),
                            v,
                            true);
            return of(rotated.castTo(matrix.dataType()), b)
                    .withMean(mean)
                    .withFormat(this.format)
                    .withMetadata(metadata);
        });
    }

    /**
     * The leading components.
     *
     * @param k how many, 1..nOut
     * @return the first k rows of Q, and entries of b; the mean is kept
     * @throws IllegalArgumentException if k is out of range
     */
    public Components truncate(int k) {
        if (k < 1 || k > nOut()) {
            throw new IllegalArgumentException("expected k in 1..nOut = " + nOut() + ", got " + k);
        }
        return of(
                        matrix.get(NDArrayIndex.interval(0, k), NDArrayIndex.all()),
                        bias == null ? null : bias.get(NDArrayIndex.interval(0, k)))
                .withMean(mean)
                .withFormat(format)
                .withMetadata(metadata);
    }

    /**
     * Saves, in Q's type, bit for bit. A file that is there is replaced atomically: a failure, or a killed process,
     * leaves the old one or the new one whole.
     *
     * <ul>
     *   <li>{@code .npy}: Q alone, for {@code numpy.load} or {@code torch.from_numpy}.
     *   <li>{@code .npz}: "components" and, where they are there, "bias" and "mean".
     *   <li>{@code .safetensors}: "linear.weight", "linear.bias", "mean", and the metadata, which the others leave out.
     * </ul>
     *
     * @param path on any file system, ending in one of these
     * @throws IOException if the file cannot be written; then the old one is as it was
     * @throws IllegalArgumentException for another ending, and for {@code .npy} where there is a bias or a mean
     */
    public void save(Path path) throws IOException {
        ComponentFiles.parts(this, path.toString()).save(path);
    }

    /**
     * As {@link #save(Path)}, to a stream, which is not closed.
     *
     * @param out where it goes
     * @param format "npy", "npz" or "safetensors"
     * @throws IOException if the stream fails
     * @throws IllegalArgumentException as there
     */
    public void save(OutputStream out, String format) throws IOException {
        ComponentFiles.parts(this, format).save(out, format);
    }

    /**
     * Loads what {@link #save(Path)}, NumPy or PyTorch has saved: float16, float32 or float64, little-endian. Names are
     * those of {@link ReductionFile}: a PyTorch module's "Q_reduced" or "linear.weight" is read too.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @return the components, in the type of the file
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException for another ending, and for content that is refused: corrupt or truncated, bytes
     *         left over, another shape, byte order or type, missing, duplicate or unknown names, unit length before or
     *         after, which components do not have; the message says what was expected and what came
     */
    public static Components load(Path path) throws IOException {
        return ComponentFiles.components(ReductionFile.load(path), path + ": ");
    }

    /**
     * Loads one matrix of a file that holds more than components, such as a PyTorch model's; see
     * {@link ReductionFile#load(Path, String)}.
     *
     * @param path on any file system, ending in {@code .npy}, {@code .npz} or {@code .safetensors}
     * @param name the matrix's, such as "reduction.Q_reduced"; where it ends in "weight", the array of the same name
     *         with "bias" in its place is the bias, if there is one
     * @return the components, in the type of the file
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException as there, and for a name that is not there
     */
    public static Components load(Path path, String name) throws IOException {
        return ComponentFiles.components(ReductionFile.load(path, name), path + ": ");
    }

    /**
     * As {@link #load(Path)}, from a stream, which is read to its end and not closed.
     *
     * @param in where it comes from
     * @param format "npy", "npz" or "safetensors"
     * @return the components
     * @throws IOException if the stream fails
     * @throws IllegalArgumentException as there
     */
    public static Components load(InputStream in, String format) throws IOException {
        return ComponentFiles.components(ReductionFile.load(in, format), "");
    }

    // ---- without ND4J ----

    /**
     * The same for serving without ND4J: in float32, with bias, mean and metadata. With FLOAT or HALF components
     *
     * <pre>|z_j - exact_j| &lt;= 2e-6 (||x - mean|| ||q_j|| + |b_j|)</pre>
     *
     * holds for {@link Reduction#apply(float[])}, as it says there, and against {@link #transform(float[])}. A DOUBLE
     * mean is rounded to float32 first, which adds {@code 6e-8 ||mean|| ||q_j||}.
     *
     * @return the reduction; its lengths are not brought to 1
     */
    public Reduction reduction() {
        return Reduction.of(ComponentFiles.parts(this));
    }

    /**
     * Components from a reduction that was loaded or made without ND4J: the way back from {@link #reduction()}.
     *
     * @param reduction with matrix, bias, mean and metadata
     * @return the components, FLOAT
     * @throws IllegalArgumentException if it brings vectors to unit length, which components do not
     */
    public static Components of(Reduction reduction) {
        return ComponentFiles.components(reduction.parts(), "");
    }

    /**
     * Saves an ONNX model that computes {@link #transform(INDArray)} in float32, in any ONNX runtime; see
     * {@link OnnxFile}.
     *
     * @param path on any file system; one that is there is replaced atomically
     * @throws IOException if the file cannot be written; then the old one is as it was
     */
    public void saveOnnx(Path path) throws IOException {
        OnnxFile.save(reduction(), path);
    }

    /**
     * Saves a Dense module of sentence-transformers into a model's folder, or alone; see {@link DenseFolder}.
     *
     * @param folder of a model, with {@code modules.json}; or one that is empty, not there, or holds a Dense module
     * @throws IOException if something cannot be read or written; then the model is as it was
     * @throws IllegalArgumentException as in {@link DenseFolder#save}
     */
    public void saveDense(Path folder) throws IOException {
        DenseFolder.save(reduction(), folder);
    }

    /**
     * Loads the last Dense module of a sentence-transformers model, or one that stands alone. Normalize modules beside
     * it are left to the model.
     *
     * @param folder of a model, with {@code modules.json}, or of a Dense module
     * @return the components with their bias, FLOAT
     * @throws IOException if something cannot be read
     * @throws IllegalArgumentException as in {@link DenseFolder#load}
     */
    public static Components loadDense(Path folder) throws IOException {
        return of(DenseFolder.load(folder).normalizing(false, false));
    }

    // ---- networks ----

    /**
     * What a layer of a network has learned: Q, {@code qf(W)} with {@link Orthonormality#PARAMETRIZATION}, and a
     * reduction's bias; of a DenseLayer with identity activation and no layer normalisation W^T and its bias. With
     * {@link Orthonormality#RETRACTION}, a Q that was moved off the manifold from outside comes back as the nearest
     * orthonormal matrix.
     *
     * @param net the network, not modified
     * @param layer index of the layer
     * @return a snapshot, in the network's type
     * @throws IllegalArgumentException if there is no such layer, or it is of another kind
     */
    public static Components of(MultiLayerNetwork net, int layer) {
        return NetworkLayer.of(net, layer).components();
    }

    /**
     * As {@link #of(MultiLayerNetwork, int)}, by the layer's name.
     *
     * @param net the network, not modified
     * @param layer name of the layer
     * @return a snapshot
     * @throws IllegalArgumentException if there is no such layer, or it is of another kind
     */
    public static Components of(MultiLayerNetwork net, String layer) {
        return NetworkLayer.of(net, layer).components();
    }

    /**
     * As {@link #of(MultiLayerNetwork, int)}, by the layer's name.
     *
     * @param net the network, not modified
     * @param layer name of the layer
     * @return a snapshot
     * @throws IllegalArgumentException if there is no such layer, or it is of another kind
     */
    public static Components of(ComputationGraph net, String layer) {
        return NetworkLayer.of(net, layer).components();
    }

    /**
     * Sets a layer's components, and its bias: {@code b - mean Q^T} of a layer that reduces (0 where these components
     * have neither), {@code mean - mean Q^T Q} of one that reconstructs (as it was where they have no mean). With
     * {@link Orthonormality#RETRACTION}, components that are not orthonormal become the nearest ones that are; with
     * {@link Orthonormality#PARAMETRIZATION} they become W, whose QR factor the layer uses.
     *
     * @param net the network, changed in place
     * @param layer index of a layer of the kinds that {@link #of(MultiLayerNetwork, int)} takes
     * @throws IllegalArgumentException if there is no such layer, its shape differs, or these components have a bias
     *     or a mean and the layer has no bias; {@code withMean(null)} leaves the mean out
     * @throws org.deeplearning4j.exception.DL4JException with RETRACTION, if the components are linearly dependent
     */
    public void copyTo(MultiLayerNetwork net, int layer) {
        NetworkLayer.of(net, layer).set(this);
    }

    /**
     * As {@link #copyTo(MultiLayerNetwork, int)}, by the layer's name.
     *
     * @param net the network, changed in place
     * @param layer name of the layer
     * @throws IllegalArgumentException as there
     */
    public void copyTo(MultiLayerNetwork net, String layer) {
        NetworkLayer.of(net, layer).set(this);
    }

    /**
     * As {@link #copyTo(MultiLayerNetwork, int)}, by the layer's name.
     *
     * @param net the network, changed in place
     * @param layer name of the layer
     * @throws IllegalArgumentException as there
     */
    public void copyTo(ComputationGraph net, String layer) {
        NetworkLayer.of(net, layer).set(this);
    }

    /**
     * A network that puts out the same without this library: every {@link QRReductionLayer} becomes a DenseLayer,
     * every {@link QRReconstructionLayer} two; sequences are turned into rows and back by DL4J's preprocessors, which
     * takes one ActivationLayer more where such a layer is the last. Parameters, preprocessors, data type and frozen
     * layers are kept. Of what only training uses, the replaced layers keep updater, dropout and gradient
     * normalisation; regularisation, constraints, weight noise and the updater's state are not kept.
     *
     * <p>A loss of this library becomes {@code LossMSE}, which changes nothing of what the network puts out. What is
     * baked is what {@code output} computes with: {@link QRReductionLayer#restore(MultiLayerNetwork)} comes first where
     * parameters were set from outside.
     *
     * <p>Whether a layer reads rows or sequences is taken from the network's InputType; without one from the layers
     * around it, and where these do not say it either, it is taken for rows. The result is run against the original on
     * made-up input before it is returned, where such input can be made up (rows and sequences of numbers).
     *
     * @param net the network, not modified
     * @return a new network of stock layers only
     * @throws IllegalArgumentException if a layer of this library stands inside a wrapper other than a frozen layer,
     *     or if only an InputType could tell rows from sequences
     */
    public static MultiLayerNetwork bake(MultiLayerNetwork net) {
        return Baking.bake(net);
    }

    /**
     * As {@link #bake(MultiLayerNetwork)}. What other vertices read keeps its name; what comes before it within the
     * replacement of a layer "x" is named "x-components" and "x-reconstruction", with a number where the graph has such
     * a name.
     *
     * @param net the network, not modified
     * @return a new network of stock layers and vertices only
     * @throws IllegalArgumentException as there
     */
    public static ComputationGraph bake(ComputationGraph net) {
        return Baking.bake(net);
    }

    /** Q^T = Y^T R in DOUBLE. Racing threads compute the same. */
    private QRFactor basis() {
        QRFactor f = factor;
        if (f == null) {
            f = Workspaces.outside(() -> QRFactor.of(matrix.castTo(DataType.DOUBLE)));
            double epsilon = matrix.dataType() == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1.0f);
            if (!(f.smallestSine() >= epsilon * Math.sqrt((double) nIn()))) {
                throw new IllegalStateException("expected linearly independent components, got one whose angle to those"
                        + " before it has a sine of " + f.smallestSine());
            }
            factor = f;
        }
        return f;
    }

    private Affine inverse() {
        Affine a = inverse;
        if (a == null) {
            QRFactor y = basis();
            DataType type = matrix.dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
            INDArray back = Workspaces.outside(() ->
                    Products.of(UpperTriangle.inverse(y.r()), y.q(), false).castTo(type));
            a = new Affine(back, false, bias, mean, "z", "nOut");
            inverse = a;
        }
        return a;
    }

    /** Same shapes, types and values, bit for bit; NaN equals NaN. */
    @Override
    public boolean equals(Object o) {
        return o instanceof Components other
                && matrix.dataType() == other.matrix.dataType()
                && Arrays.equals(matrix.shape(), other.matrix.shape())
                && sameValues(matrix, other.matrix)
                && sameValues(bias, other.bias)
                && sameValues(mean, other.mean);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {
            matrix.dataType().hashCode(), Arrays.hashCode(matrix.shape()), values(matrix), values(bias), values(mean)
        });
    }

    private static boolean sameValues(INDArray a, INDArray b) {
        if (a == null || b == null) {
            return a == null && b == null;
        }
        return Arrays.equals(a.ravel().toDoubleVector(), b.ravel().toDoubleVector());
    }

    private static int values(INDArray a) {
        return a == null ? 0 : Arrays.hashCode(a.ravel().toDoubleVector());
    }

    @Override
    public String toString() {
        return "Components(nOut=" + nOut() + ", nIn=" + nIn() + ", " + matrix.dataType()
                + (bias == null ? "" : ", with bias") + (mean == null ? "" : ", with mean") + ")";
    }
}
