package io.github.qrreduction.testutil;

import io.github.qrreduction.internal.files.Tensors;
import io.github.qrreduction.vectors.Tensor;
import io.github.qrreduction.vectors.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** ND4J's arrays in NumPy's files. */
public final class NpyArrays {

    private NpyArrays() {}

    public static void write(Path path, INDArray array) throws IOException {
        TensorFile.of(Map.of(TensorFile.UNNAMED, Tensors.of(array))).save(path);
    }

    public static void writeZip(Path path, Map<String, INDArray> arrays) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arrays.forEach((name, array) -> tensors.put(name, Tensors.of(array)));
        TensorFile.of(tensors).save(path);
    }

    public static INDArray read(Path path) throws IOException {
        return readZip(path).get(TensorFile.UNNAMED);
    }

    public static Map<String, INDArray> readZip(Path path) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        TensorFile.load(path).tensors().forEach((name, tensor) -> arrays.put(name, Tensors.array(tensor)));
        return arrays;
    }
}
