package io.github.qrreduction.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.ComponentLayer;
import io.github.qrreduction.ComponentLayerBuilder;
import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.OrthonormalityListener;
import io.github.qrreduction.OrthonormalityListener.Measurement;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.SampleMoments;
import io.github.qrreduction.internal.stiefel.QRFactor;
import io.github.qrreduction.testutil.Batches;
import io.github.qrreduction.testutil.Cases;
import io.github.qrreduction.testutil.Close;
import io.github.qrreduction.testutil.Networks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Components into networks and out of them, baked networks, shared principal components, over all that may vary. */
class NetworkPropertiesTest {

    private static final int CASES = 100;

    @Test
    void bakedNetworksPutOutTheSame() {
        Cases.check("bake", CASES, draw -> {
            int nIn = draw.size(1, 9);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT);
            MultiLayerNetwork net = network(draw, type, nIn, draw.size(1, nIn));
            INDArray x = draw.normal(type, draw.size(1, 6), nIn);
            INDArray expected = net.output(x);
            INDArray params = net.params().dup();

            Close.assertRelativelyClose("network", Components.bake(net).output(x), expected, Cases.rounding(type));
            ComputationGraph graph = net.toComputationGraph();
            Close.assertRelativelyClose(
                    "graph", Components.bake(graph).outputSingle(x), expected, Cases.rounding(type));
            assertThat(net.params()).isEqualTo(params);
        });
    }

    @Test
    void componentsThatAreCopiedToALayerAreThoseOfTheLayer() {
        Cases.check("copyTo", CASES, draw -> {
            int nIn = draw.size(1, 9);
            int nOut = draw.size(1, nIn);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT);
            MultiLayerNetwork net = network(draw, type, nIn, nOut);
            ComponentLayer layer = (ComponentLayer) net.getLayer(0).conf().getLayer();
            INDArray matrix =
                    QRFactor.of(draw.normal(DataType.DOUBLE, nOut, nIn)).q();
            INDArray given = draw.disguised(matrix.castTo(draw.of(DataType.DOUBLE, DataType.FLOAT)));
            boolean bias = layer.hasBias() && layer instanceof QRReductionLayer;
            Components c = Components.of(given, bias ? draw.normal(type, nOut) : null);
            INDArray before = given.dup();

            c.copyTo(net, 0);

            Components held = Components.of(net, 0);
            Close.assertRelativelyClose("matrix", held.matrix(), matrix, Cases.rounding(DataType.FLOAT));
            if (bias) {
                Close.assertRelativelyClose("bias", held.bias(), c.bias(), Cases.rounding(DataType.FLOAT));
            }
            assertThat(given).isEqualTo(before);
        });
    }

    @Test
    void momentsOfPartsGiveThePrincipalComponentsOfTheWhole() {
        Cases.check("moments", CASES, draw -> {
            int nIn = draw.size(1, 9);
            List<DataSet> batches = new ArrayList<>();
            for (int i = draw.size(1, 6); i >= 0; i--) {
                batches.add(
                        new DataSet(draw.normal(draw.of(DataType.DOUBLE, DataType.FLOAT), draw.size(1, 6), nIn), null));
            }
            PrincipalComponents whole = PrincipalComponents.fit(new Batches(batches), nIn);

            Collections.rotate(batches, draw.size(0, 3));
            SampleMoments moments = SampleMoments.of(Collections.emptyIterator(), RNNFormat.NCW);
            for (int from = 0; from < batches.size(); ) {
                int to = Math.min(batches.size(), from + draw.size(1, 3));
                moments.merge(SampleMoments.of(batches.subList(from, to).iterator(), RNNFormat.NCW));
                from = to;
            }
            PrincipalComponents merged = moments.principalComponents(nIn);

            double rounding = Cases.rounding(DataType.DOUBLE);
            Close.assertRelativelyClose("mean", merged.mean(), whole.mean(), rounding);
            double[] variance = whole.explainedVariance();
            assertThat(merged.explainedVariance()).containsExactly(variance, within(rounding));
            for (int i = 0; i < nIn; i++) {
                assertThat(Math.pow(merged.singularValues()[i], 2))
                        .isCloseTo(variance[i] * (moments.count() - 1), within(moments.count() * rounding));
            }
        });
    }

    @Test
    void theListenerMeasuresWhatIsDueAndStopsTrainingAtItsBound() {
        Cases.check("listener", CASES, draw -> {
            int nIn = draw.size(2, 9);
            int nMiddle = draw.size(1, nIn);
            int nOut = draw.size(1, nMiddle);
            DataType type = draw.of(DataType.DOUBLE, DataType.FLOAT);
            MultiLayerNetwork net =
                    Networks.withMse(type, new Sgd(0.1), reduction(draw, nIn, nMiddle), reduction(draw, nMiddle, nOut));
            ComputationGraph graph = draw.coin() ? net.toComputationGraph() : null;
            int frequency = draw.size(1, 4);
            double bound = draw.of(0.0, 1e-4, 1e-2, 1.0, Double.POSITIVE_INFINITY);
            OrthonormalityListener listener = new OrthonormalityListener(frequency, bound);
            List<Measurement> due = new ArrayList<>();
            TrainingListener measuring = new BaseTrainingListener() {
                @Override
                public void iterationDone(Model model, int iteration, int epoch) {
                    for (int i = 0; i < 2 && iteration % frequency == 0; i++) {
                        Components c = graph == null ? Components.of(net, i) : Components.of(graph, "" + i);
                        due.add(new Measurement(iteration, graph == null ? "layer" + i : "" + i, error(c)));
                    }
                }
            };
            int steps = draw.size(1, 8);

            DL4JException stop = catchThrowableOfType(DL4JException.class, () -> {
                for (int step = 0; step < steps; step++) {
                    INDArray x = draw.normal(type, draw.size(1, 6), nIn);
                    DataSet batch = new DataSet(x, draw.normal(type, x.rows(), nOut));
                    if (graph == null) {
                        net.setListeners(measuring, listener);
                        net.fit(batch);
                    } else {
                        graph.setListeners(measuring, listener);
                        graph.fit(batch);
                    }
                }
            });

            List<Measurement> measured = listener.measurements();
            assertThat(measured).isNotEmpty();
            for (int i = 0; i < measured.size(); i++) {
                Measurement m = measured.get(i);
                assertThat(m.iteration()).isEqualTo(due.get(i).iteration());
                assertThat(m.layer()).isEqualTo(due.get(i).layer());
                assertThat(m.error()).isCloseTo(due.get(i).error(), within(Cases.rounding(type)));
                assertThat(m.error() > bound).isEqualTo(stop != null && i == measured.size() - 1);
            }
            if (stop == null) {
                assertThat(measured).hasSameSizeAs(due);
                assertThat(due).hasSize(2 * ((steps - 1) / frequency + 1));
            }
        });
    }

    /** {@code ||Q Q^T - I||_F}, once more, entry by entry. */
    private static double error(Components components) {
        double[][] q = components.matrix().castTo(DataType.DOUBLE).toDoubleMatrix();
        double squares = 0;
        for (int i = 0; i < q.length; i++) {
            for (int j = 0; j < q.length; j++) {
                double entry = i == j ? -1 : 0;
                for (int l = 0; l < q[i].length; l++) {
                    entry += q[i][l] * q[j][l];
                }
                squares += entry * entry;
            }
        }
        return Math.sqrt(squares);
    }

    private static QRReductionLayer reduction(Cases draw, int nIn, int nOut) {
        return Networks.reduction(nIn, nOut)
                .orthonormality(draw.of(Orthonormality.values()))
                .hasBias(draw.coin())
                .build();
    }

    /** One layer of either kind, in some mode, with or without a bias, under mean squared error. */
    private static MultiLayerNetwork network(Cases draw, DataType type, int nIn, int nOut) {
        ComponentLayerBuilder<?> builder =
                draw.coin() ? new QRReconstructionLayer.Builder() : new QRReductionLayer.Builder();
        return Networks.withMse(
                type,
                new Sgd(0.1),
                builder.nIn(nIn)
                        .nOut(nOut)
                        .orthonormality(draw.of(Orthonormality.values()))
                        .hasBias(draw.coin())
                        .build());
    }
}
