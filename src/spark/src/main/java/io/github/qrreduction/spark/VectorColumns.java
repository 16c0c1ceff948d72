package io.github.qrreduction.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The parameters that both stages have: one column of vectors in, one out, and what to do with bad ones. Names are
 * compared as the session compares them ({@code spark.sql.caseSensitive}), and never parsed: they may hold dots.
 */
final class VectorColumns implements Serializable {
    private static final long serialVersionUID = 1L;

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
            throw new IllegalArgumentException(stage.uid() + ": expected " + param.name() + " to be set, got nothing");
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
        List<String> names = List.of(schema.fieldNames());
        for (int i = 0; i < names.size(); i++) {
            if (indexOf(names.subList(0, i), names.get(i)) >= 0) {
                throw new IllegalArgumentException(stage.uid() + ": expected columns of different names, got " + names);
            }
        }
        int taken = indexOf(names, out());
        if (taken >= 0) {
            throw new IllegalArgumentException(stage.uid() + ": expected a new name for the output column, got \""
                    + out() + "\", which exists already"
                    + (names.get(taken).equals(out()) ? "" : " as \"" + names.get(taken) + "\""));
        }
        return schema.add(
                outputSize < 0
                        ? new AttributeGroup(out()).toStructField()
                        : new AttributeGroup(out(), outputSize).toStructField());
    }

    /** The place of the input column. */
    int indexOfInput(StructType schema) {
        int index = indexOf(List.of(schema.fieldNames()), in());
        if (index < 0) {
            throw new IllegalArgumentException(
                    stage.uid() + ": expected column \"" + in() + "\", got " + Arrays.toString(schema.fieldNames())
                            + (in().contains(".") || in().contains("`")
                                    ? ": names are taken as they are, without backticks; select a struct's field first"
                                    : ""));
        }
        return index;
    }

    /** A column by its very name, whatever characters are in it. */
    static Column column(String name) {
        return functions.col("`" + name.replace("`", "``") + "`");
    }

    /** As the session resolves names; -1 where there is no such one. */
    private static int indexOf(List<String> names, String name) {
        boolean caseSensitive = SQLConf.get().caseSensitiveAnalysis();
        for (int i = 0; i < names.size(); i++) {
            if (caseSensitive ? names.get(i).equals(name) : names.get(i).equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    /** How what may stand for vectors becomes vectors; nothing for other types. */
    private static String remedy(DataType type) {
        if (type instanceof ArrayType) {
            return ": use org.apache.spark.ml.functions.array_to_vector";
        }
        return type instanceof VectorUDT
                ? ", org.apache.spark.mllib's vectors: use MLUtils.convertVectorColumnsToML"
                : "";
    }

    /** The size of the input column's vectors, where the schema knows it; else negative. */
    int sizeOf(StructType schema) {
        StructField field = schema.apply(indexOfInput(schema));
        if (!field.dataType().equals(SQLDataTypes.VectorType())) {
            throw new IllegalArgumentException(stage.uid() + ": expected column \"" + in() + "\" to hold vectors, got "
                    + field.dataType().catalogString() + remedy(field.dataType()));
        }
        return AttributeGroup.fromStructField(field).size();
    }
}
