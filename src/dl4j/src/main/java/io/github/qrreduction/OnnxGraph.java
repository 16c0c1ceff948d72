package io.github.qrreduction;

import io.github.qrreduction.vectors.ReductionFile;
import io.github.qrreduction.vectors.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.ByteString;

/** An ONNX graph to which a reduction is appended, under names that nothing in it has. */
final class OnnxGraph {
    /** Since this version the axes of ReduceL2 are an input; before, an attribute. */
    private static final int AXES_AS_INPUT = 18;

    /** PyTorch's normalize has the same. */
    private static final float SHORTEST = 1e-12f;

    /** For names and nodes beside the numbers. */
    private static final long OVERHEAD = 1 << 20;

    private final GraphProto.Builder graph;
    private final int opset;
    private final Set<String> taken = new HashSet<>();

    /**
     * A graph.
     *
     * @param graph changed by what is appended
     * @param opset version of the default operators
     */
    OnnxGraph(GraphProto.Builder graph, int opset) {
        this.graph = graph;
        this.opset = opset;
        OnnxNames.addAll(graph.buildPartial(), taken);
    }

    /** The bytes of a reduction's numbers in float32. */
    static long bytes(ReductionFile parts) {
        return 4L * (parts.matrix().count() + parts.matrix().size(0) + parts.matrix().size(1));
    }

    /** Refuses what protobuf cannot hold. */
    static void requireRoom(Path path, long bytes) {
        if (bytes > Integer.MAX_VALUE - OVERHEAD) {
            throw new IllegalArgumentException(
                    path + ": expected a model of at most 2 GB, protobuf's limit, got " + bytes + " bytes of numbers");
        }
    }

    /** A name that nothing in the graph has, from now on taken. */
    String unused(String wish) {
        String name = wish;
        for (int i = 1; !taken.add(name); i++) {
            name = wish + "_" + i;
        }
        return name;
    }

    /**
     * Appends a reduction.
     *
     * @param parts of any type, used in float32
     * @param input name of what goes in, float32 (.., nIn)
     * @param output name of what comes out, (.., nOut)
     * @param rank of both; 2 is needed for bias, mean and unit length
     */
    void append(ReductionFile parts, String input, String output, int rank) {
        String x = parts.normalizesBefore() ? unitLength(input, unused("qr_unit_input")) : input;
        if (parts.mean().isPresent()) {
            x = node("Sub", unused("qr_centred"), x, constant("qr_mean", parts.mean().get()));
        }
        String z = parts.normalizesAfter() ? unused("qr_reduced") : output;
        if (rank == 2) {
            gemm(parts, x, z);
        } else {
            node("MatMul", z, x, constant("qr_components_transposed", transposed(parts.matrix())));
        }
        if (parts.normalizesAfter()) {
            unitLength(z, output);
        }
    }

    private void gemm(ReductionFile parts, String x, String z) {
        NodeProto.Builder gemm = NodeProto.newBuilder()
                .setOpType("Gemm")
                .setName(unused("qr_Gemm"))
                .addInput(x)
                .addInput(constant("qr_components", parts.matrix()))
                .addOutput(z)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("transB")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(1));
        parts.bias().ifPresent(b -> gemm.addInput(constant("qr_bias", b)));
        graph.addNode(gemm);
    }

    /** {@code x / max(||x||, 1e-12)}. */
    private String unitLength(String x, String output) {
        NodeProto.Builder norm = NodeProto.newBuilder()
                .setOpType("ReduceL2")
                .setName(unused("qr_ReduceL2"))
                .addInput(x)
                .addOutput(unused("qr_length"));
        if (opset >= AXES_AS_INPUT) {
            String axes = unused("qr_axes");
            graph.addInitializer(TensorProto.newBuilder()
                    .setName(axes)
                    .setDataType(TensorProto.DataType.INT64_VALUE)
                    .addDims(1)
                    .addInt64Data(-1));
            norm.addInput(axes);
        } else {
            norm.addAttribute(AttributeProto.newBuilder()
                    .setName("axes")
                    .setType(AttributeProto.AttributeType.INTS)
                    .addInts(-1));
        }
        norm.addAttribute(AttributeProto.newBuilder()
                .setName("keepdims")
                .setType(AttributeProto.AttributeType.INT)
                .setI(1));
        graph.addNode(norm);
        String shortest = constant("qr_shortest", Tensor.of(new float[] {SHORTEST}, 1));
        return node("Div", output, x, node("Max", unused("qr_divisor"), norm.getOutput(0), shortest));
    }

    private String node(String type, String output, String... inputs) {
        NodeProto.Builder node =
                NodeProto.newBuilder().setOpType(type).setName(unused("qr_" + type)).addOutput(output);
        for (String input : inputs) {
            node.addInput(input);
        }
        graph.addNode(node);
        return output;
    }

    private String constant(String wish, Tensor values) {
        String name = unused(wish);
        float[] floats = values.floats();
        ByteBuffer bytes = ByteBuffer.allocate(4 * floats.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(floats);
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .setRawData(ByteString.copyFrom(bytes));
        for (int size : values.shape()) {
            tensor.addDims(size);
        }
        graph.addInitializer(tensor);
        return name;
    }

    private static Tensor transposed(Tensor matrix) {
        int rows = matrix.size(0);
        int columns = matrix.size(1);
        float[] from = matrix.floats();
        float[] to = new float[from.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                to[c * rows + r] = from[r * columns + c];
            }
        }
        return Tensor.of(to, columns, rows);
    }
}
