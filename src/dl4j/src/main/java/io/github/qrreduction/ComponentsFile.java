package io.github.qrreduction;

import io.github.qrreduction.npy.NpyFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Components in NumPy's files: .npy holds the matrix, .npz "components" and maybe "bias" and "mean". */
final class ComponentsFile {

    private static final String MATRIX = "components";
    private static final String BIAS = "bias";
    private static final String MEAN = "mean";

    private ComponentsFile() {}

    static void write(Path path, Components components) throws IOException {
        INDArray bias = components.bias();
        INDArray mean = components.mean();
        if (isZip(path)) {
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            arrays.put(MATRIX, components.matrix());
            if (bias != null) {
                arrays.put(BIAS, bias);
            }
            if (mean != null) {
                arrays.put(MEAN, mean);
            }
            NpyFiles.writeZip(path, arrays);
        } else if (bias == null && mean == null) {
            NpyFiles.write(path, components.matrix());
        } else {
            throw new IllegalArgumentException(path + ": expected components without bias and mean, since .npy holds"
                    + " one array, got some with " + (bias == null ? "a mean" : "a bias") + "; save them as .npz");
        }
    }

    static Components read(Path path) throws IOException {
        INDArray matrix;
        INDArray bias = null;
        INDArray mean = null;
        if (isZip(path)) {
            Map<String, INDArray> arrays = NpyFiles.readZip(path, Map.of(MATRIX, 2), Map.of(BIAS, 1, MEAN, 1));
            matrix = arrays.get(MATRIX);
            bias = arrays.get(BIAS);
            mean = arrays.get(MEAN);
        } else {
            matrix = NpyFiles.read(path, 2);
        }
        try {
            return Components.of(matrix, bias).withMean(mean);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
        }
    }

    private static boolean isZip(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        if (!name.endsWith(".npy") && !name.endsWith(".npz")) {
            throw new IllegalArgumentException(path + ": expected a file name that ends in .npy or .npz");
        }
        return name.endsWith(".npz");
    }
}
