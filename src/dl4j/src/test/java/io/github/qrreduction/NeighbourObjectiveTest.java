package io.github.qrreduction;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.internal.nd4j.Products;
import io.github.qrreduction.internal.similarity.Neighbourhoods;
import io.github.qrreduction.loss.LossSimilarity;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What training lowers is {@link LossSimilarity}, in score and in gradient. */
class NeighbourObjectiveTest {
    private static final int ROWS = 40;
    private static final int SIZE = 12;
    private static final int REDUCED = 5;
    private static final double TEMPERATURE = 0.2;
    private static final double OF_REDUCED = 0.3;
    /** Sums of some hundred float32 numbers of size 1, in another order. */
    private static final double ROUNDING = 1e-5;
    /** Of quotients of differences of float32 scores over 0.02. */
    private static final double DIFFERENCES = 1e-3;

    private INDArray x;
    private INDArray q;

    @BeforeEach
    void draw() {
        Nd4j.getRandom().setSeed(5);
        x = Nd4j.randn(DataType.FLOAT, ROWS, SIZE);
        x.diviColumnVector(x.norm2(true, 1));
        q = Nd4j.randn(DataType.FLOAT, REDUCED, SIZE);
    }

    @Test
    void scoreAndGradientAreThoseOfTheLossThroughTheLayer() {
        NeighbourObjective objective =
                new NeighbourObjective(TEMPERATURE, List.of(new NeighbourObjective.Part(REDUCED, OF_REDUCED, 3)));
        NeighbourObjective.Minibatch minibatch = objective.new Minibatch(x, Products.of(x, q, true));
        double score = minibatch.score();
        INDArray gradient = Nd4j.create(DataType.FLOAT, REDUCED, SIZE);
        Products.addTransposed(minibatch.gradient().byReductions(), x, gradient);

        MultiLayerNetwork net = network(new LossSimilarity(TEMPERATURE).withReducedTemperature(OF_REDUCED));
        net.setInput(x);
        net.setLabels(x);
        net.computeGradientAndScore();

        assertThat(score).isCloseTo(net.score(), within(ROUNDING));
        // Deeplearning4j's updater divides by the rows.
        assertClose(gradient, net.gradient().getGradientFor("0_Q").div(ROWS), ROUNDING);
    }

    @Test
    void partsOfOneWeightAreTheLossWithPrefixes() {
        NeighbourObjective objective = new NeighbourObjective(
                TEMPERATURE,
                List.of(
                        new NeighbourObjective.Part(2, TEMPERATURE, 0.5),
                        new NeighbourObjective.Part(REDUCED, TEMPERATURE, 0.5)));
        INDArray z = Products.of(x, q, true);
        NeighbourObjective.Minibatch minibatch = objective.new Minibatch(x, z);
        LossSimilarity loss = new LossSimilarity(TEMPERATURE, 2, REDUCED);

        assertThat(minibatch.score())
                .isCloseTo(loss.computeScore(x, z, new ActivationIdentity(), null, true), within(ROUNDING));
        assertClose(
                minibatch.gradient().byReductions().mul(ROWS),
                loss.computeGradient(x, z, new ActivationIdentity(), null),
                1e-4);
    }

    @Test
    void derivativesByTheLogarithmsOfTemperaturesAreThoseOfTheScore() {
        NeighbourObjective objective = new NeighbourObjective(
                TEMPERATURE,
                List.of(new NeighbourObjective.Part(2, 0.4, 0.5), new NeighbourObjective.Part(REDUCED, OF_REDUCED, 1)));
        INDArray z = Products.of(x, q, true);
        double step = Math.exp(0.01);

        double[] derivatives = objective.new Minibatch(x, z).gradient().byLogTemperatures();

        double[] first = {
            objective.at(new double[] {0.4 * step, OF_REDUCED}).new Minibatch(x, z).score(),
            objective.at(new double[] {0.4 / step, OF_REDUCED}).new Minibatch(x, z).score()
        };
        double[] second = {
            objective.at(new double[] {0.4, OF_REDUCED * step}).new Minibatch(x, z).score(),
            objective.at(new double[] {0.4, OF_REDUCED / step}).new Minibatch(x, z).score()
        };
        assertThat(derivatives[0]).isCloseTo((first[0] - first[1]) / 0.02, within(DIFFERENCES));
        assertThat(derivatives[1]).isCloseTo((second[0] - second[1]) / 0.02, within(DIFFERENCES));
    }

    @Test
    void theTemperatureOfReductionsIsTheOneOfTheLeastScore() {
        INDArray z = Products.of(x, q, true);
        Neighbourhoods originals = new Neighbourhoods(x, TEMPERATURE);
        double best = NeighbourObjective.temperatureOf(z, originals, TEMPERATURE);
        double score = originals.compare(z, best).scores().meanNumber().doubleValue();
        for (double factor : new double[] {0.7, 0.85, 1.2, 1.5}) {
            assertThat(originals.compare(z, factor * best).scores().meanNumber().doubleValue())
                    .isGreaterThan(score);
        }
    }

    private MultiLayerNetwork network(LossSimilarity loss) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .list()
                .layer(new QRReductionLayer.Builder().nIn(SIZE).nOut(REDUCED).build())
                .layer(new LossLayer.Builder(loss).build())
                .build());
        net.init();
        net.setParam("0_Q", q);
        return net;
    }
}
