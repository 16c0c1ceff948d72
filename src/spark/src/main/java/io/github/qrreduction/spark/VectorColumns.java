package io.github.qrreduction.spark;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The parameters that both stages have: one column of vectors in, one out, and what to do with bad ones. */
final class VectorColumns {
    private final Params stage;
    final Param<String> inputCol;
    final Param<String> outputCol;
    final Param<String> handleInvalid;

    VectorColumns(Params stage) {
        this.stage = stage;
        inputCol = new Param<>(stage, "inputCol", "input column name");
        outputCol = new Param<>(stage, "outputCol", "output column name");
        handleInvalid = new Param<>(
                stage,
                "handleInvalid",
                "what becomes of rows whose vector is null, of another size, or not finite: 'error' (throw), 'skip'"
                        + " (leave the row out), 'keep' (put out a vector of NaN)",
                ParamValidators.inArray(List.of(HandleInvalid.words())));
    }

    String in() {
        return get(inputCol);
    }

    String out() {
        return get(outputCol);
    }

    HandleInvalid invalid() {
        return HandleInvalid.of(get(handleInvalid));
    }

    private String get(Param<String> param) {
        if (!stage.isDefined(param)) {
            throw new IllegalArgumentException(stage.uid() + ": expected " + param.name() + " to be set");
        }
        return stage.getOrDefault(param);
    }

    /**
     * Checks a schema and adds the output column.
     *
     * @param size that vectors must have, where the schema knows theirs; negative for any
     * @param outputSize of the output's vectors; negative where it is not known yet
     */
    StructType transform(StructType schema, int size, int outputSize) {
        int known = sizeOf(schema);
        if (size >= 0 && known >= 0 && known != size) {
            throw new IllegalArgumentException(stage.uid() + ": expected column \"" + in() + "\" to hold vectors of"
                    + " size " + size + ", got size " + known);
        }
        if (Arrays.stream(schema.fieldNames()).distinct().count() < schema.length()) {
            throw new IllegalArgumentException(
                    stage.uid() + ": expected columns of different names, got " + Arrays.toString(schema.fieldNames()));
        }
        if (Arrays.asList(schema.fieldNames()).contains(out())) {
            throw new IllegalArgumentException(stage.uid() + ": expected a new name for the output column, got \""
                    + out() + "\", which exists already");
        }
        return schema.add(
                outputSize < 0
                        ? new AttributeGroup(out()).toStructField()
                        : new AttributeGroup(out(), outputSize).toStructField());
    }

    /** The size of the input column's vectors, where the schema knows it; else negative. */
    int sizeOf(StructType schema) {
        if (!Arrays.asList(schema.fieldNames()).contains(in())) {
            throw new IllegalArgumentException(
                    stage.uid() + ": expected column \"" + in() + "\", got " + Arrays.toString(schema.fieldNames()));
        }
        StructField field = schema.apply(in());
        if (!field.dataType().equals(SQLDataTypes.VectorType())) {
            throw new IllegalArgumentException(stage.uid() + ": expected column \"" + in() + "\" to hold vectors, got "
                    + field.dataType().catalogString());
        }
        return AttributeGroup.fromStructField(field).size();
    }
}
