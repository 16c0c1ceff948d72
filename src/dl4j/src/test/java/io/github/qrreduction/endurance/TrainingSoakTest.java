package io.github.qrreduction.endurance;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Training for a long time with batch sizes and sequence lengths that change at each step, in flat memory. The long
 * form, ten minutes in all, or -Dsoak.seconds a row:
 * {@code ./mvnw test -DincludedTags=long -DexcludedTags= -Dtest=TrainingSoakTest}.
 */
class TrainingSoakTest {

    private static final int BATCHES = 200;
    private static final int STEPS = 600;
    private static final long SECONDS = Long.getLong("soak.seconds", 150);
    private static final int N_IN = 24;
    private static final int N_OUT = 6;
    /** One number kept a step would be 8 MB and more after a million steps; one gradient 1 KB, so 1 GB. */
    private static final long HEAP_GROWTH = 16_000_000;

    private static final long ARRAYS_GROWTH = 16_000_000;
    private static final long RESIDENT_GROWTH = 80_000_000;

    private MultiLayerNetwork rows;
    private MultiLayerNetwork sequences;
    private List<DataSet> data;

    @ParameterizedTest(name = "{0}, penalty {1}")
    @CsvSource({"NONE,0", "NONE,0.01", "RETRACTION,0", "PARAMETRIZATION,0"})
    void someHundredStepsTakeNoMemory(Orthonormality mode, double penalty) {
        prepare(mode, penalty);
        train(0, STEPS);
        Memory before = Memory.settled();
        train(STEPS, 2 * STEPS);
        assertFlat(mode, penalty, 2 * STEPS, before);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}, penalty {1}")
    @CsvSource({"NONE,0", "NONE,0.01", "RETRACTION,0", "PARAMETRIZATION,0"})
    void minutesOfTrainingTakeNoMemory(Orthonormality mode, double penalty) {
        prepare(mode, penalty);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        int step = 0;
        // The first steps, in which ND4J's workspaces learn their sizes and code is compiled, are not measured.
        for (; step < 10 * STEPS; step += STEPS) {
            train(step, step + STEPS);
        }
        Memory before = Memory.settled();
        long report = System.nanoTime();
        while (System.nanoTime() < end) {
            train(step, step + STEPS);
            step += STEPS;
            if (System.nanoTime() - report > TimeUnit.MINUTES.toNanos(1)) {
                report = System.nanoTime();
                System.out.printf("%s, penalty %s, step %d: %s%n", mode, penalty, step, Memory.settled());
            }
        }
        assertFlat(mode, penalty, step, before);
    }

    private void assertFlat(Orthonormality mode, double penalty, int steps, Memory before) {
        Memory growth = Memory.settled().since(before);
        System.out.printf("%s, penalty %s: %d steps; before %s; growth %s%n", mode, penalty, steps, before, growth);
        assertThat(growth.heap()).isLessThan(HEAP_GROWTH);
        assertThat(growth.arrays()).isLessThan(ARRAYS_GROWTH);
        assertThat(growth.resident()).isLessThan(RESIDENT_GROWTH);
        assertThat(rows.params().isNaN().any() || sequences.params().isNaN().any())
                .isFalse();
        if (mode != Orthonormality.NONE) {
            assertThat(Components.of(rows, 0).orthonormalityError()).isLessThan(1e-5);
            assertThat(Components.of(sequences, 1).orthonormalityError()).isLessThan(1e-5);
        }
    }

    private void train(int from, int to) {
        // ND4J frees arrays after the collector has found them unused; where that runs seldom, some hundred thousand
        // wait, for DenseLayer alike, and the resident set shows nothing else.
        System.gc();
        for (int step = from; step < to; step++) {
            DataSet batch = data.get(step % data.size());
            (batch.getFeatures().rank() == 2 ? rows : sequences).fit(batch);
        }
    }

    private void prepare(Orthonormality mode, double penalty) {
        rows = withMse(
                DataType.FLOAT,
                new Adam(1e-3),
                reduction(N_IN, N_OUT)
                        .orthonormality(mode)
                        .orthonormalityPenalty(penalty)
                        .hasBias(true)
                        .build());
        sequences = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .updater(new Adam(1e-3))
                .list()
                .layer(new QRReconstructionLayer.Builder()
                        .nComponents(8)
                        .orthonormality(mode)
                        .orthonormalityPenalty(penalty)
                        .build())
                .layer(new QRReductionLayer.Builder()
                        .nComponents(N_OUT)
                        .orthonormality(mode)
                        .orthonormalityPenalty(penalty)
                        .dropOut(0.9)
                        .build())
                .layer(new RnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .dataFormat(RNNFormat.NCW)
                        .build())
                .setInputType(InputType.recurrent(N_IN, RNNFormat.NCW))
                .build());
        sequences.init();
        Random random = new Random(SEED);
        Nd4j.getRandom().setSeed(SEED);
        data = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            data.add(
                    i % 2 == 0
                            ? rows(1 + random.nextInt(64))
                            : sequences(1 + random.nextInt(16), 1 + random.nextInt(40)));
        }
    }

    private static DataSet rows(int batch) {
        return new DataSet(Nd4j.randn(DataType.FLOAT, batch, N_IN), Nd4j.randn(DataType.FLOAT, batch, N_OUT));
    }

    private static DataSet sequences(int batch, int length) {
        INDArray mask = Nd4j.ones(DataType.FLOAT, batch, length);
        mask.putScalar(0, length - 1, length > 1 ? 0 : 1);
        return new DataSet(
                Nd4j.randn(DataType.FLOAT, batch, N_IN, length),
                Nd4j.randn(DataType.FLOAT, batch, N_OUT, length),
                mask,
                mask);
    }
}
