package io.github.qrreduction.internal.files;

import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.vectors.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's arrays as tensors of files, and back, bit for bit. */
public final class Tensors {

    private Tensors() {}

    /**
     * The tensor of an array.
     *
     * @param array HALF, FLOAT or DOUBLE, any order
     * @return a copy, in the array's own type
     * @throws IllegalArgumentException for another type, or more than 2^31 - 1 values
     */
    public static Tensor of(INDArray array) {
        int[] shape = Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
        INDArray flat = Workspaces.outside(() -> Nd4j.toFlattened('c', array));
        return switch (array.dataType()) {
            case DOUBLE -> Tensor.of(flat.toDoubleVector(), shape);
            case FLOAT -> Tensor.of(flat.toFloatVector(), shape);
            case HALF -> Tensor.ofFloat16(flat.castTo(DataType.FLOAT).toFloatVector(), shape);
            default ->
                throw new IllegalArgumentException(
                        "expected an array of HALF, FLOAT or DOUBLE, got " + array.dataType());
        };
    }

    /**
     * The array of a tensor.
     *
     * @param tensor any
     * @return a new 'c' array of its type, outside any workspace
     */
    public static INDArray array(Tensor tensor) {
        long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
        return Workspaces.outside(() -> switch (tensor.type()) {
            case FLOAT64 -> Nd4j.createFromArray(tensor.doubles()).reshape('c', shape);
            case FLOAT32 -> Nd4j.createFromArray(tensor.floats()).reshape('c', shape);
            case FLOAT16 ->
                Nd4j.createFromArray(tensor.floats()).castTo(DataType.FLOAT16).reshape('c', shape);
        });
    }
}
