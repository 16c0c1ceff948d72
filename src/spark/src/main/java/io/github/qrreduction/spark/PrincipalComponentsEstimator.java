package io.github.qrreduction.spark;

import io.github.qrreduction.Components;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.SampleMoments;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fits {@link PrincipalComponents} to a column of vectors, in one pass ({@link SparkPrincipalComponents}), and gives a
 * {@link ComponentsTransformer}.
 *
 * <p>Parameters: {@code inputCol} and {@code outputCol}; one of {@code k}, the number of components, and
 * {@code shareOfVariance}, which the smallest number of components reaches; {@code center}, whether the mean is
 * subtracted, as {@link PrincipalComponents#transform(INDArray)} does (the default) and Spark's own PCA does not;
 * {@code handleInvalid} as in {@link ComponentsTransformer}: with {@code "skip"} and {@code "keep"}, bad vectors are
 * left out of the fit. The size is that which the schema knows, or of the first vector that is not null.
 *
 * <p>The shares of the variance are in the metadata of the stage's {@link ComponentsTransformer#components()}, under
 * {@code explainedVarianceRatio}: numbers with commas between them.
 */
public final class PrincipalComponentsEstimator extends Estimator<ComponentsTransformer>
        implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final VectorColumns columns;
    private final IntParam k;
    private final DoubleParam shareOfVariance;
    private final BooleanParam center;

    /** An estimator without columns and number of components yet. */
    public PrincipalComponentsEstimator() {
        this(Identifiable$.MODULE$.randomUID("principal-components"));
    }

    /**
     * For Spark, which sets the parameters of a stage that it loads.
     *
     * @param uid name of the instance
     */
    public PrincipalComponentsEstimator(String uid) {
        this.uid = uid;
        this.columns = new VectorColumns(this);
        this.k = new IntParam(this, "k", "number of components, at least 1", ParamValidators.gtEq(1));
        this.shareOfVariance = new DoubleParam(
                this,
                "shareOfVariance",
                "share of the variance, in (0, 1]: the smallest number of components that reaches it is kept",
                ParamValidators.inRange(0, 1, false, true));
        this.center = new BooleanParam(this, "center", "whether the mean is taken off before the reduction");
        setDefault(columns.handleInvalid, HandleInvalid.ERROR.word());
        setDefault(center, true);
    }

    @Override
    public String uid() {
        return uid;
    }

    /**
     * Parameter: the column of vectors.
     *
     * @return the parameter; no default
     */
    public Param<String> inputCol() {
        return columns.inputCol;
    }

    /**
     * Parameter: the column that the transformer adds.
     *
     * @return the parameter; no default
     */
    public Param<String> outputCol() {
        return columns.outputCol;
    }

    /**
     * Parameter: what becomes of bad vectors.
     *
     * @return the parameter; "error" by default
     */
    public Param<String> handleInvalid() {
        return columns.handleInvalid;
    }

    /**
     * Parameter: the number of components.
     *
     * @return the parameter; no default
     */
    public IntParam k() {
        return k;
    }

    /**
     * Parameter: the share of variance to reach.
     *
     * @return the parameter; no default
     */
    public DoubleParam shareOfVariance() {
        return shareOfVariance;
    }

    /**
     * Parameter: whether the mean is taken off.
     *
     * @return the parameter; true by default
     */
    public BooleanParam center() {
        return center;
    }

    /**
     * Sets the column of vectors.
     *
     * @param name of a column of vectors
     * @return this
     */
    public PrincipalComponentsEstimator setInputCol(String name) {
        set(columns.inputCol, name);
        return this;
    }

    /**
     * Sets the column that the transformer adds.
     *
     * @param name not yet a column
     * @return this
     */
    public PrincipalComponentsEstimator setOutputCol(String name) {
        set(columns.outputCol, name);
        return this;
    }

    /**
     * Sets what becomes of bad vectors.
     *
     * @param what "error", "skip" or "keep"
     * @return this
     */
    public PrincipalComponentsEstimator setHandleInvalid(String what) {
        set(columns.handleInvalid, what);
        return this;
    }

    /**
     * Sets the number of components.
     *
     * @param number 1..nIn
     * @return this
     */
    public PrincipalComponentsEstimator setK(int number) {
        set(k, number);
        return this;
    }

    /**
     * Sets the share of variance to reach.
     *
     * @param share in (0, 1]
     * @return this
     */
    public PrincipalComponentsEstimator setShareOfVariance(double share) {
        set(shareOfVariance, share);
        return this;
    }

    /**
     * Sets whether the mean is taken off.
     *
     * @param taken true for {@code (x - mean) Q^T}, false for {@code x Q^T}
     * @return this
     */
    public PrincipalComponentsEstimator setCenter(boolean taken) {
        set(center, taken);
        return this;
    }

    /**
     * Fits components to the column of vectors.
     *
     * @param dataset with a column of vectors
     * @return a stage with these components and this stage's columns
     * @throws IllegalArgumentException as {@link #transformSchema}, and as {@link SparkPrincipalComponents}
     */
    @Override
    public ComponentsTransformer fit(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        HandleInvalid invalid = columns.invalid();
        String name = dataset.schema().fieldNames()[columns.indexOfInput(dataset.schema())];
        // By another name: what looks for nulls takes names apart at dots.
        Dataset<Row> column = dataset.select(VectorColumns.column(name).as("vector"));
        JavaRDD<Vector> vectors = column.toJavaRDD().map(row -> row.getAs(0));
        int size = columns.sizeOf(dataset.schema());
        if (size < 0 && invalid != HandleInvalid.ERROR) {
            // Else a first vector of the wrong size would have all good ones left out.
            size = firstSize(column);
        }
        PrincipalComponents fitted = decompose(SparkPrincipalComponents.moments(vectors, size, invalid, name));
        String ratios = Arrays.toString(fitted.explainedVarianceRatio());
        Components components = fitted.components()
                .withMetadata(Map.of("explainedVarianceRatio", ratios.substring(1, ratios.length() - 1)));
        if (!(Boolean) getOrDefault(center)) {
            components = components.withMean(null);
        }
        ComponentsTransformer stage = new ComponentsTransformer(uid, ComponentsForm.of(components));
        return copyValues(stage, ParamMap.empty()).setParent(this);
    }

    private PrincipalComponents decompose(SampleMoments moments) {
        try {
            return isDefined(k)
                    ? moments.principalComponents((Integer) getOrDefault(k))
                    : moments.principalComponentsForVariance((Double) getOrDefault(shareOfVariance));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(uid + ": column \"" + columns.in() + "\": " + e.getMessage(), e);
        }
    }

    /** Negative where all are null. */
    private static int firstSize(Dataset<Row> column) {
        List<Row> first = column.na().drop().takeAsList(1);
        return first.isEmpty() ? -1 : first.get(0).<Vector>getAs(0).size();
    }

    /**
     * Checks a schema.
     *
     * @param schema of the input
     * @return the schema with the output column, which knows its size where k is set
     * @throws IllegalArgumentException if the input column is missing or holds no vectors, if the output column exists,
     *     if k is larger than the size that the schema knows, or if not one of k and shareOfVariance is set
     */
    @Override
    public StructType transformSchema(StructType schema) {
        if (isDefined(k) == isDefined(shareOfVariance)) {
            throw new IllegalArgumentException(
                    uid + ": expected one of k and shareOfVariance to be set, got " + (isDefined(k) ? "both" : "none"));
        }
        int size = columns.sizeOf(schema);
        int number = isDefined(k) ? (Integer) getOrDefault(k) : -1;
        if (size >= 0 && number > size) {
            throw new IllegalArgumentException(uid + ": expected k of at most " + size + ", the size of the vectors in"
                    + " column \"" + columns.in() + "\", got " + number);
        }
        return columns.transform(schema, -1, number);
    }

    @Override
    public PrincipalComponentsEstimator copy(ParamMap extra) {
        return copyValues(new PrincipalComponentsEstimator(uid), extra);
    }

    @Override
    public MLWriter write() {
        return DefaultParamsWritable.super.write();
    }

    @Override
    public void save(String path) throws IOException {
        write().save(path);
    }

    /**
     * Reads what {@link #write} has written; Spark calls it for the stages of a pipeline.
     *
     * @return a reader
     */
    public static MLReader<PrincipalComponentsEstimator> read() {
        return new StageReader<>(PrincipalComponentsEstimator.class, PrincipalComponentsEstimator::new);
    }

    /**
     * Loads what {@link #save} has saved.
     *
     * @param path a folder
     * @return the stage
     */
    public static PrincipalComponentsEstimator load(String path) {
        return read().load(path);
    }
}
