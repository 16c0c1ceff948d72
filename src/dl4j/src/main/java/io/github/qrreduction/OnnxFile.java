package io.github.qrreduction;

import io.github.qrreduction.vectors.AtomicFile;
import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.ReductionFile;
import java.io.IOException;
import java.nio.file.Path;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/**
 * A reduction as an ONNX model of its own, for any ONNX runtime: {@code z = (x - mean) Q^T + b} in float32, input "x"
 * ["batch", nIn], output "z" ["batch", nOut].
 *
 * <p>The graph: {@code Sub} where there is a mean, then {@code Gemm(x, Q, b; transB=1)}. The mean is not folded into
 * the bias, since float32 would lose digits where the mean is large beside the spread of the data. Unit length, before
 * or after, is {@code x / max(||x||_2, 1e-12)}, as in PyTorch's {@code normalize}: {@code ReduceL2}, {@code Max},
 * {@code Div}. {@code LpNormalization} would divide zero by zero in some runtimes; this leaves zeros as they are, as
 * {@link Reduction} does.
 *
 * <p>Stamped ir_version 7, opset 13, which runtimes since ONNX 1.8 take. The reduction's metadata become the model's
 * metadata_props.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">Open Neural Network Exchange, specification</a>
 */
public final class OnnxFile {
    private static final long IR_VERSION = 7;
    private static final int OPSET = 13;
    private static final String INPUT = "x";
    private static final String OUTPUT = "z";

    private OnnxFile() {}

    /**
     * Saves a reduction. A file that is there is replaced atomically: a failure, or a killed process, leaves the old
     * one or the new one whole.
     *
     * @param reduction with bias, mean and unit length as they are
     * @param path on any file system, whatever its ending
     * @throws IOException if the file cannot be written; then the old one is as it was
     * @throws IllegalArgumentException if the model would pass protobuf's limit of 2 GB
     */
    public static void save(Reduction reduction, Path path) throws IOException {
        ReductionFile parts = reduction.parts();
        OnnxGraph.requireRoom(path, OnnxGraph.bytes(parts));
        byte[] model = model(parts).toByteArray();
        AtomicFile.write(path, out -> out.write(model));
    }

    private static ModelProto model(ReductionFile parts) {
        int nIn = parts.matrix().size(1);
        int nOut = parts.matrix().size(0);
        GraphProto.Builder graph = GraphProto.newBuilder().setName("reduction");
        graph.addInput(rows(INPUT, nIn));
        graph.addOutput(rows(OUTPUT, nOut));
        new OnnxGraph(graph, OPSET).append(parts, INPUT, OUTPUT, 2);
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("qr-reduction")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph);
        parts.metadata()
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }

    private static ValueInfoProto rows(String name, int width) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }
}
