package io.github.qrreduction.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Writes a {@link ComponentsTransformer}: Spark's metadata, and beside it one row a component. */
final class ComponentsWriter extends MLWriter {
    /** The folder's name is that of Spark's own models. */
    static final String DATA = "data";

    static final StructType SCHEMA = new StructType()
            .add("index", DataTypes.IntegerType)
            .add("component", SQLDataTypes.VectorType())
            .add("bias", DataTypes.DoubleType)
            .add("type", DataTypes.StringType)
            // In the first row, where there is one; stages saved before there were means lack the column.
            .add("mean", SQLDataTypes.VectorType())
            // In the first row too, where there are any; it came later still.
            .add("metadata", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType));

    private static final long serialVersionUID = 1L;

    private final ComponentsTransformer stage;
    private final MLWriter metadata;

    ComponentsWriter(ComponentsTransformer stage, MLWriter metadata) {
        this.stage = stage;
        this.metadata = metadata;
    }

    @Override
    public void saveImpl(String path) {
        ComponentsForm form = stage.form();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < form.nOut(); i++) {
            rows.add(RowFactory.create(
                    i,
                    Vectors.dense(form.row(i)),
                    form.bias(i),
                    form.type().name(),
                    i == 0 && form.mean() != null ? Vectors.dense(form.mean()) : null,
                    i == 0 && !form.metadata().isEmpty() ? form.metadata() : null));
        }
        try {
            metadata.session(sparkSession()).save(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sparkSession().createDataFrame(rows, SCHEMA).repartition(1).write().parquet(path + "/" + DATA);
    }
}
