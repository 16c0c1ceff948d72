package io.github.qrreduction.spark;

import io.github.qrreduction.Components;
import java.io.IOException;
import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A stage of Spark ML that reduces a column of vectors: {@code z = (x - mean) Q^T + b} with {@link Components}, as
 * {@link Components#transform(org.nd4j.linalg.api.ndarray.INDArray)} computes it, in float64.
 *
 * <p>Parameters: {@code inputCol} and {@code outputCol}, which must be set; {@code handleInvalid}, what becomes of rows
 * whose vector is null, of another size than nIn, or has entries that are NaN or infinite: {@code "error"} (the
 * default; names column, partition, row and entry, from 0), {@code "skip"} (the row is left out), {@code "keep"} (the
 * output is a vector of nOut NaN). Vectors may be dense or sparse; the output's are dense, and its schema knows their
 * size.
 *
 * <p>Rows are taken in batches of up to 1024, one native matrix product each; the components go to each executor once.
 * Works in a Pipeline. Saved with its parameters, the components as a Parquet file of one component a row.
 *
 * <p>{@link PrincipalComponentsEstimator} makes one from a DataFrame.
 */
public final class ComponentsTransformer extends Model<ComponentsTransformer> implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final VectorColumns columns;
    private ComponentsForm form;

    /**
     * A stage with the given components.
     *
     * @param components what rows are reduced by
     */
    public ComponentsTransformer(Components components) {
        this(Identifiable$.MODULE$.randomUID("components"), ComponentsForm.of(components));
    }

    /**
     * For Spark, which sets the parameters of a stage that it loads: a stage without components.
     *
     * @param uid name of the instance
     */
    public ComponentsTransformer(String uid) {
        this(uid, null);
    }

    ComponentsTransformer(String uid, ComponentsForm form) {
        this.uid = uid;
        this.form = form;
        this.columns = new VectorColumns(this);
        setDefault(columns.handleInvalid, HandleInvalid.ERROR.word());
    }

    @Override
    public String uid() {
        return uid;
    }

    /**
     * The components.
     *
     * @return in the type that they were given in
     */
    public Components components() {
        return form().components();
    }

    ComponentsForm form() {
        if (form == null) {
            throw new IllegalStateException(uid + ": expected components, got none; use new"
                    + " ComponentsTransformer(Components) or ComponentsTransformer.load(String)");
        }
        return form;
    }

    void setForm(ComponentsForm form) {
        this.form = form;
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
     * Parameter: the column that is added.
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
     * The column of vectors.
     *
     * @return its name
     */
    public String getInputCol() {
        return columns.in();
    }

    /**
     * The column that is added.
     *
     * @return its name
     */
    public String getOutputCol() {
        return columns.out();
    }

    /**
     * What becomes of bad vectors.
     *
     * @return "error", "skip" or "keep"
     */
    public String getHandleInvalid() {
        return columns.invalid().word();
    }

    /**
     * Sets the column of vectors.
     *
     * @param name of a column of vectors
     * @return this
     */
    public ComponentsTransformer setInputCol(String name) {
        set(columns.inputCol, name);
        return this;
    }

    /**
     * Sets the column that is added.
     *
     * @param name not yet a column
     * @return this
     */
    public ComponentsTransformer setOutputCol(String name) {
        set(columns.outputCol, name);
        return this;
    }

    /**
     * Sets what becomes of bad vectors.
     *
     * @param what "error", "skip" or "keep"
     * @return this
     */
    public ComponentsTransformer setHandleInvalid(String what) {
        set(columns.handleInvalid, what);
        return this;
    }

    /**
     * Adds the column of reduced vectors.
     *
     * @param dataset with a column of vectors
     * @return the dataset with one column more
     * @throws IllegalArgumentException as {@link #transformSchema}
     */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema());
        JavaSparkContext context =
                JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext());
        BatchTransform function = new BatchTransform(
                context.broadcast(form()), columns.indexOfInput(dataset.schema()), columns.in(), columns.invalid());
        Dataset<Row> reduced = dataset.toDF().mapPartitions(function, Encoders.row(schema));
        // An encoder forgets the columns' metadata, the sizes of vectors among it. One projection for all of them: each
        // one is analysed with all that it stands on.
        return reduced.select(Arrays.stream(schema.fields())
                .map(field -> VectorColumns.column(field.name()).as(field.name(), field.metadata()))
                .toArray(Column[]::new));
    }

    /**
     * Checks a schema.
     *
     * @param schema of the input
     * @return the schema with the output column, which knows its size
     * @throws IllegalArgumentException if the input column is missing, holds no vectors, or vectors of another size, or
     *     if the output column exists
     */
    @Override
    public StructType transformSchema(StructType schema) {
        return columns.transform(schema, form().nIn(), form().nOut());
    }

    @Override
    public ComponentsTransformer copy(ParamMap extra) {
        ComponentsTransformer copy = copyValues(new ComponentsTransformer(uid, form), extra);
        return hasParent() ? copy.setParent(parent()) : copy;
    }

    @Override
    public MLWriter write() {
        return new ComponentsWriter(this, DefaultParamsWritable.super.write());
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
    public static MLReader<ComponentsTransformer> read() {
        return new ComponentsReader();
    }

    /**
     * Loads what {@link #save} has saved.
     *
     * @param path a folder
     * @return the stage
     */
    public static ComponentsTransformer load(String path) {
        return read().load(path);
    }

    @Override
    public String toString() {
        return "ComponentsTransformer: uid=" + uid
                + (form == null ? "" : ", nIn=" + form.nIn() + ", nOut=" + form.nOut());
    }
}
