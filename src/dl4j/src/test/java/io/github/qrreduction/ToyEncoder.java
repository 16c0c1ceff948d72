package io.github.qrreduction;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/** Small ONNX models in the form of encoders. */
final class ToyEncoder {
    static final int WIDTH = 6;

    private ToyEncoder() {}

    static void write(Path path, long opset) throws IOException {
        Files.write(path, model(opset).toByteArray());
    }

    /** A vector for each token; a pooled output and a branch read it too. */
    static ModelProto model(long opset) {
        GraphProto.Builder graph = start();
        graph.addNode(node("Add", "last_hidden_state", "tokens", "shift"));
        graph.addNode(mean("last_hidden_state", "pooler_output"));
        GraphProto direct =
                GraphProto.newBuilder().setName("direct").addNode(node("Identity", "direct", "last_hidden_state"))
                        .addOutput(floats("direct", "batch", "tokens"))
                        .build();
        GraphProto doubled = GraphProto.newBuilder()
                .setName("doubled")
                .addNode(node("Add", "doubled", "last_hidden_state", "last_hidden_state"))
                .addOutput(floats("doubled", "batch", "tokens"))
                .build();
        graph.addInitializer(TensorProto.newBuilder()
                .setName("yes")
                .setDataType(TensorProto.DataType.BOOL_VALUE)
                .addInt32Data(1));
        graph.addNode(node("If", "branch_output", "yes").toBuilder()
                .addAttribute(graph("then_branch", doubled))
                .addAttribute(graph("else_branch", direct)));
        graph.addOutput(floats("last_hidden_state", "batch", "tokens"));
        graph.addOutput(floats("pooler_output", "batch"));
        graph.addOutput(floats("branch_output", "batch", "tokens"));
        return model(graph, opset);
    }

    /** A vector for each text. */
    static void writePooled(Path path, long opset) throws IOException {
        GraphProto.Builder graph = start();
        graph.addNode(node("Add", "token_embeddings", "tokens", "shift"));
        graph.addNode(mean("token_embeddings", "sentence_embedding"));
        graph.addOutput(floats("token_embeddings", "batch", "tokens"));
        graph.addOutput(floats("sentence_embedding", "batch"));
        Files.write(path, model(graph, opset).toByteArray());
    }

    private static GraphProto.Builder start() {
        ByteBuffer shift = ByteBuffer.allocate(4 * WIDTH).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < WIDTH; i++) {
            shift.putFloat(i - 1.5f);
        }
        return GraphProto.newBuilder()
                .setName("toy")
                .addInput(floats("tokens", "batch", "tokens"))
                .addInitializer(TensorProto.newBuilder()
                        .setName("shift")
                        .setDataType(TensorProto.DataType.FLOAT_VALUE)
                        .addDims(WIDTH)
                        .setRawData(ByteString.copyFrom(shift.array())));
    }

    private static ModelProto model(GraphProto.Builder graph, long opset) {
        return ModelProto.newBuilder()
                .setIrVersion(7)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
                .setGraph(graph)
                .build();
    }

    private static NodeProto node(String type, String output, String... inputs) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(type).addOutput(output);
        for (String input : inputs) {
            node.addInput(input);
        }
        return node.build();
    }

    private static NodeProto mean(String input, String output) {
        return node("ReduceMean", output, input).toBuilder()
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axes")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addInts(1))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("keepdims")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(0))
                .build();
    }

    private static AttributeProto graph(String name, GraphProto graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    private static ValueInfoProto floats(String name, String... leading) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String dim : leading) {
            shape.addDimBuilder().setDimParam(dim);
        }
        shape.addDimBuilder().setDimValue(WIDTH);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }
}
