package io.github.qrreduction.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/** The smallest encoder: its output is its input, a vector for each token. */
final class Encoders {

    private Encoders() {}

    static Path write(Path file, int width) throws IOException {
        GraphProto graph = GraphProto.newBuilder()
                .setName("encoder")
                .addInput(vectors("tokens", width))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .addInput("tokens")
                        .addOutput("last_hidden_state"))
                .addOutput(vectors("last_hidden_state", width))
                .build();
        ModelProto model = ModelProto.newBuilder()
                .setIrVersion(7)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                .setGraph(graph)
                .build();
        return Files.write(file, model.toByteArray());
    }

    /** The width of the output that a model says. */
    static long outputWidth(Path file) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(file))
                .getGraph()
                .getOutput(0)
                .getType()
                .getTensorType()
                .getShape()
                .getDim(2)
                .getDimValue();
    }

    private static ValueInfoProto vectors(String name, int width) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("tokens"))
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
