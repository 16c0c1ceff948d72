package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.vectors.Reduction;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Components go to a reduction without ND4J, which computes the same, and come back. */
class ComponentsReductionTest {

    /** What {@link Components#reduction()} promises, in terms of the row's scale. */
    private static final double BOUND = 2e-6;

    /** Half an ulp of float32: a DOUBLE mean's rounding. */
    private static final double MEAN_ROUNDING = 6e-8;

    private static final Random RANDOM = new Random(3);

    private static double[] normal(int n, double scale, double shift) {
        return RANDOM.doubles(n).map(u -> shift + scale * (2 * u - 1)).toArray();
    }

    private static Components components(DataType type, int nOut, int nIn, double shift) {
        INDArray q = Nd4j.createFromArray(normal(nOut * nIn, 1, 0)).reshape(nOut, nIn);
        return Components.of(q.castTo(type), Nd4j.createFromArray(normal(nOut, 1, 0)))
                .withMean(Nd4j.createFromArray(normal(nIn, 1, shift)))
                .withMetadata(Map.of("method", "made up"));
    }

    private static double norm(double[] v) {
        double squares = 0;
        for (double d : v) {
            squares += d * d;
        }
        return Math.sqrt(squares);
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT, 64, 384, 0", "FLOAT, 64, 384, 1000", "FLOAT, 3, 5, -100", "DOUBLE, 32, 200, 0",
        "DOUBLE, 32, 200, 1000", "HALF, 16, 100, 10"
    })
    void theReductionComputesWhatTheComponentsDo(DataType type, int nOut, int nIn, double shift) {
        Components c = components(type, nOut, nIn, shift);
        Reduction r = c.reduction();
        double[][] q = c.matrix().castTo(DataType.DOUBLE).toDoubleMatrix();
        double[] b = c.bias().castTo(DataType.DOUBLE).toDoubleVector();
        double[] mean = c.mean().castTo(DataType.DOUBLE).toDoubleVector();

        for (int round = 0; round < 20; round++) {
            float[] x = new float[nIn];
            double[] centred = new double[nIn];
            for (int i = 0; i < nIn; i++) {
                x[i] = (float) (mean[i] + RANDOM.nextGaussian());
                centred[i] = x[i] - mean[i];
            }
            float[] z = r.apply(x);
            float[] expected = c.transform(x);
            float[] batch = c.transform(Nd4j.createFromArray(new double[][] {widened(x)}))
                    .castTo(DataType.FLOAT)
                    .toFloatVector();
            for (int j = 0; j < nOut; j++) {
                double scale = norm(centred) * norm(q[j]) + Math.abs(b[j]);
                double bound = BOUND * scale + (type == DataType.DOUBLE ? MEAN_ROUNDING * norm(mean) * norm(q[j]) : 0);
                assertThat((double) z[j]).isCloseTo(expected[j], org.assertj.core.data.Offset.offset(bound));
                assertThat((double) z[j]).isCloseTo(batch[j], org.assertj.core.data.Offset.offset(bound));
            }
        }
    }

    private static double[] widened(float[] x) {
        double[] d = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            d[i] = x[i];
        }
        return d;
    }

    @Test
    void thereAndBackNothingIsLost() {
        Components c = components(DataType.FLOAT, 4, 7, 2);

        Components back = Components.of(c.reduction());

        assertThat(back).isEqualTo(c);
        assertThat(back.metadata()).isEqualTo(Map.of("method", "made up"));
        assertThat(c.reduction().metadata()).isEqualTo(c.metadata());
        Components plain = Components.of(c.matrix());
        assertThat(Components.of(plain.reduction())).isEqualTo(plain);
    }

    @Test
    void aReductionThatChangesLengthsIsNoMatterOfComponents() {
        Reduction r = components(DataType.FLOAT, 2, 3, 0).reduction();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.of(r.normalizing(false, true)))
                .withMessage("expected a reduction without unit length before or after, which components do not have,"
                        + " got one with it; use it as a Reduction");
        assertThatIllegalArgumentException().isThrownBy(() -> Components.of(r.normalizing(true, false)));
    }
}
