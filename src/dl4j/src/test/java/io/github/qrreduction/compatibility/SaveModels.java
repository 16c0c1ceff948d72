package io.github.qrreduction.compatibility;

import io.github.qrreduction.Components;
import io.github.qrreduction.testutil.NpyArrays;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Saves what {@link SavedModelsTest} loads for ever, once for each release and before it:
 *
 * <pre>
 * ./mvnw -q test-compile exec:java@save-models -Dexamples.skip=true \
 *     -Dexec.args="src/dl4j/src/test/resources/fixtures 0.1.0"
 * </pre>
 *
 * Never replaces a folder that is there: a file that an old version wrote is worth more than one made anew.
 */
public final class SaveModels {

    static final String MODEL = "model.zip";

    private SaveModels() {}

    /**
     * Saves networks below {@code models/<version>} and components below {@code components/<version>}.
     *
     * @param args the folder of the fixtures, and the version
     * @throws IOException if one of the two folders is there already, or cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path models = Path.of(args[0], "models", args[1]);
        Path components = Path.of(args[0], "components", args[1]);
        for (Path folder : new Path[] {models, components}) {
            if (Files.exists(folder)) {
                throw new FileAlreadyExistsException(folder.toString(), null, "fixtures are made once and for ever");
            }
        }
        for (FixtureNetwork network : FixtureNetwork.all()) {
            save(network, Files.createDirectories(models.resolve(network.name())));
        }
        Files.createDirectories(components);
        for (DataType type : new DataType[] {DataType.FLOAT16, DataType.FLOAT, DataType.DOUBLE}) {
            saveComponents(components, type);
        }
    }

    private static void save(FixtureNetwork network, Path folder) throws IOException {
        Model model = network.trained();
        ModelSerializer.writeModel(model, folder.resolve(MODEL).toFile(), true);
        DataSet next = network.batch(FixtureNetwork.STEPS);
        NpyArrays.write(folder.resolve("parameters.npy"), model.params());
        NpyArrays.write(folder.resolve("updater.npy"), Models.updaterState(model));
        NpyArrays.write(folder.resolve("input.npy"), next.getFeatures());
        NpyArrays.write(folder.resolve("labels.npy"), next.getLabels());
        NpyArrays.write(folder.resolve("output.npy"), Models.output(model, next.getFeatures()));
        Models.fit(model, next);
        NpyArrays.write(folder.resolve("parameters-after-a-step.npy"), model.params());
        NpyArrays.write(folder.resolve("updater-after-a-step.npy"), Models.updaterState(model));
        NpyArrays.write(folder.resolve("output-after-a-step.npy"), Models.output(model, next.getFeatures()));
    }

    private static void saveComponents(Path folder, DataType type) throws IOException {
        INDArray matrix = FixtureNetwork.numbers(1, DataType.DOUBLE, 3, 5).castTo(type);
        INDArray bias = FixtureNetwork.numbers(2, DataType.DOUBLE, 3).castTo(type);
        INDArray x = FixtureNetwork.numbers(3, DataType.DOUBLE, 4, 5).castTo(type);
        String name = type.name().toLowerCase(java.util.Locale.ROOT);
        Components plain = Components.of(matrix);
        Components biased = Components.of(matrix, bias);
        plain.save(folder.resolve(name + ".npy"));
        biased.save(folder.resolve(name + "-bias.npz"));
        NpyArrays.writeZip(
                folder.resolve(name + "-expected.npz"),
                Map.of("matrix", matrix, "bias", bias, "x", x, "z", plain.transform(x), "z-bias", biased.transform(x)));
    }
}
