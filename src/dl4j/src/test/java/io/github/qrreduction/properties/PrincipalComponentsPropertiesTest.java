package io.github.qrreduction.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import io.github.qrreduction.ExplainedVariance;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.testutil.Batches;
import io.github.qrreduction.testutil.Cases;
import io.github.qrreduction.testutil.Close;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** The ways to fit principal components agree, and so do the ways to apply and to read them. */
class PrincipalComponentsPropertiesTest {

    private static final int CASES = 100;

    /** Of float64 sums in another order, over the gaps of eigenvalues of random data. */
    private static final double REORDERED = 1e-8;

    @Test
    void everyWayToFitFindsTheSame() {
        Cases.check("ways to fit", CASES, draw -> {
            INDArray x = data(draw, draw.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16));
            INDArray before = x.dup();
            int nIn = x.columns();
            int k = draw.size(1, nIn);
            double[] ratio = PrincipalComponents.fit(x, nIn).explainedVarianceRatio();
            double reached = Arrays.stream(ratio, 0, k).sum();
            // Between what k - 1 components reach and what k do.
            double share = reached - ratio[k - 1] / draw.of(2, 3);
            INDArray[] features = {Nd4j.zeros(x.rows(), 2), x, Nd4j.zeros(x.rows(), 1)};
            int input = draw.size(0, 2);
            features[1] = features[input];
            features[input] = x;
            MultiDataSet multi = new MultiDataSet(features, new INDArray[0]);

            PrincipalComponents p = PrincipalComponents.fit(x, k);

            assertThat(p.explainedVarianceRatio()).containsExactly(Arrays.copyOf(ratio, k), within(REORDERED));
            assertSame(p, PrincipalComponents.fitForVariance(x, share));
            assertSame(p, PrincipalComponents.fit(new Batches(List.of(new DataSet(x, null))), k));
            assertSame(p, PrincipalComponents.fitForVariance(new Batches(List.of(new DataSet(x, null))), share));
            assertSame(p, PrincipalComponents.fit(new SingletonMultiDataSetIterator(multi), input, k));
            assertSame(p, PrincipalComponents.fitForVariance(new SingletonMultiDataSetIterator(multi), input, share));
            assertThat(x).isEqualTo(before);
        });
    }

    private static void assertSame(PrincipalComponents expected, PrincipalComponents actual) {
        assertThat(actual.nSamples()).isEqualTo(expected.nSamples());
        Close.assertRelativelyClose(
                "components",
                actual.components().matrix(),
                expected.components().matrix(),
                REORDERED);
        Close.assertRelativelyClose("mean", actual.mean(), expected.mean(), REORDERED);
        assertThat(actual.explainedVariance()).containsExactly(expected.explainedVariance(), within(REORDERED));
        assertThat(actual.singularValues()).containsExactly(expected.singularValues(), within(REORDERED));
    }

    @Test
    void transformsAreTheFormulasInEveryType() {
        Cases.check("ways to apply", CASES, draw -> {
            INDArray x = data(draw, DataType.DOUBLE);
            int nIn = x.columns();
            int k = draw.size(1, nIn);
            PrincipalComponents p = PrincipalComponents.fit(x, k);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16);
            INDArray some = draw.normal(type, draw.size(1, 6), nIn);
            INDArray q = p.components().matrix();
            INDArray mean = p.mean().reshape(1, nIn);

            INDArray z = p.transform(some);
            INDArray back = p.inverseTransform(z);

            double rounding = Cases.rounding(type);
            INDArray expected = some.castTo(DataType.DOUBLE).subRowVector(mean).mmul(q.transpose());
            Close.assertRelativelyClose("z", z, expected, rounding);
            assertThat(z.dataType()).isEqualTo(type);
            Close.assertRelativelyClose(
                    "back", back, z.castTo(DataType.DOUBLE).mmul(q).addRowVector(mean), rounding);
            assertThat(back.dataType()).isEqualTo(type);
            for (int i = 0; i < some.rows(); i++) {
                // A row of a view may be no vector to ND4J.
                INDArray row = some.dup('c').getRow(i);
                Close.assertRelativelyClose("one z", p.transform(row), z.getRow(i), rounding);
                double single = Math.max(rounding, Cases.rounding(DataType.FLOAT));
                float[] floats = p.transform(row.toFloatVector());
                Close.assertRelativelyClose("float z", Nd4j.createFromArray(floats), z.getRow(i), single);
                Close.assertRelativelyClose(
                        "float back", Nd4j.createFromArray(p.inverseTransform(floats)), back.getRow(i), single);
            }
        });
    }

    @Test
    void explainedVariancesAddUp() {
        Cases.check("explained variance", CASES, draw -> {
            INDArray x = data(draw, DataType.DOUBLE);
            int nIn = x.columns();
            int nOut = draw.size(1, nIn);
            Components components = Components.of(draw.normal(DataType.DOUBLE, nOut, nIn));

            ExplainedVariance ev = components.explainedVariance(new Batches(List.of(new DataSet(x, null))));

            double sum = 0;
            for (int i = 0; i < nOut; i++) {
                assertThat(ev.ratio()[i]).isCloseTo(ev.variance()[i] / ev.total(), within(REORDERED));
                sum += ev.ratio()[i];
                assertThat(ev.cumulative()[i]).isCloseTo(sum, within(REORDERED)).isBetween(0.0, 1 + REORDERED);
            }
            assertThat(ev.residual()).isCloseTo(1 - sum, within(REORDERED));
            if (nOut == nIn) {
                assertThat(ev.residual()).isCloseTo(0, within(REORDERED));
            }
        });
    }

    /** More samples than columns, so that every component has a variance. */
    private static INDArray data(Cases draw, DataType type) {
        int nIn = draw.size(1, 8);
        return draw.normal(type, nIn + draw.size(2, 30), nIn).add(draw.of(0.0, 3.0));
    }
}
