package io.github.qrreduction;

import io.github.qrreduction.vectors.AtomicFile;
import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.ReductionFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * An encoder's ONNX model that gives the reduced vectors itself: the reduction is appended to its output, and nothing of
 * this library is needed to run it.
 *
 * <p>The output is the one named "sentence_embedding", else "last_hidden_state", else "token_embeddings", else the only
 * one; it keeps its name, and others stay as they are.
 *
 * <ul>
 *   <li>A vector for each token, {@code [batch, tokens, nIn]}: {@code MatMul} with Q^T. The reader's pooling comes
 *       afterwards. By mean or by the first token it is linear, so that the pooled vectors are the reduced ones; by
 *       maximum it is not. A bias, a mean and unit length are refused: whether they may come before the pooling depends
 *       on it.
 *   <li>A vector for each text, {@code [batch, nIn]}: the whole reduction, as {@link OnnxFile} writes it.
 * </ul>
 *
 * <p>All else in the model survives, unknown fields too; fields that hold their default, such as an empty string, may be
 * left out. The model and its copy are held in memory, each at most 2 GB, protobuf's limit.
 */
public final class OnnxEncoder {
    private static final List<String> OUTPUTS = List.of("sentence_embedding", "last_hidden_state", "token_embeddings");
    /** Below, every initializer is to be an input too. */
    private static final long OLDEST_IR = 4;
    /** Below, Gemm and Sub do not broadcast by themselves. */
    private static final long OLDEST_OPSET = 7;

    private static final String KEY = "qr_reduction.";

    private OnnxEncoder() {}

    /**
     * Appends components to an encoder.
     *
     * @param encoder an ONNX model with float32 output
     * @param components of the output's width; in float32 from here on
     * @param out where the model goes, replaced atomically; may be the encoder itself
     * @throws IOException if a file cannot be read or written
     * @throws IllegalArgumentException if the encoder is no such model, its output has another width, or these
     *     components cannot stand there; the message has the reason
     */
    public static void reduce(Path encoder, Components components, Path out) throws IOException {
        reduce(encoder, components.reduction(), out);
    }

