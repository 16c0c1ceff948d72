package io.github.qrreduction.documentation;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.internal.stiefel.Stiefel;
import io.github.qrreduction.testutil.Twins;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What DL4J does for layers of its own kinds only, as docs/limits.md says it, and the ways round. */
class DocumentedLimitsTest {

    private static MultiLayerNetwork network() {
        return Twins.of(DataType.DOUBLE).ours();
    }

    @Test
    void transferLearningRefusesToReplaceNOutAndNIn() {
        assertThatThrownBy(() -> new TransferLearning.Builder(network())
                        .nOutReplace(1, 2, WeightInit.XAVIER)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nOutReplace can only be applide on FeedForward layers;got layer of type QRReductionLayer");
        assertThatThrownBy(() -> new TransferLearning.Builder(network())
                        .nInReplace(1, 7, WeightInit.XAVIER)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nInReplace can only be applied on FeedForward layers")
                .hasMessageContaining("QRReductionLayer");
    }

    @Test
    void nOutReplaceOfTheLayerBefore() {
        MultiLayerNetwork net = new TransferLearning.Builder(network())
                .nOutReplace(0, 5, WeightInit.XAVIER)
                .build();
        assertThat(net.getParam("0_W").shape()).containsExactly(Twins.INPUTS, 5);
        assertThat(net.getParam("1_Q").shape()).containsExactly(Twins.COMPONENTS, 5);
    }

    /** DL4J tells the new size to layers of its own classes only. */
    @Test
    void inAGraphNOutReplaceOfTheLayerBeforeLeavesTheOldNIn() {
        ComputationGraph net = new TransferLearning.GraphBuilder(network().toComputationGraph())
                .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder().seed(3).build())
                .nOutReplace("0", 5, WeightInit.XAVIER)
                .build();
        assertThat(net.getParam("0_W").shape()).containsExactly(Twins.INPUTS, 5);
        assertThat(net.getParam("1_Q").shape()).containsExactly(Twins.COMPONENTS, Twins.HIDDEN);
        assertThatThrownBy(() -> net.outputSingle(Nd4j.rand(DataType.DOUBLE, 3, Twins.INPUTS)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageStartingWith("expected input of shape [batch, 6], got size 5 with shape [3, 5]");
    }

    @Test
    void theWayRoundIsToRemoveTheLayerAndAddAnother() {
        MultiLayerNetwork old = network();
        MultiLayerNetwork net = new TransferLearning.Builder(old)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.1))
                        .seed(3)
                        .build())
                .removeLayersFromOutput(2)
                .addLayer(reduction(Twins.HIDDEN, 2).updater(new Sgd(0.1)).build())
                .addLayer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(2)
                        .nOut(Twins.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .updater(new Sgd(0.1))
                        .build())
                .build();
        assertThat(net.getParam("0_W")).isEqualTo(old.getParam("0_W"));
        assertThat(net.getParam("1_Q").shape()).containsExactly(2, Twins.HIDDEN);
        DataSet data = Twins.batch(DataType.DOUBLE, 1);
        INDArray before = net.getParam("1_Q").dup();
        double score = net.score(data);
        for (int i = 0; i < 10; i++) {
            net.fit(data);
        }
        assertThat(net.score(data)).isLessThan(score);
        assertThat(net.getParam("1_Q")).isNotEqualTo(before);
    }

