package io.github.qrreduction.spark;

import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.SampleMoments;
import java.util.Iterator;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.Vector;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.dataset.DataSet;

/**
 * {@link PrincipalComponents} of data that lie on a cluster, in one pass.
 *
 * <p>Each partition is summed natively where it lies; counts, means and the lower triangles of the Gram matrices are
 * then merged over a tree of tasks, and the driver decomposes the one result. The tree has a fixed order, so the result
 * does not depend on which task ends first, nor on tasks that were lost and run again; to rounding, it does not depend
 * on the partitions either, and equals that of the local fit.
 *
 * <p>Memory, with n columns: native memory 16 n^2 bytes and a block of 16 MB for each task that runs in the first
 * stage; in the stages after it, a heap of 24 n^2 bytes for each task, up to five triangles and one on the wire; on the
 * driver 8 n^2 bytes of heap and 16 n^2 of native memory. The decomposition is that of the local fit: 4/3 n^3
 * operations, or far fewer for few components of more than 2048 columns. At most {@value MomentsTree#MAX_COLUMNS}
 * columns; beyond 16000 set {@code spark.driver.maxResultSize} above its default of 1 GB.
 *
 * <p>Refused, with an {@link IllegalArgumentException} that Spark wraps into a SparkException: what
 * {@link PrincipalComponents} refuse, naming partition, sample or row, and column or entry, all from 0.
 */
public final class SparkPrincipalComponents {
    private static final int ANY_SIZE = -1;

    private SparkPrincipalComponents() {}

    /**
     * Fits k components to the features of batches.
     *
     * @param data features of rank 2, or of rank 3 in NCW format; with or without masks
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for a k out of range, and fewer than two samples
     */
    public static PrincipalComponents fit(JavaRDD<DataSet> data, long k) {
        return fit(data, RNNFormat.NCW, k);
    }

    /**
     * Fits the smallest number of components that reaches a share of the variance of the features of batches.
     *
     * @param data features of rank 2, or of rank 3 in NCW format; with or without masks
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for a share out of range, and fewer than two samples
     */
    public static PrincipalComponents fitForVariance(JavaRDD<DataSet> data, double shareOfVariance) {
        return fitForVariance(data, RNNFormat.NCW, shareOfVariance);
    }

    /**
     * As {@link #fit(JavaRDD, long)}, for sequences in either format.
     *
     * @param data features of rank 2, or of rank 3 in the given format
     * @param format of rank 3 features
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for a k out of range, and fewer than two samples
     */
    public static PrincipalComponents fit(JavaRDD<DataSet> data, RNNFormat format, long k) {
        requireK(k);
        return moments(data, format).principalComponents(k);
    }

    /**
     * As {@link #fitForVariance(JavaRDD, double)}, for sequences in either format.
     *
     * @param data features of rank 2, or of rank 3 in the given format
     * @param format of rank 3 features
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for a share out of range, and fewer than two samples
     */
    public static PrincipalComponents fitForVariance(JavaRDD<DataSet> data, RNNFormat format, double shareOfVariance) {
        requireShare(shareOfVariance);
        return moments(data, format).principalComponentsForVariance(shareOfVariance);
    }

    /**
     * Fits k components to vectors of Spark ML, dense or sparse.
     *
     * @param data vectors of one size, none null
     * @param k number of components, 1..nIn
     * @return the components
     * @throws IllegalArgumentException for a k out of range, and fewer than two vectors
     */
    public static PrincipalComponents fitVectors(JavaRDD<Vector> data, long k) {
        requireK(k);
        return momentsOfVectors(data).principalComponents(k);
    }

    /**
     * Fits the smallest number of components that reaches a share of the variance of vectors of Spark ML, dense or
     * sparse.
     *
     * @param data vectors of one size, none null
     * @param shareOfVariance in (0, 1]
     * @return the components
     * @throws IllegalArgumentException for a share out of range, and fewer than two vectors
     */
    public static PrincipalComponents fitVectorsForVariance(JavaRDD<Vector> data, double shareOfVariance) {
        requireShare(shareOfVariance);
        return momentsOfVectors(data).principalComponentsForVariance(shareOfVariance);
    }

    /** What else is known of vectors before any task runs is whether k can be right at all. */
    private static void requireK(long k) {
        if (k < 1) {
            throw new IllegalArgumentException("expected k of at least 1, got " + k);
        }
    }

    private static void requireShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("expected a share of variance in (0, 1], got " + share);
        }
    }

    /**
     * The moments of the features of batches: to be saved and added to, or for components about zero by
     * {@link io.github.qrreduction.PrincipalComponentsFitter#fit(SampleMoments, long)}.
     *
     * @param data features of rank 2, or of rank 3 in the given format
     * @param format of rank 3 features
     * @return the moments of all samples
     */
    public static SampleMoments moments(JavaRDD<DataSet> data, RNNFormat format) {
        Objects.requireNonNull(format, "format");
        return MomentsTree.reduce(data, "", batches -> SampleMoments.of(new NarrowBatches(batches, format), format));
    }

    /**
     * The moments of vectors of Spark ML, as {@link #moments(JavaRDD, RNNFormat)}.
     *
     * @param data vectors of one size, none null
     * @return the moments of all vectors
     */
    public static SampleMoments momentsOfVectors(JavaRDD<Vector> data) {
        return MomentsTree.reduce(data, "", vectors -> sum(vectors, ANY_SIZE, HandleInvalid.ERROR, ""));
    }

    /** The moments of a column, which errors name. */
    static SampleMoments moments(JavaRDD<Vector> data, int size, HandleInvalid handleInvalid, String column) {
        return MomentsTree.reduce(
                data,
                "column \"" + column + "\", ",
                vectors -> sum(vectors, size, handleInvalid, HandleInvalid.ADVICE));
    }

    private static SampleMoments sum(Iterator<Vector> vectors, int size, HandleInvalid handleInvalid, String advice) {
        try (VectorBatches batches = new VectorBatches(vectors, size, handleInvalid, advice)) {
            return SampleMoments.of(batches, RNNFormat.NCW);
        }
    }
}
