package io.github.qrreduction.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.ComponentLayer;
import io.github.qrreduction.ComponentLayerBuilder;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.internal.stiefel.Oracles;
import io.github.qrreduction.internal.stiefel.QRFactor;
import io.github.qrreduction.testutil.Cases;
import io.github.qrreduction.testutil.Close;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Both layers against their formulas in float64, over sizes, types, orders, views, formats, masks and modes. */
class LayerPropertiesTest {

    private static final int CASES = 150;

    @Test
    void forwardAndBackwardAreTheFormulas() {
        Cases.check("layers", CASES, LayerPropertiesTest::checkLayer);
    }

    private static void checkLayer(Cases draw) {
        int nIn = draw.size(1, 9);
        int nOut = draw.size(1, nIn);
        DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16);
        Orthonormality mode = draw.of(Orthonormality.values());
        RNNFormat format = draw.of(RNNFormat.NCW, RNNFormat.NWC);
        boolean reconstructs = draw.coin();
        boolean bias = draw.coin();
        ComponentLayerBuilder<?> builder =
                reconstructs ? new QRReconstructionLayer.Builder() : new QRReductionLayer.Builder();
        ComponentLayer layer = builder.nIn(nIn)
                .nOut(nOut)
                .orthonormality(mode)
                .hasBias(bias)
                .dataFormat(format)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .updater(new Sgd(0.1))
                .list()
                .layer(layer)
                .build());
        net.init();
        // Close to orthonormal, so that the QR factor of a HALF parameter is well conditioned.
        INDArray raw = net.getParam("0_Q").add(draw.normal(type, nOut, nIn).mul(0.1 / nIn));
        net.setParam("0_Q", draw.disguised(raw));
        if (bias) {
            net.setParam("0_b", draw.normal(type, layer.outputSize()));
        }

        int batch = draw.size(1, 6);
        int time = draw.coin() ? 0 : draw.size(1, 5);
        INDArray x = draw.normal(type, shape(batch, time, nIn, format));
        INDArray epsilon = draw.normal(type, shape(batch, time, layer.outputSize(), format));
        INDArray mask = time > 0 && draw.coin() ? mask(draw, batch, time) : null;
        INDArray xBefore = x.dup();
        INDArray epsilonBefore = epsilon.dup();

        if (mask != null) {
            net.setLayerMaskArrays(mask, null);
        }
        net.setInput(x);
        INDArray output = net.feedForward(true, false).get(1).dup();
        Pair<Gradient, INDArray> back = net.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces());

        INDArray w = net.getParam("0_Q").castTo(DataType.DOUBLE);
        QRFactor factor = mode == Orthonormality.PARAMETRIZATION ? QRFactor.of(w) : null;
        INDArray q = factor == null ? w : factor.q();
        INDArray weights = mask == null ? null : mask.castTo(DataType.DOUBLE).reshape('c', batch * time, 1);
        INDArray rows = rows(x, format);
        INDArray delta = masked(rows(epsilon, format), weights);
        INDArray z = rows.mmul(q.transpose());
        INDArray y = reconstructs ? z.mmul(q) : z;
        if (bias) {
            y = y.addRowVector(net.getParam("0_b").castTo(DataType.DOUBLE).reshape(1, layer.outputSize()));
        }
        INDArray inner = reconstructs ? delta.mmul(q.transpose()) : delta;
        INDArray gradient = inner.transpose().mmul(rows);
        if (reconstructs) {
            gradient.addi(z.transpose().mmul(delta));
        }
        double rounding = Cases.rounding(type);
        Close.assertRelativelyClose("output", rows(output, format), masked(y, weights), rounding);
        Close.assertRelativelyClose("input gradient", rows(back.getSecond(), format), inner.mmul(q), rounding);
        Close.assertRelativelyClose(
                "gradient of Q",
                back.getFirst().getGradientFor("0_Q"),
                factor == null ? gradient : Oracles.vjp(factor, gradient),
                rounding);
        if (bias) {
            Close.assertRelativelyClose(
                    "gradient of b",
                    back.getFirst().getGradientFor("0_b").reshape(layer.outputSize()),
                    delta.sum(0),
                    rounding);
        }
        assertThat(output.dataType()).isEqualTo(type);
        assertThat(x).isEqualTo(xBefore);
        assertThat(epsilon).isEqualTo(epsilonBefore);
    }

    @Test
    void restoreGivesTheNearestOrthonormalMatrix() {
        Cases.check("restore", CASES, draw -> {
            int nIn = draw.size(1, 9);
            int nOut = draw.size(1, nIn);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT);
            MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .dataType(type)
                    .updater(new Sgd(0.1))
                    .list()
                    .layer(new QRReductionLayer.Builder()
                            .nIn(nIn)
                            .nOut(nOut)
                            .hasBias(true)
                            .orthonormality(Orthonormality.RETRACTION)
                            .build())
                    .build());
            net.init();
            INDArray bias = net.getParam("0_b").assign(draw.normal(type, nOut)).dup();
            // A mean of orthonormal matrices, or near one: well away from singular ones, where nothing is nearest.
            INDArray off = net.getParam("0_Q")
                    .mul(draw.of(0.5, 1.0, 100.0))
                    .add(draw.normal(type, nOut, nIn).mul(0.02));
            net.getParam("0_Q").assign(off);

            QRReductionLayer.restore(net);

            INDArray q = net.getParam("0_Q").castTo(DataType.DOUBLE);
            INDArray w = off.castTo(DataType.DOUBLE);
            double rounding = Cases.rounding(type);
            Close.assertRelativelyClose(
                    "Q Q^T", q.mmul(q.transpose()), Nd4j.eye(nOut).castTo(DataType.DOUBLE), rounding);
            // The polar factor is the one Q with W = (W Q^T) Q and W Q^T symmetric positive definite.
            INDArray h = w.mmul(q.transpose());
            Close.assertRelativelyClose("W Q^T Q", h.mmul(q), w, rounding);
            Close.assertRelativelyClose("W Q^T", h, h.transpose(), rounding);
            for (int i = 0; i < nOut; i++) {
                assertThat(h.getDouble(i, i)).isPositive();
            }
            assertThat(net.getParam("0_b")).isEqualTo(bias);
        });
    }

    private static long[] shape(long batch, long time, long size, RNNFormat format) {
        if (time == 0) {
            return new long[] {batch, size};
        }
        return format == RNNFormat.NCW ? new long[] {batch, size, time} : new long[] {batch, time, size};
    }

    private static INDArray mask(Cases draw, int batch, int time) {
        INDArray mask = Nd4j.zeros(DataType.FLOAT, batch, time);
        for (int i = 0; i < batch; i++) {
            for (int t = 0; t < time; t++) {
                mask.putScalar(i, t, draw.coin() ? 1 : 0);
            }
        }
        return draw.disguised(mask);
    }

    /** Rows in float64, step after step of each example. */
    private static INDArray rows(INDArray array, RNNFormat format) {
        INDArray exact = array.castTo(DataType.DOUBLE);
        if (array.rank() == 2) {
            return exact.dup('c');
        }
        INDArray nwc = (format == RNNFormat.NCW ? exact.permute(0, 2, 1) : exact).dup('c');
        return nwc.reshape('c', nwc.size(0) * nwc.size(1), nwc.size(2));
    }

    private static INDArray masked(INDArray rows, INDArray weights) {
        return weights == null ? rows : rows.mulColumnVector(weights);
    }
}
