package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.vectors.Recall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NeighbourComponentsTest {
    /** The library's bound for FLOAT. */
    private static final double ORTHONORMAL = 1e-5;

    /** Clusters in a few directions, and noise of larger variance in others: what PCA looks at is not what is near. */
    private static INDArray clusters(int n, int seed) {
        Nd4j.getRandom().setSeed(7);
        INDArray middles = Nd4j.randn(DataType.FLOAT, 40, 6);
        Nd4j.getRandom().setSeed(seed);
        INDArray x = Nd4j.randn(DataType.FLOAT, n, 30).muli(0.1);
        for (int i = 0; i < n; i++) {
            x.get(NDArrayIndex.point(i), NDArrayIndex.interval(0, 6)).addi(middles.getRow(i % 40));
        }
        x.get(NDArrayIndex.all(), NDArrayIndex.interval(6, 12)).muli(12);
        return x;
    }

    private static NeighbourComponentsFitter quick() {
        return NeighbourComponents.fitter()
                .steps(60)
                .batchSize(128)
                .learningRate(0.02)
                .temperature(0.1);
    }

    private static Components uncentred(INDArray x, int k) {
        return PrincipalComponents.fitter().centred(false).fit(x, k).components();
    }

    private static double recall(Components c, INDArray x) {
        return Recall.at(10, x.toFloatMatrix(), c.transform(x).toFloatMatrix());
    }

    @Test
    void findsMoreNeighboursThanPrincipalComponentsAmongVectorsThatItHasNotSeen() {
        INDArray x = clusters(1000, 1);
        INDArray unseen = clusters(500, 2);

        Components c = quick().fit(x, 4);

        assertThat(recall(c, unseen)).isGreaterThan(recall(uncentred(x, 4), unseen));
    }

    @Test
    void rowsAreOrthonormalWithoutMeanAndBias() {
        Components c = quick().fit(clusters(400, 1), 5);

        assertThat(c.orthonormalityError()).isLessThan(ORTHONORMAL);
        assertThat(c.mean()).isNull();
        assertThat(c.bias()).isNull();
        assertThat(c.nOut()).isEqualTo(5);
        assertThat(c.nIn()).isEqualTo(30);
    }

    @Test
    void sameSeedSameComponentsAndAnIteratorIsAsGoodAsAnArray() {
        INDArray x = clusters(300, 1);
        DataSet all = new DataSet(x, x);

        Components first = quick().seed(3).fit(x, 4);

        assertThat(quick().seed(3).fit(x, 4)).isEqualTo(first);
        assertThat(quick().seed(3).fit(new ListDataSetIterator<>(all.asList(), 70), 4))
                .isEqualTo(first);
        assertThat(quick().seed(4).fit(x, 4).matrix()).isNotEqualTo(first.matrix());
    }

    @Test
    void metadataSayWhatWasDone() {
        assertThat(quick().seed(9).prefixes(2, 3).fit(clusters(300, 1), 4).metadata())
                .containsEntry("method", "neighbours")
                .containsEntry("steps", "60")
                .containsEntry("batchSize", "128")
                .containsEntry("learningRate", "0.02")
                .containsEntry("seed", "9")
                .containsEntry("vectors", "300")
                .containsEntry("trainedOn", "250")
                .containsEntry("heldOut", "50")
                .containsEntry("prefixes", "2, 3")
                .containsKeys("temperature", "reducedTemperature", "bestStep", "startLoss", "loss");
    }

    /** It starts where it fits the start best, and other components want another. */
    @Test
    void theTemperatureOfReductionsIsTrainedBesideTheComponents() {
        INDArray x = clusters(1000, 1);

        Components start = quick().steps(0).fit(x, 4);
        Components trained = quick().fit(x, 4);

        assertThat(trained.metadata()).doesNotContainEntry("bestStep", "0");
        assertThat(trained.metadata().get("temperature"))
                .isEqualTo(start.metadata().get("temperature"));
        double first = Double.parseDouble(start.metadata().get("reducedTemperature"));
        double last = Double.parseDouble(trained.metadata().get("reducedTemperature"));
        assertThat(Math.abs(Math.log(last / first))).isGreaterThan(0.001);
    }

    @Test
    void aLearningRateThatIsFarTooLargeGivesTheStartBack() {
        Components c = quick().learningRate(1000).prefixes(2).fit(clusters(300, 1), 4);

        assertThat(c.metadata()).containsEntry("bestStep", "0");
        assertThat(c.orthonormalityError()).isLessThan(ORTHONORMAL);
    }

    @Test
    void theListenerHearsEachStepAndEachMeasurement() {
        List<Integer> steps = new ArrayList<>();
        List<Double> heldOut = new ArrayList<>();
        NeighbourListener listener = new NeighbourListener() {
            @Override
            public void step(int step, double loss) {
                assertThat(loss).isPositive();
                steps.add(step);
            }

            @Override
            public void heldOut(int step, double loss) {
                heldOut.add(loss);
            }
        };

        Components c = quick().listener(listener).fit(clusters(1000, 1), 4);

        assertThat(steps).hasSize(60).startsWith(1, 2, 3).endsWith(60);
        assertThat(heldOut).hasSize(21);
        assertThat(c.metadata().get("startLoss")).isEqualTo(heldOut.get(0).toString());
        assertThat(c.metadata().get("loss"))
                .isEqualTo(heldOut.stream().min(Double::compare).orElseThrow().toString());
    }

    /** Three components keep every cosine of vectors of rank three: no step can help. */
    @Test
    void trainingThatDoesNotHelpGivesTheStartBack() {
        INDArray x = Nd4j.randn(DataType.FLOAT, 200, 3).mmul(Nd4j.randn(DataType.FLOAT, 3, 12));

        Components c = quick().fit(x, 3);

        assertThat(c.metadata()).containsEntry("bestStep", "0");
        assertThat(recall(c, x)).isGreaterThan(0.999);
    }

    @Test
    void noStepsGiveTheStart() {
        assertThat(NeighbourComponents.fitter()
                        .steps(0)
                        .fit(clusters(100, 1), 3)
                        .metadata())
                .containsEntry("bestStep", "0");
    }

    @Test
    void prefixesGetBetterAndTheWholeSizeKeepsItsNeighbours() {
        INDArray x = clusters(1000, 1);
        INDArray unseen = clusters(500, 2);

        Components c = quick().prefixes(2, 4).fit(x, 6);
        Components without = quick().fit(x, 6);

        assertThat(recall(c.truncate(2), unseen)).isGreaterThan(recall(uncentred(x, 2), unseen));
        assertThat(recall(c.truncate(4), unseen)).isGreaterThan(recall(uncentred(x, 4), unseen));
        assertThat(recall(c, unseen)).isGreaterThan(recall(without, unseen) - 0.05);
        assertThat(c.orthonormalityError()).isLessThan(ORTHONORMAL);
    }

    @Test
    void allComponentsKeepEveryCosine() {
        INDArray x = clusters(100, 1);

        Components c = quick().fit(x, 30);

        assertThat(recall(c, x)).isGreaterThan(0.999);
        assertThat(c.orthonormalityError()).isLessThan(ORTHONORMAL);
    }

    @ParameterizedTest
    @CsvSource({"4, 2", "5, 30", "20, 10", "100, 29"})
    void fewVectorsAreEnough(int n, int k) {
        INDArray x = clusters(n, 1);
        INDArray before = x.dup();

        Components c = quick().fit(x, k);

        assertThat(c.orthonormalityError()).isLessThan(ORTHONORMAL);
        assertThat(x).isEqualTo(before);
    }

    @Test
    void duplicatesAndVectorsOfZerosDoNoHarm() {
        INDArray x = clusters(200, 1);
        INDArray half = x.get(NDArrayIndex.interval(0, 100), NDArrayIndex.all());
        INDArray repeated = Nd4j.vstack(half, half, Nd4j.zeros(DataType.FLOAT, 50, 30));

        Components c = quick().fit(repeated, 4);

        assertThat(c.orthonormalityError()).isLessThan(ORTHONORMAL);
        assertThat(c.metadata()).containsEntry("vectors", "250").containsEntry("trainedOn", "150");
        assertThat(quick().fit(Nd4j.ones(DataType.FLOAT, 60, 8), 3).orthonormalityError())
                .isLessThan(ORTHONORMAL);
    }

    @ParameterizedTest
    @CsvSource({"1e-20", "1", "1e18"})
    void lengthsDoNotMatter(double factor) {
        INDArray x = clusters(200, 1);

        Components c = quick().fit(x.mul(factor), 3);

        INDArray difference = c.matrix().sub(quick().fit(x, 3).matrix());
        assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-3);
    }

    @Test
    void ofMoreVectorsThanTheSampleADrawIsTaken() {
        Components c = quick().sample(80).fit(clusters(300, 1), 3);

        assertThat(c.metadata())
                .containsEntry("vectors", "300")
                .containsEntry("trainedOn", "40")
                .containsEntry("heldOut", "40");
    }

    @Test
    void anInterruptedFitEndsAndLeavesTheFlag() {
        NeighbourListener interrupts = (step, loss) -> {
            if (step == 3) {
                Thread.currentThread().interrupt();
            }
        };
        try {
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> quick().listener(interrupts).fit(clusters(200, 1), 3))
                    .withMessage("interrupted before step 4");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        INDArray x = clusters(50, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().fit(x, 31))
                .withMessageContaining("31");
        assertThatIllegalArgumentException().isThrownBy(() -> quick().fit(x, 0)).withMessageContaining("0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().fit(Nd4j.zeros(20, 5), 2))
                .withMessage("expected at least 4 vectors that are not zero, some to train on and some to hold out,"
                        + " got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().prefixes(4, 8).fit(x, 8))
                .withMessage("expected prefixes below k = 8, got [4, 8]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().prefixes(8, 4))
                .withMessage("expected rising prefixes of at least 1, got [8, 4]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().batchSize(1))
                .withMessage("expected a batchSize of at least 2, since a vector alone has no neighbours, got 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().steps(-1))
                .withMessage("expected steps of at least 0, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().learningRate(Double.NaN))
                .withMessage("expected a positive, finite learningRate, got NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().sample(3))
                .withMessage("expected a sample of at least 4, got 3");
        INDArray nan = x.dup().putScalar(7, 2, Float.NaN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().fit(nan, 2))
                .withMessage("batch 0: expected finite values, got NaN in sample 7, column 2");
    }
}
