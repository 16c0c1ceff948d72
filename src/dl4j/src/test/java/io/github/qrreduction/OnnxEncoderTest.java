package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.github.qrreduction.testutil.Python;
import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.Tensor;
import io.github.qrreduction.vectors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnknownFieldSet;

/** A reduction at the end of an encoder: what it gives, what survives, what is refused. */
class OnnxEncoderTest {
    private static final float CLOSE = 1e-5f;
    private static final int TOKENS = 4;

    private final Random random = new Random(5);
    private final Reduction r = Reduction.of(rows(2, ToyEncoder.WIDTH), null, null);
    private final float[][][] tokens = {rows(TOKENS, ToyEncoder.WIDTH), rows(TOKENS, ToyEncoder.WIDTH)};

    @TempDir
    private Path folder;

    private Path encoder;
    private Path out;

    @BeforeEach
    void paths() {
        encoder = folder.resolve("encoder.onnx");
        out = folder.resolve("reduced.onnx");
    }

    private float[][] rows(int n, int width) {
        float[][] rows = new float[n][width];
        for (float[] row : rows) {
            for (int i = 0; i < width; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    private Map<String, Tensor> run(Path model) throws IOException, InterruptedException {
        float[] flat = new float[tokens.length * TOKENS * ToyEncoder.WIDTH];
        int at = 0;
        for (float[][] text : tokens) {
            for (float[] token : text) {
                System.arraycopy(token, 0, flat, at, token.length);
                at += token.length;
            }
        }
        Map<String, Tensor> in = new LinkedHashMap<>();
        in.put("tokens", Tensor.of(flat, tokens.length, TOKENS, ToyEncoder.WIDTH));
        TensorFile.of(in).save(folder.resolve("in.npz"));
        Python.run("onnx_run.py", model, folder.resolve("in.npz"), folder.resolve("out.npz"));
        return TensorFile.load(folder.resolve("out.npz")).tensors();
    }

    private static float[] row(Tensor t, int r) {
        int width = t.size(t.rank() - 1);
        return java.util.Arrays.copyOfRange(t.floats(), r * width, (r + 1) * width);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 13, 17, 18})
    void everyTokenIsReducedAndOtherOutputsStay(long opset) throws IOException, InterruptedException {
        ToyEncoder.write(encoder, opset);

        OnnxEncoder.reduce(encoder, r, out);

        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(out));
        assertThat(model.getGraph().getOutput(0).getName()).isEqualTo("last_hidden_state");
        assertThat(model.getGraph()
                        .getOutput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(2)
                        .getDimValue())
                .isEqualTo(2);
        Python.assumePackage("onnx");
        Map<String, Tensor> before = run(encoder);
        Map<String, Tensor> after = run(out);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        assertThat(after.get("pooler_output")).isEqualTo(before.get("pooler_output"));
        assertThat(after.get("branch_output")).isEqualTo(before.get("branch_output"));
        for (int t = 0; t < tokens.length * TOKENS; t++) {
            assertThat(row(after.get("last_hidden_state"), t))
                    .containsExactly(r.apply(row(before.get("last_hidden_state"), t)), offset(CLOSE));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {13, 17})
    void anEncoderThatPoolsTakesTheWholeReduction(long opset) throws IOException, InterruptedException {
        ToyEncoder.writePooled(encoder, opset);
        Reduction whole = Reduction.of(r.matrix(), new float[] {1, -1}, rows(1, ToyEncoder.WIDTH)[0])
                .normalizing(true, true)
                .withMetadata(Map.of("method", "pca"));

        OnnxEncoder.reduce(encoder, whole, out);

        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(out));
        assertThat(model.getMetadataPropsList())
                .anySatisfy(p -> assertThat(p.getKey() + "=" + p.getValue()).isEqualTo("qr_reduction.method=pca"));
        Python.assumePackage("onnx");
        Tensor before = run(encoder).get("sentence_embedding");
        Tensor after = run(out).get("sentence_embedding");
        for (int t = 0; t < tokens.length; t++) {
            assertThat(row(after, t)).containsExactly(whole.apply(row(before, t)), offset(CLOSE));
        }
    }

    @Test
    void sinceOpset18AxesAreAnInput() throws IOException {
        ToyEncoder.writePooled(encoder, 18);

        OnnxEncoder.reduce(encoder, r.normalizing(true, false), out);

        List<NodeProto> nodes =
                ModelProto.parseFrom(Files.readAllBytes(out)).getGraph().getNodeList();
        assertThat(nodes)
                .filteredOn(n -> n.getOpType().equals("ReduceL2"))
                .singleElement()
                .satisfies(n -> assertThat(n.getInputList()).containsExactly("sentence_embedding_full", "qr_axes"))
                .satisfies(n -> assertThat(n.getAttributeList())
                        .singleElement()
                        .satisfies(a -> assertThat(a.getName()).isEqualTo("keepdims")));
    }

    @Test
    void componentsGoTwiceAndInPlace() throws IOException, InterruptedException {
        ToyEncoder.writePooled(encoder, 13);
        Components first = Components.of(Nd4j.createFromArray(rows(3, ToyEncoder.WIDTH)), Nd4j.createFromArray(1f, 2, 3))
                .withMetadata(Map.of("round", "first"));
        Components second = Components.of(Nd4j.createFromArray(rows(2, 3)), Nd4j.createFromArray(4f, 5))
                .withMetadata(Map.of("round", "second"));
        OnnxEncoder.reduce(encoder, first, out);

        OnnxEncoder.reduce(out, second, out);

        assertThat(ModelProto.parseFrom(Files.readAllBytes(out)).getMetadataPropsList())
                .filteredOn(p -> p.getKey().equals("qr_reduction.round"))
                .singleElement()
                .satisfies(p -> assertThat(p.getValue()).isEqualTo("second"));
        Python.assumePackage("onnx");
        float[] x = row(run(encoder).get("sentence_embedding"), 0);
        assertThat(row(run(out).get("sentence_embedding"), 0))
                .containsExactly(second.transform(first.transform(x)), offset(CLOSE));
    }

    @Test
    void whatIsNotKnownSurvives() throws IOException {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        9999,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("of tomorrow"))
                                .build())
                .build();
        ModelProto.Builder model = ToyEncoder.model(13).toBuilder();
        model.setUnknownFields(unknown);
        model.getGraphBuilder().setUnknownFields(unknown).getNodeBuilder(0).setUnknownFields(unknown);
        model.addMetadataPropsBuilder().setKey("author").setValue("someone");
        model.setDocString("words");
        Files.write(encoder, model.build().toByteArray());

