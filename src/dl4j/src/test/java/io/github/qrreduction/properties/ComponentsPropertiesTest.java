package io.github.qrreduction.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import io.github.qrreduction.ExplainedVariance;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.testutil.Batches;
import io.github.qrreduction.testutil.Cases;
import io.github.qrreduction.testutil.Close;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Components, principal components and explained variance against their definitions, over all that may vary. */
class ComponentsPropertiesTest {

    private static final int CASES = 150;

    @Test
    void transformsAreTheFormulasAndFilesKeepEveryBit(@TempDir Path folder) {
        Cases.check("components", CASES, draw -> {
            int nIn = draw.size(1, 9);
            int nOut = draw.size(1, nIn);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16);
            DataType xType = draw.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16);
            INDArray matrix = draw.disguised(Nd4j.eye(nIn)
                    .castTo(type)
                    .get(NDArrayIndex.interval(0, nOut), NDArrayIndex.all())
                    .dup()
                    .add(draw.normal(type, nOut, nIn).mul(0.2 / nIn)));
            INDArray bias = draw.coin() ? draw.normal(type, nOut) : null;
            INDArray x = draw.normal(xType, draw.size(1, 6), nIn);
            INDArray xBefore = x.dup();
            INDArray matrixBefore = matrix.dup();

            Components c = Components.of(matrix, bias);
            INDArray z = c.transform(x);
            INDArray back = c.inverseTransform(z);

            INDArray q = matrix.castTo(DataType.DOUBLE);
            INDArray expected = x.castTo(DataType.DOUBLE).mmul(q.transpose());
            if (bias != null) {
                expected.addiRowVector(bias.castTo(DataType.DOUBLE).reshape(1, nOut));
            }
            // Computed in FLOAT at least; the result is rounded to the type of x.
            double rounding =
                    Math.max(Cases.rounding(xType), type == DataType.DOUBLE ? 0 : Cases.rounding(DataType.FLOAT));
            Close.assertRelativelyClose("z", z, expected, rounding);
            assertThat(z.dataType()).isEqualTo(xType);
            Close.assertRelativelyClose("z of the way back", c.transform(back), z, 10 * rounding);
            for (int i = 0; i < x.rows(); i++) {
                INDArray row = x.getRow(i).castTo(DataType.FLOAT).dup('c');
                Close.assertRelativelyClose(
                        "float[]",
                        Nd4j.createFromArray(c.transform(row.toFloatVector())),
                        z.getRow(i),
                        Math.max(rounding, Cases.rounding(DataType.FLOAT)));
            }
            Path file = folder.resolve(bias == null && draw.coin() ? "c.npy" : "c.npz");
            c.save(file);
            Components loaded = Components.load(file);
            assertThat(loaded.matrix().dataType()).isEqualTo(type);
            Close.assertRelativelyClose("loaded", loaded.matrix(), matrix, 0);
            assertThat(loaded.bias() == null).isEqualTo(bias == null);
            int k = draw.size(1, nOut);
            Close.assertRelativelyClose(
                    "truncated",
                    c.truncate(k).matrix(),
                    matrix.get(NDArrayIndex.interval(0, k), NDArrayIndex.all()).reshape(k, nIn),
                    0);
            assertThat(x).isEqualTo(xBefore);
            assertThat(matrix).isEqualTo(matrixBefore);
        });
    }

    @Test
    void principalComponentsDiagonaliseTheCovarianceWhateverTheBatches() {
        Cases.check("principal components", CASES, draw -> {
            int nIn = draw.size(1, 8);
            int n = draw.size(2, 40);
            int k = draw.size(1, nIn);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16);
            INDArray x = draw.normal(type, n, nIn).add(draw.of(0.0, 3.0));
            DataSetIterator data = draw.coin() ? batches(draw, x) : sequences(draw, x);
            RNNFormat format = RNNFormat.NCW;

            PrincipalComponents p =
                    PrincipalComponents.fitter().dataFormat(format).fit(data, k);

            INDArray exact = x.castTo(DataType.DOUBLE);
            INDArray mean = exact.mean(true, 0);
            INDArray centred = exact.subRowVector(mean);
            INDArray covariance = centred.transpose().mmul(centred).div(n - 1);
            INDArray q = p.components().matrix();
            double rounding = 1e-10;
            Close.assertRelativelyClose("mean", p.mean(), mean.reshape(nIn), rounding);
            Close.assertRelativelyClose(
                    "Q Q^T", q.mmul(q.transpose()), Nd4j.eye(k).castTo(DataType.DOUBLE), rounding);
            INDArray variances = Nd4j.diag(Nd4j.createFromArray(p.explainedVariance()));
            Close.assertRelativelyClose(
                    "Q S Q^T", q.mmul(covariance).mmul(q.transpose()), variances.reshape(k, k), rounding);
            Close.assertRelativelyClose(
                    "S Q^T", covariance.mmul(q.transpose()), q.transpose().mmul(variances.reshape(k, k)), rounding);
            double trace = 0;
            for (int i = 0; i < nIn; i++) {
                trace += covariance.getDouble(i, i);
            }
            assertThat(p.totalVariance()).isCloseTo(trace, within(rounding * Math.max(1, trace)));
            assertThat(p.nSamples()).isEqualTo(n);
            double lost = p.totalVariance();
            for (double v : p.explainedVariance()) {
                lost -= v;
            }
            assertThat(p.reconstructionError(exact))
                    .isCloseTo(lost * (n - 1) / n, within(rounding * Math.max(1, trace)));
            ExplainedVariance ev = p.components().explainedVariance(data);
            Close.assertRelativelyClose(
                    "explained variance",
                    Nd4j.createFromArray(ev.variance()),
                    Nd4j.createFromArray(p.explainedVariance()),
                    rounding);
            assertThat(ev.total()).isCloseTo(trace, within(rounding * Math.max(1, trace)));
        });
    }

    @Test
    void rotationKeepsTheSubspaceAndMakesScoresUncorrelated() {
        Cases.check("rotation", CASES, draw -> {
            int nIn = draw.size(1, 8);
            int nOut = draw.size(1, nIn);
            int n = draw.size(10, 40);
            INDArray x = draw.normal(DataType.DOUBLE, n, nIn);
            INDArray matrix = Nd4j.eye(nIn)
                    .castTo(DataType.DOUBLE)
                    .get(NDArrayIndex.interval(0, nOut), NDArrayIndex.all())
                    .dup()
                    .add(draw.normal(DataType.DOUBLE, nOut, nIn).mul(0.2 / nIn));
            Components c = Components.of(matrix, draw.coin() ? draw.normal(DataType.DOUBLE, nOut) : null);
            DataSetIterator data = batches(draw, x);

            Components r = c.rotatedToPrincipalAxes(data);

            double rounding = 1e-9;
            INDArray q = r.matrix();
            Close.assertRelativelyClose(
                    "Q Q^T", q.mmul(q.transpose()), Nd4j.eye(nOut).castTo(DataType.DOUBLE), rounding);
            Close.assertRelativelyClose("subspace", matrix.mmul(q.transpose()).mmul(q), matrix, rounding);
            INDArray centred = x.subRowVector(x.mean(true, 0));
            INDArray scores = centred.mmul(q.transpose());
            INDArray covariance = scores.transpose().mmul(scores).div(n - 1);
            double[] variance =
                    c.rotatedToPrincipalAxes(data).explainedVariance(data).variance();
            Close.assertRelativelyClose(
                    "covariance",
                    covariance,
                    Nd4j.diag(Nd4j.createFromArray(variance)).reshape(nOut, nOut),
                    rounding);
            for (int i = 1; i < nOut; i++) {
                assertThat(variance[i]).isLessThanOrEqualTo(variance[i - 1] + rounding);
            }
            assertThat(r.explainedVariance(data).residual())
                    .isCloseTo(c.explainedVariance(data).residual(), within(rounding));
            // Each new code is a linear map of the old one, so both go back to the same x.
            Close.assertRelativelyClose(
                    "way back", r.inverseTransform(r.transform(x)), c.inverseTransform(c.transform(x)), rounding);
        });
    }

    /** Batches of random sizes, some of them with masked rows that hold nonsense. */
    private static DataSetIterator batches(Cases draw, INDArray x) {
        List<DataSet> batches = new ArrayList<>();
        // ND4J's get gives an empty array for some rows of a view.
        INDArray plain = x.dup('c');
        for (int from = 0; from < x.rows(); ) {
            int to = Math.min(x.rows(), from + draw.size(1, 7));
            INDArray part = plain.get(NDArrayIndex.interval(from, to), NDArrayIndex.all())
                    .reshape(to - from, x.columns());
            DataSet batch = new DataSet(draw.disguised(part), null);
            if (draw.coin()) {
                INDArray nonsense = Nd4j.valueArrayOf(new long[] {1, x.columns()}, Double.NaN, x.dataType());
                batch = new DataSet(Nd4j.concat(0, part, nonsense), null);
                INDArray mask = Nd4j.ones(DataType.FLOAT, to - from + 1, 1);
                mask.putScalar(to - from, 0, 0);
                batch.setFeaturesMaskArray(mask);
            }
            batches.add(batch);
            from = to;
        }
        return new Batches(batches);
    }

    /** The rows as steps of sequences of one example each, whose last step is masked. */
    private static DataSetIterator sequences(Cases draw, INDArray x) {
        List<DataSet> batches = new ArrayList<>();
        for (int from = 0; from < x.rows(); ) {
            int to = Math.min(x.rows(), from + draw.size(1, 7));
            int steps = to - from;
            INDArray sequence = Nd4j.valueArrayOf(new long[] {1, x.columns(), steps + 1}, Double.NaN, x.dataType());
            for (int t = 0; t < steps; t++) {
                for (int j = 0; j < x.columns(); j++) {
                    sequence.putScalar(0, j, t, x.getDouble(from + t, j));
                }
            }
            INDArray mask = Nd4j.ones(DataType.FLOAT, 1, steps + 1);
            mask.putScalar(0, steps, 0);
            batches.add(new DataSet(draw.disguised(sequence), null, mask, null));
            from = to;
        }
        return new Batches(batches);
    }
}
