package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.vectors.TensorFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Objects;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Count, mean and Gram matrix of a part of the data: what {@link PrincipalComponents} need to know of it, so that a
 * cluster may share the pass over the data. Each machine {@linkplain #of takes} the moments of its part, moments are
 * {@linkplain #merge merged} in pairs, and one machine {@linkplain #principalComponents(long) decomposes} the whole.
 * Moments can also be {@linkplain #save(Path) saved}, and samples added later. Components about zero come from the same
 * moments, by {@link PrincipalComponentsFitter#fit(SampleMoments, long)}.
 *
 * <p>The Gram matrix is {@code sum_i (x_i - mean)^T (x_i - mean)} in float64. Sums are taken natively; in between, only
 * its lower triangle is kept, n (n + 1) / 2 numbers in one Java array a column: no native memory, half the bytes on the
 * wire, and any serializer can carry it. The merge is that of pooled moments (Chan, Golub, LeVeque 1979, <i>Updating
 * formulae and a pairwise algorithm for computing sample variances</i>). Not safe for concurrent use.
 */
public final class SampleMoments implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String FILE_FORMAT = "safetensors";

    private long count;
    /** A point near the mean, so that the mean itself can be small: no digits are lost where it is large. */
    private double[] shift;

    private double[] shiftedMean;
    /** Column j holds the entries (j, j), (j + 1, j), .. */
    private double[][] gram;
    /** Whether samples were taken from sequences [batch, time, nIn]. */
    private final boolean nwc;

    private SampleMoments(long count, double[] shift, double[] shiftedMean, double[][] gram, RNNFormat format) {
        this.nwc = format == RNNFormat.NWC;
        this.count = count;
        this.shift = shift;
        this.shiftedMean = shiftedMean;
        this.gram = gram;
    }

    /**
     * Takes the moments of batches, in one pass and O(nIn^2) memory, native memory too.
     *
     * @param batches features [batch, nIn], or sequences of rank 3, with or without masks; any numeric type; not
     *     modified. A batch may be overwritten once the next one is asked for
     * @param format of rank 3 features
     * @return the moments; of no samples and no columns where there is no batch
     * @throws IllegalArgumentException as {@link PrincipalComponents} throw: for NaN and infinite values (batch, sample
     *     and column are named, from 0), a width that changes, and a covariance larger than this machine's memory
     */
    public static SampleMoments of(Iterator<DataSet> batches, RNNFormat format) {
        Objects.requireNonNull(format, "format");
        return Workspaces.outside(() -> {
            CovarianceAccumulator[] accumulator = {null};
            SampleBlocks blocks = new SampleBlocks(format, block -> {
                if (accumulator[0] == null) {
                    CovarianceMemory.require(block.columns());
                    accumulator[0] = new CovarianceAccumulator(block.columns());
                }
                accumulator[0].addOverwriting(block);
            });
            while (batches.hasNext()) {
                DataSet batch = batches.next();
                blocks.requireBatch(batch);
                blocks.add(batch.getFeatures(), batch.getFeaturesMaskArray());
            }
            blocks.finish();
            return accumulator[0] == null
                    ? new SampleMoments(0, new double[0], new double[0], new double[0][], format)
                    : accumulator[0].moments(format);
        });
    }

    /** Moments out of their native form; the arrays are not copied. */
    static SampleMoments of(long count, INDArray shift, INDArray shiftedMean, INDArray gram, RNNFormat format) {
        double[][] columns = new double[gram.columns()][];
        for (int j = 0; j < columns.length; j++) {
            columns[j] = lowerColumn(gram, j).toDoubleVector();
        }
        return new SampleMoments(count, shift.toDoubleVector(), shiftedMean.toDoubleVector(), columns, format);
    }

    private static INDArray lowerColumn(INDArray matrix, int j) {
        return matrix.get(NDArrayIndex.interval(j, matrix.rows()), NDArrayIndex.point(j));
    }

    /**
     * The number of samples.
     *
     * @return 0 or more
     */
    public long count() {
        return count;
    }

    /**
     * The width of the samples.
     *
     * @return nIn; 0 where there were no samples
     */
    public int columns() {
        return shift.length;
    }

    /**
     * Adds all samples that others have seen.
     *
     * @param other moments of another part of the data; not modified
     * @throws IllegalArgumentException if both have samples and their widths differ
     */
    public void merge(SampleMoments other) {
        if (other.count == 0) {
            return;
        }
        if (count == 0) {
            count = other.count;
            shift = other.shift.clone();
            shiftedMean = other.shiftedMean.clone();
            gram = Arrays.stream(other.gram).map(double[]::clone).toArray(double[][]::new);
            return;
        }
        if (other.columns() != columns()) {
            throw new IllegalArgumentException("expected nIn = " + columns() + ", as in another part of the data, got "
                    + "nIn = " + other.columns());
        }
        double share = other.count / (double) (count + other.count);
        double weight = count * share;
        double[] difference = new double[columns()];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = other.shift[i] - shift[i] + other.shiftedMean[i] - shiftedMean[i];
            shiftedMean[i] += share * difference[i];
        }
        for (int j = 0; j < difference.length; j++) {
            double[] column = gram[j];
            double[] otherColumn = other.gram[j];
            double factor = weight * difference[j];
            for (int i = 0; i < column.length; i++) {
                column[i] += otherColumn[i] + factor * difference[j + i];
            }
        }
        count += other.count;
    }

    /**
     * Saves, so that samples that come later can be added: {@link #load}, {@link #merge}. The file is a .safetensors
     * file of float64 numbers, 4 nIn^2 bytes, with a checksum; one that is there is replaced atomically.
     *
     * @param path on any file system, ending in {@code .safetensors}
     * @throws IOException if the file cannot be written; then the old one is as it was
     * @throws IllegalArgumentException for another ending
     */
    public void save(Path path) throws IOException {
        if (!path.toString().toLowerCase(Locale.ROOT).endsWith("." + FILE_FORMAT)) {
            throw new IllegalArgumentException(path + ": expected a path that ends in .safetensors");
        }
        file().save(path);
    }

    /**
     * As {@link #save(Path)}, to a stream, which is not closed.
     *
     * @param out where it goes
     * @throws IOException if the stream fails
     */
    public void save(OutputStream out) throws IOException {
        file().save(out, FILE_FORMAT);
    }

    private TensorFile file() {
        return SampleMomentsFile.write(new SampleMomentsFile.Content(count, shift, shiftedMean, gram, nwc));
    }

    /**
     * Loads what {@link #save(Path)} has saved.
     *
     * @param path on any file system, ending in {@code .safetensors}
     * @return the moments
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException for a file that is damaged, or holds something else; the message says what was
     *     expected and what came
     */
    public static SampleMoments load(Path path) throws IOException {
        return of(SampleMomentsFile.read(TensorFile.load(path), path + ": "));
    }

    /**
     * As {@link #load(Path)}, from a stream, which is read to its end and not closed.
     *
     * @param in where it comes from
     * @return the moments
     * @throws IOException if the stream fails
     * @throws IllegalArgumentException as there
     */
    public static SampleMoments load(InputStream in) throws IOException {
        return of(SampleMomentsFile.read(TensorFile.load(in, FILE_FORMAT), ""));
    }

    private static SampleMoments of(SampleMomentsFile.Content content) {
        return new SampleMoments(
                content.count(),
                content.shift(),
                content.shiftedMean(),
                content.gram(),
                content.nwc() ? RNNFormat.NWC : RNNFormat.NCW);
    }

    /**
     * The k principal components of all samples.
     *
     * @param k number of components, 1..nIn
     * @return the components, as {@link PrincipalComponents#fit(INDArray, long)} finds them in the whole data
     * @throws IllegalArgumentException for fewer than two samples, a k out of range, and values whose squares overflow
     */
    public PrincipalComponents principalComponents(long k) {
        return principalComponents(ComponentCount.of(k), true, false);
    }

    /**
     * The smallest number of principal components of all samples that reaches a share of the variance.
     *
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for fewer than two samples, another share, and values whose squares overflow
     */
    public PrincipalComponents principalComponentsForVariance(double shareOfVariance) {
        return principalComponents(ComponentCount.forVariance(shareOfVariance), true, false);
    }

    PrincipalComponents principalComponents(ComponentCount k, boolean centred, boolean all) {
        if (count < 2) {
            throw Samples.tooFew(count);
        }
        k.requireAtMost(columns());
        return Workspaces.outside(() -> new PrincipalComponents(
                Decomposition.of(lowerMoments(centred), k, all),
                centred ? Nd4j.createFromArray(mean()) : null,
                count,
                format()));
    }

    RNNFormat format() {
        return nwc ? RNNFormat.NWC : RNNFormat.NCW;
    }

    private double[] mean() {
        double[] mean = new double[columns()];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = shift[i] + shiftedMean[i];
        }
        return mean;
    }

    /** The covariance, or the second moments about zero, as {@link CovarianceAccumulator} gives them. */
    private INDArray lowerMoments(boolean centred) {
        int n = columns();
        double[] mean = mean();
        INDArray moments = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', n, n);
        for (int j = 0; j < n; j++) {
            double[] column = gram[j].clone();
            for (int i = 0; !centred && i < column.length; i++) {
                column[i] += count * mean[j] * mean[j + i];
            }
            CovarianceAccumulator.requireFiniteSum(column[0], j);
            lowerColumn(moments, j).assign(Nd4j.createFromArray(column));
        }
        return moments.divi(centred ? count - 1 : count);
    }
}