    @Test
    void anOutputLayerIsReplacedAboveALayerThatIsKept() {
        MultiLayerNetwork old = network();
        MultiLayerNetwork net = new TransferLearning.Builder(old)
                .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder().seed(3).build())
                .removeOutputLayer()
                .addLayer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(Twins.COMPONENTS)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .build();
        assertThat(net.getParam("1_Q")).isEqualTo(old.getParam("1_Q"));
        assertThat(net.output(Nd4j.rand(DataType.DOUBLE, 3, Twins.INPUTS)).shape())
                .containsExactly(3, 2);
    }

    @Test
    void fineTuneConfigurationLeavesTheLayerAsItIs() {
        MultiLayerNetwork net = new TransferLearning.Builder(network())
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.7))
                        .build())
                .build();
        assertThat(net.getLayer(0).conf().getLayer().getUpdaterByParam("W")).isEqualTo(new Sgd(0.7));
        assertThat(net.getLayer(1).conf().getLayer().getUpdaterByParam("Q")).isNotEqualTo(new Sgd(0.7));
    }

    @Test
    void theLearningRateIsNeitherReadNorSet() {
        MultiLayerNetwork net = network();
        assertThat(net.getLearningRate(0)).isEqualTo(0.1);
        assertThat(net.getLearningRate(1)).isNull();
        net.setLearningRate(0.5);
        assertThat(net.getLearningRate(0)).isEqualTo(0.5);
        assertThat(((QRReductionLayer) net.getLayer(1).conf().getLayer())
                        .getUpdaterByParam("Q")
                        .getLearningRate(0, 0))
                .isEqualTo(0.1);
    }

    @Test
    void theWayRoundIsASchedule() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(new MapSchedule.Builder(ScheduleType.ITERATION)
                        .add(0, 0.1)
                        .add(1, 0.0)
                        .build()))
                .list()
                .layer(reduction(4, 2).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(2).nOut(2).build())
                .build());
        net.init();
        DataSet data = new DataSet(Nd4j.rand(DataType.DOUBLE, 3, 4), Nd4j.rand(DataType.DOUBLE, 3, 2));
        INDArray start = net.params().dup();
        net.fit(data);
        INDArray first = net.params().dup();
        net.fit(data);
        assertThat(first).isNotEqualTo(start);
        assertThat(net.params()).isEqualTo(first);
    }

    @Test
    void theLayerPrintsNothing() {
        PrintStream standardOut = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            MultiLayerNetwork net = network();
            net.fit(Twins.batch(DataType.DOUBLE, 1));
            net.output(Twins.batch(DataType.DOUBLE, 1).getFeatures());
        } finally {
            System.setOut(standardOut);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void sizesAreToldByTheConfigurationNotByTheNetwork() {
        MultiLayerNetwork net = network();
        assertThat(net.layerSize(1)).isZero();
        assertThat(net.layerInputSize(1)).isZero();
        assertThat(net.summary())
                .contains("twin (QRReductionLayer)")
                .contains("-,-")
                .contains("Q:{3,6}");
        QRReductionLayer layer = (QRReductionLayer) net.getLayer(1).conf().getLayer();
        assertThat(layer.getNIn()).isEqualTo(Twins.HIDDEN);
        assertThat(layer.getNOut()).isEqualTo(Twins.COMPONENTS);
    }

    @Test
    void withoutAFineTuneConfigurationAddLayerFails() {
        assertThatThrownBy(() -> new TransferLearning.Builder(network())
                        .removeOutputLayer()
                        .addLayer(new OutputLayer.Builder(LossFunction.MSE)
                                .nIn(Twins.COMPONENTS)
                                .nOut(2)
                                .updater(new Sgd(0.1))
                                .build()))
                .isInstanceOf(NullPointerException.class);
    }

    /** float32 has seven digits: of 100 000 and a spread of 1 it keeps two behind the point. */
    @Test
    void dataFarFromZeroLoseDigitsInAFloatLayerAndNotOnceTheyAreCentred() {
        Nd4j.getRandom().setSeed(5);
        INDArray exact = Nd4j.randn(DataType.DOUBLE, 200, 10).addi(1e5);
        INDArray centred = exact.sub(1e5);
        assertThat(errorOfAFloatLayer(exact)).isBetween(1e-3, 1.0);
        assertThat(errorOfAFloatLayer(centred)).isLessThan(1e-5);
    }

    private static double errorOfAFloatLayer(INDArray x) {
        PrincipalComponents p = PrincipalComponents.fit(x, 3);
        MultiLayerNetwork net = withMse(
                DataType.FLOAT, new Sgd(0.1), reduction(10, 3).hasBias(true).build());
        p.copyTo(net, 0);
        INDArray output = net.output(x.castTo(DataType.FLOAT)).castTo(DataType.DOUBLE);
        return output.sub(p.transform(x)).amaxNumber().doubleValue();
    }

    /** docs/serving.md says so. */
    @Test
    void aNanInAMaskedStepStaysOneInABakedNetwork() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new QRReductionLayer.Builder().nOut(2).build())
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(4))
                .build());
        net.init();
        INDArray x = Nd4j.rand(1, 4, 3);
        INDArray mask = Nd4j.createFromArray(new float[][] {{1, 1, 0}});
        MultiLayerNetwork plain = Components.bake(net);
        assertThat(plain.output(x, false, mask, null)).isEqualTo(net.output(x, false, mask, null));

        x.putScalar(0, 1, 2, Double.NaN);

        assertThat(net.output(x, false, mask, null).isNaN().any()).isFalse();
        assertThat(plain.output(x, false, mask, null).isNaN().any()).isTrue();
    }

    /** The target is in the same half as the start: nothing but chance takes the free matrix over det = 0. */
    @Test
    void squareComponentsOfParametrizationMayEndInTheOtherHalf() {
        int other = 0;
        for (int seed = 1; seed <= 10; seed++) {
            other += endsInTheOtherHalf(seed) ? 1 : 0;
        }
        assertThat(other).isPositive();
    }

    private static boolean endsInTheOtherHalf(int seed) {
        Nd4j.getRandom().setSeed(seed);
        int n = 4;
        MultiLayerNetwork net = withMse(
                DataType.DOUBLE,
                new Adam(0.05),
                reduction(n, n)
                        .orthonormality(Orthonormality.PARAMETRIZATION)
                        .weightInit(new WeightInitDistribution(new NormalDistribution(0, 1)))
                        .build());
        INDArray target = Stiefel.uniform(n, n, DataType.DOUBLE);
        if (determinant(target) * determinant(Components.of(net, 0).matrix()) < 0) {
            target.putRow(0, target.getRow(0).neg());
        }
        INDArray x = Nd4j.randn(DataType.DOUBLE, 64, n);
        DataSet data = new DataSet(x, x.mmul(target.transpose()));
        for (int step = 0; step < 150; step++) {
            net.fit(data);
        }
        return determinant(Components.of(net, 0).matrix()) * determinant(target) < 0;
    }

    /** By elimination with pivots. */
    private static double determinant(INDArray matrix) {
        double[][] a = matrix.dup().toDoubleMatrix();
        double determinant = 1;
        for (int k = 0; k < a.length; k++) {
            int pivot = k;
            for (int i = k + 1; i < a.length; i++) {
                pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
            }
            double[] row = a[pivot];
            a[pivot] = a[k];
            a[k] = row;
            determinant *= pivot == k ? row[k] : -row[k];
            for (int i = k + 1; i < a.length; i++) {
                double factor = a[i][k] / row[k];
                for (int j = k; j < a.length; j++) {
                    a[i][j] -= factor * row[j];
                }
            }
        }
        return determinant;
    }
}
