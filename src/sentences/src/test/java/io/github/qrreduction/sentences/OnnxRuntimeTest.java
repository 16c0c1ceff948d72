package io.github.qrreduction.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.qrreduction.Components;
import io.github.qrreduction.OnnxFile;
import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ONNX Runtime, which knows nothing of this library, computes what the components do. */
class OnnxRuntimeTest {
    /** Of the row's scale: float32's rounding in sums over some hundred inputs. */
    private static final double CLOSE = 1e-6;

    private static final int ROWS = 20;

    private final Random random = new Random(4);

    @TempDir
    private Path folder;

    private float[][] normal(int rows, int columns, float shift) {
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = shift + (float) random.nextGaussian();
            }
        }
        return values;
    }

    private static float[][] run(Path model, float[][] x) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model.toString());
                OnnxTensor in = OnnxTensor.createTensor(environment, x);
                OrtSession.Result out = session.run(Map.of("x", in))) {
            return (float[][]) out.get(0).getValue();
        }
    }

    private static double norm(float[] v, float[] center) {
        double squares = 0;
        for (int i = 0; i < v.length; i++) {
            double d = v[i] - center[i];
            squares += d * d;
        }
        return Math.sqrt(squares);
    }

    @ParameterizedTest
    @CsvSource({"384, 64, 0", "768, 64, 100", "5, 3, 1000"})
    void componentsGiveTheSameNumbers(int nIn, int nOut, float shift) throws IOException, OrtException {
        float[][] q = normal(nOut, nIn, 0);
        float[][] mean = normal(1, nIn, shift);
        float[][] bias = normal(1, nOut, 0);
        Components c = Components.of(Nd4j.createFromArray(q), Nd4j.createFromArray(bias[0]))
                .withMean(Nd4j.createFromArray(mean[0]));
        float[][] x = normal(ROWS, nIn, shift);
        Path model = folder.resolve("c.onnx");

        c.saveOnnx(model);

        float[][] z = run(model, x);
        INDArray expected = c.transform(Nd4j.createFromArray(x));
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < nOut; j++) {
                double scale = norm(x[i], mean[0]) * norm(q[j], new float[nIn]) + Math.abs(bias[0][j]);
                assertThat((double) z[i][j]).isCloseTo(expected.getFloat(i, j), offset(CLOSE * scale));
            }
        }
    }

    @Test
    void lengthsBecomeOneAndZerosStay() throws IOException, OrtException {
        Reduction r = Reduction.of(normal(4, 30, 0), null, null).normalizing(true, true);
        float[][] x = normal(ROWS, 30, 0);
        x[3] = new float[30];
        Path model = folder.resolve("r.onnx");

        OnnxFile.save(r, model);

        float[][] z = run(model, x);
        for (int i = 0; i < ROWS; i++) {
            assertThat(z[i]).containsExactly(r.apply(x[i]), offset((float) CLOSE));
        }
        assertThat(z[3]).containsOnly(0);
    }
}
