package io.github.qrreduction.compatibility;

import io.github.qrreduction.Components;
import io.github.qrreduction.testutil.NpyArrays;
import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Saves reductions with bias, mean and metadata in each type and format, as an ONNX model and as a Dense module, once
 * for each version that writes them differently. The files are in {@code src/vectors}, whose tests read them too.
 *
 * <pre>
 * ./mvnw -q test-compile exec:java@save-models -Dexamples.skip=true \
 *     -Dexec.mainClass=io.github.qrreduction.compatibility.SaveReductions \
 *     -Dexec.args="src/vectors/src/test/resources/fixtures/reductions 0.1.0"
 * </pre>
 */
public final class SaveReductions {
    static final Map<String, String> METADATA = Map.of("method", "pca", "note", "\u03bc, quoted \"so\"");

    private SaveReductions() {}

    /**
     * Saves below {@code <folder>/<version>}.
     *
     * @param args the folder of the fixtures, and the version
     * @throws IOException if that folder is there already, or cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0], args[1]);
        if (Files.exists(folder)) {
            throw new FileAlreadyExistsException(folder.toString(), null, "fixtures are made once and for ever");
        }
        Files.createDirectories(folder);
        INDArray x = FixtureNetwork.numbers(7, DataType.DOUBLE, 4, 5);
        NpyArrays.write(folder.resolve("x.npy"), x);
        for (DataType type : new DataType[] {DataType.FLOAT16, DataType.FLOAT, DataType.DOUBLE}) {
            INDArray matrix = FixtureNetwork.numbers(4, DataType.DOUBLE, 3, 5).castTo(type);
            INDArray bias = FixtureNetwork.numbers(5, DataType.DOUBLE, 3).castTo(type);
            INDArray mean = FixtureNetwork.numbers(6, DataType.DOUBLE, 5).castTo(type);
            Components components = Components.of(matrix, bias).withMean(mean);
            String name = type.name().toLowerCase(Locale.ROOT);
            components.save(folder.resolve(name + ".npz"));
            components.withMetadata(METADATA).save(folder.resolve(name + ".safetensors"));
            NpyArrays.write(folder.resolve(name + "-z.npy"), expected(x, matrix, bias, mean));
            if (type == DataType.FLOAT) {
                components.saveOnnx(folder.resolve("float.onnx"));
                components.saveDense(folder.resolve("dense"));
            }
        }
        Reduction.load(folder.resolve("float.safetensors"))
                .normalizing(true, true)
                .save(folder.resolve("unit.safetensors"));
    }

    /** The formula in float64, by other code than the library's. */
    private static INDArray expected(INDArray x, INDArray matrix, INDArray bias, INDArray mean) {
        INDArray centred = x.subRowVector(mean.castTo(DataType.DOUBLE));
        return centred.mmul(matrix.castTo(DataType.DOUBLE).transpose())
                .addRowVector(bias.castTo(DataType.DOUBLE))
                .dup('c');
    }
}
