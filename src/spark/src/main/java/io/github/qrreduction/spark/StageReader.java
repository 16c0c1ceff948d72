package io.github.qrreduction.spark;

import java.util.function.Function;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/**
 * Reads the identifier and the parameters that Spark's own writer has written. Spark's reader makes an instance of
 * whatever class the file names, by a constructor that takes a string from the file, before anyone looks at its type;
 * here the name is compared, and the instance is made by the caller.
 */
final class StageReader<T extends Params> extends MLReader<T> {
    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private final transient Function<String, T> make;

    StageReader(Class<T> type, Function<String, T> make) {
        this.type = type;
        this.make = make;
    }

    /**
     * Loads from a folder.
     *
     * @throws IllegalArgumentException if the folder holds a stage of another class
     */
    @Override
    public T load(String path) {
        DefaultParamsReader.Metadata metadata =
                DefaultParamsReader.loadMetadata(path, sparkSession().sparkContext(), type.getName());
        T stage = make.apply(metadata.uid());
        metadata.getAndSetParams(stage, Option.empty());
        return stage;
    }
}
