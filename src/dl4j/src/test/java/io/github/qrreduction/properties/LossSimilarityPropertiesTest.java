package io.github.qrreduction.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.loss.LossSimilarity;
import io.github.qrreduction.testutil.Cases;
import io.github.qrreduction.testutil.Close;
import org.junit.jupiter.api.Test;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The loss against its definition, written out in float64, over sizes, types, orders, views and masks. */
class LossSimilarityPropertiesTest {

    private static final int CASES = 150;
    private static final double STEP = 1e-6;

    @Test
    void scoreAndGradientAreTheDefinitions() {
        Cases.check("similarity", CASES, draw -> {
            int batch = draw.size(1, 8);
            int k = draw.size(1, 5);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT);
            double temperature = draw.of(0.2, 1.0, 5.0);
            INDArray labels = draw.normal(draw.of(DataType.DOUBLE, DataType.FLOAT), batch, draw.size(1, 6));
            INDArray output = draw.normal(type, batch, k);
            INDArray mask = draw.coin() ? null : Nd4j.zeros(DataType.FLOAT, batch, 1);
            for (int i = 0; mask != null && i < batch; i++) {
                mask.putScalar(i, 0, draw.coin() ? 1 : 0);
            }
            INDArray labelsBefore = labels.dup();
            INDArray outputBefore = output.dup();
            LossSimilarity loss = new LossSimilarity(temperature);
            ActivationIdentity identity = new ActivationIdentity();

            Pair<Double, INDArray> both = loss.computeGradientAndScore(labels, output, identity, mask, false);

            double rounding = type == DataType.DOUBLE ? 1e-9 : 2e-4;
            double[][] x = labels.castTo(DataType.DOUBLE).dup('c').toDoubleMatrix();
            double[][] z = output.castTo(DataType.DOUBLE).dup('c').toDoubleMatrix();
            double expected = score(x, z, mask, temperature);
            assertThat(both.getFirst()).isCloseTo(expected, within(rounding * Math.max(1, expected)));
            assertThat(loss.computeScore(labels, output, identity, mask, true))
                    .isCloseTo(expected / batch, within(rounding * Math.max(1, expected)));
            assertThat(loss.computeScoreArray(labels, output, identity, mask)
                            .sumNumber()
                            .doubleValue())
                    .isCloseTo(expected, within(rounding * Math.max(1, expected)));
            INDArray numeric = Nd4j.create(DataType.DOUBLE, batch, k);
            for (int i = 0; i < batch; i++) {
                for (int j = 0; j < k; j++) {
                    double at = z[i][j];
                    z[i][j] = at + STEP;
                    double above = score(x, z, mask, temperature);
                    z[i][j] = at - STEP;
                    double below = score(x, z, mask, temperature);
                    z[i][j] = at;
                    numeric.putScalar(i, j, (above - below) / (2 * STEP));
                }
            }
            Close.assertRelativelyClose("gradient", both.getSecond(), numeric, type == DataType.DOUBLE ? 1e-5 : 1e-3);
            Close.assertRelativelyClose(
                    "gradient alone", loss.computeGradient(labels, output, identity, mask), both.getSecond(), 1e-6);
            assertThat(labels).isEqualTo(labelsBefore);
            assertThat(output).isEqualTo(outputBefore);
        });
    }

    private static double score(double[][] x, double[][] z, INDArray mask, double temperature) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            if (absent(mask, i)) {
                continue;
            }
            double[] p = logits(x, i, mask, temperature);
            double[] q = logits(z, i, mask, temperature);
            double logP = logSum(p);
            double logQ = logSum(q);
            for (int j = 0; j < x.length; j++) {
                if (p[j] != Double.NEGATIVE_INFINITY) {
                    sum -= Math.exp(p[j] - logP) * (q[j] - logQ);
                }
            }
        }
        return sum;
    }

    private static boolean absent(INDArray mask, int i) {
        return mask != null && mask.getDouble(i, 0) == 0;
    }

    private static double[] logits(double[][] rows, int i, INDArray mask, double temperature) {
        double[] logits = new double[rows.length];
        for (int j = 0; j < rows.length; j++) {
            logits[j] = j == i || absent(mask, j) ? Double.NEGATIVE_INFINITY : cosine(rows[i], rows[j]) / temperature;
        }
        return logits;
    }

    private static double logSum(double[] logits) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit);
        }
        return Math.log(sum);
    }

    private static double cosine(double[] a, double[] b) {
        double product = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return product / Math.sqrt(aa * bb);
    }
}