        OnnxEncoder.reduce(encoder, r, out);

        ModelProto after = ModelProto.parseFrom(Files.readAllBytes(out));
        assertThat(after.getUnknownFields()).isEqualTo(unknown);
        assertThat(after.getGraph().getUnknownFields()).isEqualTo(unknown);
        assertThat(after.getGraph().getNode(0).getUnknownFields()).isEqualTo(unknown);
        assertThat(after.getMetadataPropsList()).isEqualTo(model.getMetadataPropsList());
        assertThat(after.getDocString()).isEqualTo("words");
        assertThat(after.getGraph().getInitializerList())
                .containsAll(model.getGraph().getInitializerList());
    }

    private void refused(Reduction reduction, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxEncoder.reduce(encoder, reduction, out))
                .withMessage(encoder + ": " + message);
        assertThat(out).doesNotExist();
    }

    private void write(ModelProto.Builder model) throws IOException {
        Files.write(encoder, model.build().toByteArray());
    }

    @Test
    void whatDoesNotCommuteWithPoolingIsRefusedWithTheReason() throws IOException {
        ToyEncoder.write(encoder, 13);
        String message = "expected a reduction without bias, mean and unit length, since the output last_hidden_state has"
                + " a vector for each token, and pooling comes after the reduction, got one with %s; fit about zero, or"
                + " reduce an encoder that pools";

        refused(Reduction.of(r.matrix(), new float[2], null), message.formatted("a bias"));
        refused(Reduction.of(r.matrix(), null, new float[ToyEncoder.WIDTH]), message.formatted("a mean"));
        refused(r.normalizing(true, false), message.formatted("unit length before"));
        refused(r.normalizing(false, true), message.formatted("unit length after"));
    }

    @Test
    void anotherWidthIsRefused() throws IOException {
        ToyEncoder.write(encoder, 13);

        refused(
                Reduction.of(rows(2, 5), null, null),
                "expected the output last_hidden_state to have the width nIn = 5, got " + ToyEncoder.WIDTH);
    }

    @Test
    void outputsOfOtherTypesAndShapesAreRefused() throws IOException {
        ModelProto.Builder half = ToyEncoder.model(13).toBuilder();
        half.getGraphBuilder()
                .getOutputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(TensorProto.DataType.FLOAT16_VALUE);
        write(half);
        refused(r, "expected the output last_hidden_state to be float32 and of rank 2 or 3, got FLOAT16 and rank 3");

        ModelProto.Builder shapeless = ToyEncoder.model(13).toBuilder();
        shapeless.getGraphBuilder().getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape();
        write(shapeless);
        refused(r, "expected the output last_hidden_state to be float32 and of rank 2 or 3, got FLOAT and no shape");
    }

    @Test
    void whichOutputIsMeantMustBeClear() throws IOException {
        ModelProto.Builder model = ToyEncoder.model(13).toBuilder();
        model.getGraphBuilder().getOutputBuilder(0).setName("something");
        write(model);
        refused(
                r,
                "expected one output, or one of the names [sentence_embedding, last_hidden_state, token_embeddings], got"
                        + " the outputs [something, pooler_output, branch_output]");

        ModelProto.Builder unmade = ToyEncoder.model(13).toBuilder();
        unmade.getGraphBuilder().getNodeBuilder(0).setOutput(0, "elsewhere");
        write(unmade);
        refused(r, "expected the output last_hidden_state from one node, got 0 nodes");
    }

    @Test
    void modelsOfOldAreRefused() throws IOException {
        write(ToyEncoder.model(6).toBuilder());
        refused(r, "expected ir_version 4 and opset 7 or newer, got 7 and 6; export the encoder anew");
        write(ToyEncoder.model(13).toBuilder().setIrVersion(3));
        refused(r, "expected ir_version 4 and opset 7 or newer, got 3 and 13; export the encoder anew");
    }

    @Test
    void valuesBesideTheModelKeepItInItsFolder() throws IOException {
        ModelProto.Builder model = ToyEncoder.model(13).toBuilder();
        model.getGraphBuilder()
                .getInitializerBuilder(0)
                .clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalDataBuilder()
                .setKey("location")
                .setValue("encoder.onnx_data");
        write(model);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("reduced.onnx");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxEncoder.reduce(encoder, r, elsewhere))
                .withMessage(encoder + ": expected " + elsewhere + " in the encoder's folder, since the encoder has values"
                        + " in files beside it, got another folder");
        OnnxEncoder.reduce(encoder, r, out);
        assertThat(out).exists();
    }

    @Test
    void filesThatAreNoModelsAreRefused() throws IOException {
        assertThatThrownBy(() -> OnnxEncoder.reduce(encoder, r, out)).isInstanceOf(NoSuchFileException.class);
        Files.write(encoder, new byte[0]);
        refused(r, "expected an ONNX model with a graph, got none");
        Files.writeString(encoder, "no model");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxEncoder.reduce(encoder, r, out))
                .withMessageStartingWith(encoder + ": expected an ONNX model, got bytes that are none: ");
        assertThat(out).doesNotExist();
    }

    @Test
    void namesOfTheEncoderAreNotTakenTwice() throws IOException {
        ModelProto.Builder model = ToyEncoder.model(13).toBuilder();
        model.getGraphBuilder().getNodeBuilder(1).setName("last_hidden_state_full");
        write(model);

        OnnxEncoder.reduce(encoder, r, out);

        List<NodeProto> nodes =
                ModelProto.parseFrom(Files.readAllBytes(out)).getGraph().getNodeList();
        assertThat(nodes.get(0).getOutput(0)).isEqualTo("last_hidden_state_full_1");
        assertThat(nodes.get(nodes.size() - 1).getOutput(0)).isEqualTo("last_hidden_state");
    }
}
