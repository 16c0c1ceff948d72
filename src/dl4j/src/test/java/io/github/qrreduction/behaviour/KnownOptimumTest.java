package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.internal.stiefel.QRFactor;
import io.github.qrreduction.internal.stiefel.Stiefel;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Reconstruction of data whose principal axes are known by construction: {@code X = U diag(s) V^T}, U with orthonormal
 * and centred columns. No factorisation of X is needed to know that k components leave the squares of s beyond k.
 */
class KnownOptimumTest {

    private static final int ROWS = 300;
    private static final int SIZE = 12;
    private static final int COMPONENTS = 3;
    private static final int STEPS = 400;
    private static final double LEARNING_RATE_AT_THE_END = 0.05;
    /** What the contract asks for: PCA's error within 0.1 %. */
    private static final double EXCESS = 1e-3;
    /** Frobenius distance of the projectors; the excess error is of its second order. */
    private static final double PROJECTOR_DISTANCE = 0.02;

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({"RETRACTION,Sgd,0.5", "RETRACTION,Adam,0.02", "PARAMETRIZATION,Sgd,0.5", "PARAMETRIZATION,Adam,0.02"})
    void isReached(Orthonormality mode, String updater, double learningRate) {
        Nd4j.getRandom().setSeed(SEED);
        double[] singularValues = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            singularValues[i] = Math.sqrt(ROWS * SIZE) * Math.pow(0.7, i);
        }
        INDArray axes = Stiefel.uniform(SIZE, SIZE, DataType.DOUBLE);
        INDArray x = data(singularValues, axes);
        double optimum = 0;
        for (int i = COMPONENTS; i < SIZE; i++) {
            optimum += singularValues[i] * singularValues[i] / (ROWS * SIZE);
        }

        ISchedule decaying = new ExponentialSchedule(
                ScheduleType.ITERATION, learningRate, Math.pow(LEARNING_RATE_AT_THE_END, 1.0 / STEPS));
        IUpdater rule = updater.equals("Sgd") ? new Sgd(decaying) : new Adam(decaying);
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE,
                rule,
                new QRReconstructionLayer.Builder()
                        .nIn(SIZE)
                        .nComponents(COMPONENTS)
                        .orthonormality(mode)
                        .build());
        DataSet all = new DataSet(x, x);
        assertThat(net.score(all)).isGreaterThan(1.5 * optimum);
        for (int i = 0; i < STEPS; i++) {
            net.fit(all);
        }

        assertThat(net.score(all)).isBetween(optimum * (1 - 1e-9), optimum * (1 + EXCESS));
        // With x = I the network puts out its projector.
        INDArray projector = net.output(Nd4j.eye(SIZE).castTo(DataType.DOUBLE));
        INDArray leading = axes.get(NDArrayIndex.interval(0, COMPONENTS), NDArrayIndex.all());
        assertThat(projector.distance2(leading.transpose().mmul(leading))).isLessThan(PROJECTOR_DISTANCE);
    }

    /** Rows of {@code U diag(s) V^T}, V^T the given axes. */
    private static INDArray data(double[] singularValues, INDArray axes) {
        INDArray u = Nd4j.randn(DataType.DOUBLE, SIZE, ROWS);
        u.subiColumnVector(u.mean(true, 1));
        INDArray scaled = QRFactor.of(u).q().transpose().dup('c'); // within the span of u, so of mean 0
        for (int i = 0; i < SIZE; i++) {
            scaled.getColumn(i).muli(singularValues[i]);
        }
        return scaled.mmul(axes);
    }
}
