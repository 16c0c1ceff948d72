package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.testutil.Batches;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Work that takes long ends soon after its thread is interrupted, says so, and leaves the flag set. */
class InterruptionTest {

    private static final int BATCH = 4096;

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @Test
    void aFitOfPrincipalComponentsEndsBeforeTheNextBlock() {
        assertCancelledAt(
                BATCH,
                () -> PrincipalComponents.fitter()
                        .listener(seen -> {
                            if (seen == BATCH) {
                                Thread.currentThread().interrupt();
                            }
                        })
                        .fit(data(), 2));
    }

    @Test
    void oneLargeArrayIsReadInBlocksToo() {
        INDArray x = Nd4j.rand(DataType.DOUBLE, BATCH, 4);
        Thread.currentThread().interrupt();
        assertCancelledAt(0, () -> PrincipalComponents.fit(x, 2));
    }

    @Test
    void whatElseRunsOverDataEndsAlike() {
        Components c = Components.of(Nd4j.eye(4).castTo(DataType.DOUBLE));
        PrincipalComponents pca = PrincipalComponents.fit(data(), 2);
        Thread.currentThread().interrupt();
        assertCancelledAt(0, () -> c.explainedVariance(data()));
        assertCancelledAt(0, () -> c.rotatedToPrincipalAxes(data()));
        assertCancelledAt(0, () -> pca.reconstructionError(data()));
    }

    @Test
    void afterTheInterruptionTheSameDataCanBeFitted() {
        DataSetIterator data = data();
        Thread.currentThread().interrupt();
        assertCancelledAt(0, () -> PrincipalComponents.fit(data, 2));
        Thread.interrupted();
        assertThat(PrincipalComponents.fit(data, 2).nSamples()).isEqualTo(3L * BATCH);
    }

    @Test
    void aSaveFailsAndLeavesTheOldFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("q.npy");
        Components old = Components.of(Nd4j.eye(4));
        old.save(file);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(ClosedByInterruptException.class)
                .isThrownBy(() -> Components.of(Nd4j.ones(4, 4)).save(file));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Components.load(file).matrix()).isEqualTo(old.matrix());
        assertThat(folder.toFile().list()).containsExactly("q.npy");
    }

    /** DL4J itself looks at the flag only where it waits for data, so fit ends there or goes through. */
    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void trainingLeavesANetworkThatCanBeUsedAndTrained(Orthonormality mode) {
        MultiLayerNetwork net = withMse(
                DataType.FLOAT,
                new Adam(0.01),
                reduction(4, 2).orthonormality(mode).build());
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (iteration == 3) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        INDArray x = Nd4j.rand(DataType.FLOAT, 64, 4);
        DataSet all = new DataSet(x, Nd4j.rand(DataType.FLOAT, 64, 2));
        Throwable end = catchThrowable(() -> net.fit(new ListDataSetIterator<>(all.asList(), 8)));
        Thread.interrupted();
        if (end != null) {
            assertThat(end).isInstanceOf(RuntimeException.class);
        }

        assertUsable(net, mode, x);
        net.setListeners();
        net.fit(all);
        assertUsable(net, mode, x);
    }

    private static void assertUsable(MultiLayerNetwork net, Orthonormality mode, INDArray x) {
        assertThat(net.params().isNaN().any()).isFalse();
        assertThat(net.output(x).shape()).containsExactly(64, 2);
        if (mode != Orthonormality.NONE) {
            assertThat(Components.of(net, 0).orthonormalityError()).isLessThan(1e-5);
        }
    }

    private static DataSetIterator data() {
        Nd4j.getRandom().setSeed(5);
        DataSet batch = new DataSet(Nd4j.rand(DataType.FLOAT, BATCH, 4), Nd4j.zeros(DataType.FLOAT, BATCH, 1));
        return new Batches(List.of(batch, batch, batch));
    }

    private static void assertCancelledAt(long samples, ThrowingCallable call) {
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(call)
                .withMessage("interrupted after " + samples + " samples");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
}
