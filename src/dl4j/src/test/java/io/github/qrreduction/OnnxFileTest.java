package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A reduction is an ONNX model that onnx.checker takes and that computes the same. */
class OnnxFileTest {
    /** float32's rounding of sums over some hundred inputs, in terms of the row's scale. */
    private static final float CLOSE = 1e-6f;

    /** A length of some 1e-6, far above the one that is guarded and far below one. */
    private static final float SHORT = 1e-7f;

    private static final int ROWS = 7;
    private static final int N_IN = 48;
    private static final int N_OUT = 5;

    private final Random random = new Random(11);

    @TempDir
    private Path folder;

    private float[] normal(int n, float shift) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = shift + (float) random.nextGaussian();
        }
        return values;
    }

    private Reduction reduction(boolean bias, boolean mean, float shift) {
        float[][] q = new float[N_OUT][];
        for (int j = 0; j < N_OUT; j++) {
            q[j] = normal(N_IN, 0);
        }
        return Reduction.of(q, bias ? normal(N_OUT, 0) : null, mean ? normal(N_IN, shift) : null);
    }

    private float[][] run(Path model, float[][] rows) throws IOException, InterruptedException {
        float[] flat = new float[rows.length * N_IN];
        for (int r = 0; r < rows.length; r++) {
            System.arraycopy(rows[r], 0, flat, r * N_IN, N_IN);
        }
        TensorFile.of(Map.of("x", Tensor.of(flat, rows.length, N_IN))).save(folder.resolve("in.npz"));
        Python.run("onnx_run.py", model, folder.resolve("in.npz"), folder.resolve("out.npz"));
        Tensor z = TensorFile.load(folder.resolve("out.npz")).tensors().get("z");
        float[][] result = new float[rows.length][N_OUT];
        for (int r = 0; r < rows.length; r++) {
            System.arraycopy(z.floats(), r * N_OUT, result[r], 0, N_OUT);
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, false, false",
        "true, false, false, false",
        "true, true, false, false",
        "false, true, true, false",
        "true, true, true, true",
        "false, false, false, true"
    })
    void theCheckerTakesItAndItComputesTheSame(boolean bias, boolean mean, boolean before, boolean after)
            throws IOException, InterruptedException {
        Python.assumePackage("onnx");
        float shift = before ? 0 : 100;
        Reduction r = reduction(bias, mean, shift).normalizing(before, after);
        Path file = folder.resolve("r.onnx");
        float[][] rows = new float[ROWS][];
        for (int i = 0; i < ROWS; i++) {
            rows[i] = normal(N_IN, mean ? shift : 0);
        }
        rows[ROWS - 1] = new float[N_IN];

        OnnxFile.save(r, file);

        float[][] z = run(file, rows);
        for (int i = 0; i < ROWS; i++) {
            float[] expected = r.apply(rows[i]);
            double scale = before || after ? N_IN : N_IN * (i == ROWS - 1 ? 1 + shift : 1);
            assertThat(z[i]).containsExactly(expected, offset((float) (CLOSE * scale)));
        }
    }

    @Test
    void aLargeMeanCostsNoDigits() throws IOException, InterruptedException {
        Python.assumePackage("onnx");
        float[] mean = normal(N_IN, 10_000);
        Reduction r = Reduction.of(reduction(false, false, 0).matrix(), null, mean);
        float[] x = mean.clone();
        x[3] += 0.5f;
        OnnxFile.save(r, folder.resolve("r.onnx"));

        assertThat(run(folder.resolve("r.onnx"), new float[][] {x})[0]).containsExactly(r.apply(x), offset(CLOSE));
    }

    @Test
    void aVectorOfZerosStaysAsItIsWhereLengthsBecomeOne() throws IOException, InterruptedException {
        Python.assumePackage("onnx");
        OnnxFile.save(reduction(false, false, 0).normalizing(true, true), folder.resolve("r.onnx"));

        assertThat(run(folder.resolve("r.onnx"), new float[1][N_IN])[0]).containsOnly(0);
    }

    @Test
    void shortVectorsComeToLengthOneToo() throws IOException, InterruptedException {
        Python.assumePackage("onnx");
        Reduction r = reduction(false, false, 0).normalizing(true, true);
        float[] x = normal(N_IN, 0);
        for (int i = 0; i < N_IN; i++) {
            x[i] *= SHORT;
        }
        OnnxFile.save(r, folder.resolve("r.onnx"));

        assertThat(run(folder.resolve("r.onnx"), new float[][] {x})[0]).containsExactly(r.apply(x), offset(CLOSE));
    }

    @Test
    void componentsAreOneGemm() throws IOException {
        INDArray q = Nd4j.rand(N_OUT, N_IN);
        Path file = folder.resolve("c.onnx");

        Components.of(q, Nd4j.rand(N_OUT)).withMetadata(Map.of("method", "pca")).saveOnnx(file);

        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        assertThat(model.getIrVersion()).isEqualTo(7);
        assertThat(model.getOpsetImportList()).hasSize(1);
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(13);
        assertThat(model.getProducerName()).isEqualTo("qr-reduction");
        assertThat(model.getMetadataPropsList())
                .singleElement()
                .satisfies(p -> assertThat(p.getKey() + "=" + p.getValue()).isEqualTo("method=pca"));
        assertThat(types(model)).containsExactly("Gemm");
        assertThat(model.getGraph().getInput(0).getName()).isEqualTo("x");
        assertThat(model.getGraph().getOutput(0).getName()).isEqualTo("z");
    }

    @Test
    void aMeanIsTakenOffFirstAndLengthsAreNodesOfTheirOwn() throws IOException {
        Path file = folder.resolve("r.onnx");

        OnnxFile.save(reduction(false, true, 1).normalizing(true, true), file);

        assertThat(types(ModelProto.parseFrom(Files.readAllBytes(file))))
                .containsExactly("ReduceL2", "Max", "Div", "Sub", "Gemm", "ReduceL2", "Max", "Div");
    }

    private static List<String> types(ModelProto model) {
        return model.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    @Test
    void aFileThatIsThereStaysWhereTheNewOneCannotBeWritten() throws IOException {
        Path target = folder.resolve("r.onnx");
        Files.writeString(target, "old");
        Reduction r = reduction(true, false, 0);

        assertThatThrownBy(() -> OnnxFile.save(r, folder.resolve("none").resolve("r.onnx")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("expected the folder ");
        assertThat(target).hasContent("old");
        OnnxFile.save(r, target);
        assertThat(ModelProto.parseFrom(Files.readAllBytes(target)).getGraph().getNodeCount())
                .isEqualTo(1);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(target);
        }
    }
}
