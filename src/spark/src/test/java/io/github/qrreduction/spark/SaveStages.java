package io.github.qrreduction.spark;

import io.github.qrreduction.Components;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.SparkSession;

/** Saves the stages, once for each version that writes them differently, with components of {@code src/vectors}. */
public final class SaveStages {
    private SaveStages() {}

    /**
     * Saves a transformer, an estimator and a pipeline.
     *
     * @param args the folder, which must not be there, and a file of components
     * @throws IOException if it is there already, or cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        if (Files.exists(folder)) {
            throw new FileAlreadyExistsException(folder.toString(), null, "fixtures are made once and for ever");
        }
        try (SparkSession session = LocalSpark.builder("local[1]").getOrCreate()) {
            ComponentsTransformer transformer = new ComponentsTransformer(Components.load(Path.of(args[1])))
                    .setInputCol("features")
                    .setOutputCol("reduced")
                    .setHandleInvalid("keep");
            PrincipalComponentsEstimator estimator = new PrincipalComponentsEstimator()
                    .setInputCol("features")
                    .setOutputCol("reduced")
                    .setK(2)
                    .setCenter(false);
            transformer.save(folder.resolve("transformer").toString());
            estimator.save(folder.resolve("estimator").toString());
            new Pipeline()
                    .setStages(new PipelineStage[] {estimator})
                    .save(folder.resolve("pipeline").toString());
        }
    }
}
