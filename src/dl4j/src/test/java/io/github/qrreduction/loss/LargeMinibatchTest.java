package io.github.qrreduction.loss;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Every row is compared with every other one: time and memory grow with the square, and that is said. */
class LargeMinibatchTest {
    private static final int MANY = LossSimilarity.MANY_ROWS + 1;
    private static final String WARNING = "LossSimilarity compares all " + MANY + " rows of a minibatch";

    @Test
    void isWarnedOfOnceForEachLoss() {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.rand(DataType.FLOAT, MANY, 2);
        assertThat(logOf(() -> {
                    score(loss, x);
                    score(loss, x);
                }))
                .containsOnlyOnce(WARNING);
    }

    /** 33 sequences of 249 steps are 8217 rows. */
    @Test
    void countsTheStepsOfSequences() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(reduction(3, 2).build())
                .layer(new RnnLossLayer.Builder(new LossSimilarity()).build())
                .setInputType(InputType.recurrent(3))
                .build());
        net.init();
        INDArray x = Nd4j.rand(DataType.FLOAT, 33, 3, 249);
        assertThat(logOf(() -> net.score(new DataSet(x, x.dup()))))
                .contains("LossSimilarity compares all 8217 rows of a minibatch");
    }

    @Test
    void isNotWarnedOfWhereItIsSmall() {
        assertThat(logOf(() -> score(new LossSimilarity(), Nd4j.rand(DataType.FLOAT, 512, 2))))
                .isEmpty();
    }

    private static void score(LossSimilarity loss, INDArray x) {
        loss.computeScore(x, x.dup(), new ActivationIdentity(), null, true);
    }

    private static String logOf(Runnable run) {
        PrintStream original = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            run.run();
        } finally {
            System.setErr(original);
        }
        return log.toString(StandardCharsets.UTF_8);
    }
}
