package io.github.qrreduction.spark;

import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Row;
import org.nd4j.linalg.api.buffer.DataType;

/** Reads what {@link ComponentsWriter} has written. */
final class ComponentsReader extends MLReader<ComponentsTransformer> {
    private static final long serialVersionUID = 1L;

    @Override
    public ComponentsTransformer load(String path) {
        ComponentsTransformer stage = new StageReader<>(ComponentsTransformer.class, ComponentsTransformer::new)
                .session(sparkSession())
                .load(path);
        String data = path + "/" + ComponentsWriter.DATA;
        List<Row> rows = sparkSession()
                .read()
                .schema(ComponentsWriter.SCHEMA)
                .parquet(data)
                .orderBy("index")
                .collectAsList();
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(data + ": expected a row for each component, got none");
        }
        double[][] components = new double[rows.size()][];
        double[] bias = rows.get(0).isNullAt(2) ? null : new double[components.length];
        for (int i = 0; i < components.length; i++) {
            components[i] = rows.get(i).<Vector>getAs(1).toArray();
            if (bias != null) {
                bias[i] = rows.get(i).getDouble(2);
            }
        }
        double[] mean =
                rows.get(0).isNullAt(4) ? null : rows.get(0).<Vector>getAs(4).toArray();
        Map<String, String> metadata =
                rows.get(0).isNullAt(5) ? Map.of() : rows.get(0).getJavaMap(5);
        stage.setForm(ComponentsForm.of(DataType.valueOf(rows.get(0).getString(3)), components, bias, mean, metadata));
        return stage;
    }
}