    /**
     * Appends a reduction to an encoder.
     *
     * @param encoder an ONNX model with float32 output
     * @param reduction of the output's width
     * @param out where the model goes, replaced atomically; may be the encoder itself
     * @throws IOException if a file cannot be read or written
     * @throws IllegalArgumentException if the encoder is no such model, its output has another width, or this reduction
     *     cannot stand there; the message has the reason
     */
    public static void reduce(Path encoder, Reduction reduction, Path out) throws IOException {
        ReductionFile parts = reduction.parts();
        OnnxGraph.requireRoom(encoder, Files.size(encoder) + OnnxGraph.bytes(parts));
        ModelProto reduced;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(encoder))) {
            ModelProto model = read(in);
            requireWithin(model.getGraph(), encoder, out);
            reduced = reduced(model, parts);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(encoder + ": " + e.getMessage(), e);
        }
        AtomicFile.write(out, reduced::writeTo);
    }

    static ModelProto read(InputStream in) throws IOException {
        try {
            return ModelProto.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            if (e.getCause() instanceof IOException) {
                throw (IOException) e.getCause();
            }
            throw new IllegalArgumentException(
                    "expected an ONNX model, got bytes that are none: " + e.getMessage(), e);
        }
    }

    static ModelProto reduced(ModelProto model, ReductionFile parts) {
        requireVersions(model);
        GraphProto.Builder graph = model.getGraph().toBuilder();
        ValueInfoProto.Builder output = output(graph);
        String name = output.getName();
        int rank = requireFits(output.build(), parts);
        requireProducer(graph, name);

        OnnxGraph appended = new OnnxGraph(graph, (int) opset(model));
        String full = appended.unused(name + "_full");
        OnnxNames.rename(graph, name, full);
        if (graph.getValueInfoList().stream().noneMatch(v -> v.getName().equals(full))) {
            graph.addValueInfo(output.build().toBuilder().setName(full));
        }
        appended.append(parts, full, name, rank);
        output.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .setDim(rank - 1, TensorShapeProto.Dimension.newBuilder().setDimValue(parts.matrix().size(0)));

        ModelProto.Builder result = model.toBuilder().setGraph(graph);
        parts.metadata().forEach((key, value) -> put(result, KEY + key, value));
        return result.build();
    }

    private static void put(ModelProto.Builder model, String key, String value) {
        for (StringStringEntryProto.Builder entry : model.getMetadataPropsBuilderList()) {
            if (entry.getKey().equals(key)) {
                entry.setValue(value);
                return;
            }
        }
        model.addMetadataPropsBuilder().setKey(key).setValue(value);
    }

    private static void requireVersions(ModelProto model) {
        if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
            throw new IllegalArgumentException("expected an ONNX model with a graph, got none");
        }
        if (model.getIrVersion() < OLDEST_IR || opset(model) < OLDEST_OPSET) {
            throw new IllegalArgumentException("expected ir_version " + OLDEST_IR + " and opset " + OLDEST_OPSET
                    + " or newer, got " + model.getIrVersion() + " and " + opset(model) + "; export the encoder anew");
        }
    }

    private static long opset(ModelProto model) {
        return model.getOpsetImportList().stream()
                .filter(o -> o.getDomain().isEmpty() || o.getDomain().equals("ai.onnx"))
                .mapToLong(o -> Math.min(o.getVersion(), Integer.MAX_VALUE))
                .findFirst()
                .orElse(0);
    }

    /** Values in files beside the model are found by their place relative to it. */
    private static void requireWithin(GraphProto graph, Path encoder, Path out) {
        boolean external = graph.getInitializerList().stream()
                .anyMatch(t -> t.getDataLocation() == TensorProto.DataLocation.EXTERNAL);
        Path from = encoder.toAbsolutePath().normalize().getParent();
        Path to = out.toAbsolutePath().normalize().getParent();
        if (external && !from.equals(to)) {
            throw new IllegalArgumentException("expected " + out + " in the encoder's folder, since the encoder has"
                    + " values in files beside it, got another folder");
        }
    }

    private static ValueInfoProto.Builder output(GraphProto.Builder graph) {
        List<String> names =
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
        String name = OUTPUTS.stream()
                .filter(names::contains)
                .findFirst()
                .orElse(names.size() == 1 ? names.get(0) : null);
        if (name == null || names.indexOf(name) != names.lastIndexOf(name)) {
            throw new IllegalArgumentException(
                    "expected one output, or one of the names " + OUTPUTS + ", got the outputs " + names);
        }
        return graph.getOutputBuilder(names.indexOf(name));
    }

    private static void requireProducer(GraphProto.Builder graph, String name) {
        long producers = graph.getNodeList().stream()
                .map(NodeProto::getOutputList)
                .filter(outputs -> outputs.contains(name))
                .count();
        if (producers != 1) {
            throw new IllegalArgumentException(
                    "expected the output " + name + " from one node, got " + producers + " nodes");
        }
    }

    /** The rank of the output, 2 or 3. */
    private static int requireFits(ValueInfoProto output, ReductionFile parts) {
        String name = "output " + output.getName();
        TypeProto.Tensor type = output.getType().getTensorType();
        int rank = type.getShape().getDimCount();
        if (type.getElemType() != TensorProto.DataType.FLOAT_VALUE || rank < 2 || rank > 3) {
            throw new IllegalArgumentException("expected the " + name + " to be float32 and of rank 2 or 3, got "
                    + TensorProto.DataType.forNumber(type.getElemType()) + " and "
                    + (type.hasShape() ? "rank " + rank : "no shape"));
        }
        TensorShapeProto.Dimension width = type.getShape().getDim(rank - 1);
        int nIn = parts.matrix().size(1);
        if (width.hasDimValue() && width.getDimValue() != nIn) {
            throw new IllegalArgumentException(
                    "expected the " + name + " to have the width nIn = " + nIn + ", got " + width.getDimValue());
        }
        if (rank == 3) {
            requireLinear(name, parts);
        }
        return rank;
    }

    private static void requireLinear(String name, ReductionFile parts) {
        String got = null;
        if (parts.normalizesBefore() || parts.normalizesAfter()) {
            got = "unit length " + (parts.normalizesBefore() ? "before" : "after");
        } else if (parts.mean().isPresent()) {
            got = "a mean";
        } else if (parts.bias().isPresent()) {
            got = "a bias";
        }
        if (got != null) {
            throw new IllegalArgumentException("expected a reduction without bias, mean and unit length, since the "
                    + name + " has a vector for each token, and pooling comes after the reduction, got one with " + got
                    + "; fit about zero, or reduce an encoder that pools");
        }
    }
}
