package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static io.github.qrreduction.testutil.OrthonormalTraining.DOUBLE_BOUND;
import static io.github.qrreduction.testutil.OrthonormalTraining.FLOAT_BOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.OrthonormalityListener;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.internal.stiefel.Stiefel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Components stay orthonormal, or become so again, through what DL4J does to networks besides fitting them. */
class OrthonormalityKeptTest {

    private static final int N_IN = 12;
    private static final int N_OUT = 4;
    private static final String KEY = "0_Q";
    /** Each entry is rounded to 11 bits: 2 rows of norm 1, relative error 2^-11 each. */
    private static final double HALF_BOUND = 1e-3 * Math.sqrt(N_OUT);

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(SEED);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"RETRACTION,FLOAT", "RETRACTION,DOUBLE", "PARAMETRIZATION,FLOAT", "PARAMETRIZATION,DOUBLE"})
    void throughSavingLoadingAndFurtherTraining(Orthonormality mode, DataType type, @TempDir Path folder)
            throws IOException {
        MultiLayerNetwork net = trained(mode, type);
        File file = folder.resolve("net.zip").toFile();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);

        assertThat(loaded.params()).isEqualTo(net.params());
        assertOrthonormal(loaded);
        train(net, 10, 20);
        train(loaded, 10, 20);
        assertThat(loaded.params()).isEqualTo(net.params());
        assertOrthonormal(loaded);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"RETRACTION,FLOAT", "RETRACTION,DOUBLE", "PARAMETRIZATION,FLOAT", "PARAMETRIZATION,DOUBLE"})
    void throughCloningAndFurtherTrainingOfEither(Orthonormality mode, DataType type) {
        MultiLayerNetwork net = trained(mode, type);
        MultiLayerNetwork copy = net.clone();
        INDArray before = net.params().dup();
        train(copy, 10, 20);
        assertThat(net.params()).isEqualTo(before);
        assertOrthonormal(copy);
        train(net, 10, 20);
        assertThat(net.params()).isEqualTo(copy.params());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"RETRACTION,FLOAT", "RETRACTION,DOUBLE", "PARAMETRIZATION,FLOAT", "PARAMETRIZATION,DOUBLE"})
    void afterAveragingByParallelWrapperAndRestore(Orthonormality mode, DataType type) throws Exception {
        MultiLayerNetwork net = trained(mode, type);
        List<DataSet> batches =
                IntStream.range(0, 24).mapToObj(i -> batch(type, i)).toList();
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .averagingFrequency(3)
                .prefetchBuffer(2)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build()) {
            wrapper.fit(new ExistingDataSetIterator(batches));
        }
        if (mode == Orthonormality.RETRACTION) {
            assertThat(Stiefel.orthonormalityError(net.getParam(KEY))).isGreaterThan(FLOAT_BOUND);
        }
        QRReductionLayer.restore(net);
        assertOrthonormal(net);
        train(net, 10, 12);
        assertOrthonormal(net);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void restoreOfAveragedParametersIsTheNearestOrthonormalMatrix(DataType type) {
        MultiLayerNetwork net = trained(Orthonormality.RETRACTION, type);
        MultiLayerNetwork other = net.clone();
        train(net, 10, 20);
        train(other, 30, 40);
        net.setParams(net.params().add(other.params()).divi(2));
        INDArray mean = net.getParam(KEY).dup();
        assertThat(Stiefel.orthonormalityError(mean)).isGreaterThan(1e-3);

        QRReductionLayer.restore(net);
        assertOrthonormal(net);
        assertNearest(net.getParam(KEY), mean);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void restoreLeavesAnOrthonormalMatrixBitForBit(DataType type) {
        MultiLayerNetwork net = trained(Orthonormality.RETRACTION, type);
        INDArray before = net.params().dup();
        QRReductionLayer.restore(net);
        assertThat(net.params()).isEqualTo(before);
        MultiLayerNetwork other = net.clone();
        other.setParams(before);
        QRReductionLayer.restore(other);
        assertThat(other.params()).isEqualTo(before);
    }

    @Test
    void restoreLeavesFreeAndParametrizedLayersAlone() {
        for (Orthonormality mode : new Orthonormality[] {Orthonormality.NONE, Orthonormality.PARAMETRIZATION}) {
            MultiLayerNetwork net = network(mode, DataType.FLOAT);
            INDArray values = Nd4j.randn(DataType.FLOAT, net.numParams());
            net.setParams(values);
            QRReductionLayer.restore(net);
            assertThat(net.params()).isEqualTo(values);
        }
    }

    @Test
    void setParamTakesTheNearestOrthonormalMatrixAndLeavesTheArgument() {
        MultiLayerNetwork net = network(Orthonormality.RETRACTION, DataType.DOUBLE);
        INDArray value = Nd4j.randn(DataType.DOUBLE, N_OUT, N_IN);
        INDArray copy = value.dup();
        net.setParam(KEY, value);
        assertThat(value).isEqualTo(copy);
        assertOrthonormal(net);
        assertNearest(net.getParam(KEY), value);

        INDArray orthonormal = Stiefel.uniform(N_OUT, N_IN, DataType.DOUBLE);
        net.setParam(KEY, orthonormal);
        assertThat(net.getParam(KEY)).isEqualTo(orthonormal);
    }

    /** What is orthonormal to the rounding of one type is not to that of a finer one. */
    @ParameterizedTest(name = "{0} into {1}")
    @CsvSource({"HALF,FLOAT", "HALF,DOUBLE", "FLOAT,DOUBLE", "DOUBLE,FLOAT"})
    void setParamOfAnotherTypeIsOrthonormalInTheNetworksOwn(DataType from, DataType type) {
        MultiLayerNetwork net = network(Orthonormality.RETRACTION, type);
        INDArray value = Stiefel.uniform(N_OUT, N_IN, from);
        net.setParam(KEY, value);
        assertOrthonormal(net);
        assertThat(net.getParam(KEY).distance2(value.castTo(type))).isLessThan(HALF_BOUND);
    }

    @Test
    void theNextTrainingStepRepairsAFlatVector() {
        MultiLayerNetwork net = network(Orthonormality.RETRACTION, DataType.DOUBLE);
        INDArray values = Nd4j.randn(DataType.DOUBLE, net.numParams());
        MultiLayerNetwork restored = net.clone();
        net.setParams(values);
        restored.setParams(values);
        QRReductionLayer.restore(restored);
        assertOrthonormal(restored);

        train(net, 0, 1);
        train(restored, 0, 1);
        assertOrthonormal(net);
        assertThat(net.params()).isEqualTo(restored.params());
    }

    @Test
    void anUpdateOfTheUsersOwnIsRepairedAtTheNextTrainingPass() {
        MultiLayerNetwork net = network(Orthonormality.RETRACTION, DataType.FLOAT);
        net.params().subi(Nd4j.randn(DataType.FLOAT, net.numParams()).muli(0.1));
        assertThat(Stiefel.orthonormalityError(net.getParam(KEY))).isGreaterThan(1e-2);
        net.feedForward(batch(DataType.FLOAT, 0).getFeatures(), true);
        assertOrthonormal(net);
    }

    @ParameterizedTest
    @EnumSource(
            value = Orthonormality.class,
            names = {"RETRACTION", "PARAMETRIZATION"})
    void aFrozenLayerKeepsItsMatrixBitForBitAndCanBeRestored(Orthonormality mode) {
        MultiLayerNetwork source = withMse(
                DataType.FLOAT,
                new Adam(0.01),
                reduction(N_IN, 6).orthonormality(mode).build(),
                reduction(6, N_OUT).orthonormality(mode).build());
        train(source, 0, 5);
        MultiLayerNetwork net =
                new TransferLearning.Builder(source).setFeatureExtractor(0).build();
        assertThat(net.getLayer(0)).isInstanceOf(FrozenLayer.class);
        INDArray frozen = net.getParam(KEY).dup();
        INDArray free = net.getParam("1_Q").dup();
        assertThat(frozen).isEqualTo(source.getParam(KEY));

        OrthonormalityListener listener = new OrthonormalityListener(1, FLOAT_BOUND);
        net.setListeners(listener);
        train(net, 5, 15);
        assertThat(listener.measurements()).hasSize(20);
        assertThat(net.getParam(KEY)).isEqualTo(frozen);
        assertThat(net.getParam("1_Q")).isNotEqualTo(free);

        net.params().muli(1.5);
        QRReductionLayer.restore(net);
        train(net, 15, 16);
        assertThat(listener.measurements()).hasSize(22);
    }

    @Test
    void transferToANewHeadKeepsTheMatrixAndTheMode() {
        MultiLayerNetwork source = trained(Orthonormality.RETRACTION, DataType.FLOAT);
        MultiLayerNetwork net = new TransferLearning.Builder(source)
                .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder().seed(SEED).build())
                .removeLayersFromOutput(1)
                .addLayer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(N_OUT)
                        .nOut(N_OUT)
                        .activation(Activation.TANH)
                        .updater(new Sgd(0.1))
                        .build())
                .build();
        assertThat(net.getParam(KEY)).isEqualTo(source.getParam(KEY));
        train(net, 0, 5);
        assertThat(net.getParam(KEY)).isNotEqualTo(source.getParam(KEY));
        assertOrthonormal(net);
    }

    @ParameterizedTest
    @EnumSource(
            value = Orthonormality.class,
            names = {"RETRACTION", "PARAMETRIZATION"})
    void inAComputationGraphAndThroughItsFileCloneAndVector(Orthonormality mode, @TempDir Path folder)
            throws IOException {
        ComputationGraph net = graph(mode);
        OrthonormalityListener listener = new OrthonormalityListener(1, FLOAT_BOUND);
        net.setListeners(listener);
        DataSet data = batch(DataType.FLOAT, 1);
        for (int i = 0; i < 5; i++) {
            net.fit(data);
        }
        assertThat(listener.measurements()).hasSize(10);

        File file = folder.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(net, file, true);
        ComputationGraph loaded = ComputationGraph.load(file, true);
        assertThat(loaded.params()).isEqualTo(net.params());
        ComputationGraph copy = net.clone();
        copy.setParams(copy.params().mul(0.7));
        QRReductionLayer.restore(copy);
        for (ComputationGraph each : new ComputationGraph[] {loaded, copy}) {
            each.setListeners(listener);
            each.fit(data);
        }
        assertThat(listener.measurements()).hasSize(14);
    }

    @ParameterizedTest
    @EnumSource(
            value = Orthonormality.class,
            names = {"RETRACTION", "PARAMETRIZATION"})
    void inHalfPrecisionToTheRoundingOfStorage(Orthonormality mode) {
        MultiLayerNetwork net = withMse(
                DataType.FLOAT16,
                new Sgd(0.1),
                reduction(N_IN, N_OUT).orthonormality(mode).build());
        OrthonormalityListener listener = new OrthonormalityListener(1, HALF_BOUND);
        net.setListeners(listener);
        INDArray before = net.params().dup();
        train(net, 0, 30);
        assertThat(listener.measurements()).hasSize(30);
        assertThat(net.params()).isNotEqualTo(before);

        net.params().muli(1.25);
        train(net, 30, 31);
        assertThat(listener.measurements()).hasSize(31);
    }

    @ParameterizedTest
    @EnumSource(
            value = Orthonormality.class,
            names = {"RETRACTION", "PARAMETRIZATION"})
    void fromAWeightInitThatIsNotOrthonormal(Orthonormality mode) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            MultiLayerNetwork net = withMse(
                    type,
                    new Sgd(0.1),
                    reduction(N_IN, N_OUT)
                            .weightInit(new NormalDistribution(0, 1))
                            .orthonormality(mode)
                            .build());
            boolean keptAsW = mode == Orthonormality.PARAMETRIZATION;
            assertThat(Stiefel.orthonormalityError(net.getParam(KEY)) > 1).isEqualTo(keptAsW);
            assertOrthonormal(net);
            train(net, 0, 5);
            assertOrthonormal(net);
        }
    }

    /** What is orthonormal to float32's rounding is not to float64's. */
    @Test
    void afterAConversionOfTheDataType() {
        MultiLayerNetwork net = network(Orthonormality.RETRACTION, DataType.FLOAT);
        for (MultiLayerNetwork converted : List.of(
                net.convertDataType(DataType.DOUBLE),
                net.convertDataType(DataType.FLOAT16).convertDataType(DataType.DOUBLE))) {
            assertThat(Stiefel.orthonormalityError(converted.getParam(KEY))).isLessThan(DOUBLE_BOUND);
            INDArray x = Nd4j.rand(DataType.DOUBLE, 3, N_IN);
            assertThat(converted
                            .feedForward(x)
                            .get(1)
                            .sub(Components.of(converted, 0).transform(x))
                            .amaxNumber()
                            .doubleValue())
                    .isLessThan(DOUBLE_BOUND);
        }
        ComputationGraph graph = net.toComputationGraph().convertDataType(DataType.DOUBLE);
        assertThat(Stiefel.orthonormalityError(graph.getLayer(0).getParam("Q"))).isLessThan(DOUBLE_BOUND);
        assertThat(net.clone().params())
                .as("orthonormal already, so bit for bit")
                .isEqualTo(net.params());
    }

    @Test
    void aMatrixWithoutANearestOrthonormalOneIsRefusedByName() {
        MultiLayerNetwork net = network(Orthonormality.RETRACTION, DataType.DOUBLE);
        INDArray before = net.params().dup();
        INDArray singular = Stiefel.uniform(N_OUT, N_IN, DataType.DOUBLE);
        singular.getRow(1).assign(singular.getRow(0));
        assertThatThrownBy(() -> net.setParam(KEY, singular))
                .isInstanceOf(DL4JException.class)
                .hasMessageStartingWith(conf(net) + ": no nearest orthonormal matrix to \"Q\": the rows of W are"
                        + " linearly dependent, so that more than one orthonormal matrix is nearest:"
                        + " expected a smallest singular value of at least ");
        assertThat(net.params()).isEqualTo(before);

        net.setParams(net.params().dup().negi().addi(net.params()));
        assertThatThrownBy(() -> QRReductionLayer.restore(net)).isInstanceOf(DL4JException.class);
        assertThatThrownBy(() -> train(net, 0, 1)).isInstanceOf(DL4JException.class);
    }

    private static String conf(MultiLayerNetwork net) {
        return net.getLayer(0).conf().getLayer().toString();
    }

    private static MultiLayerNetwork network(Orthonormality mode, DataType type) {
        return withMse(
                type,
                new Adam(0.01),
                reduction(N_IN, N_OUT).orthonormality(mode).build());
    }

    private static MultiLayerNetwork trained(Orthonormality mode, DataType type) {
        MultiLayerNetwork net = network(mode, type);
        assertOrthonormal(net);
        train(net, 0, 10);
        return net;
    }

    private static ComputationGraph graph(Orthonormality mode) {
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .updater(new Adam(0.01))
                .graphBuilder()
                .addInputs("x")
                .addLayer("first", reduction(N_IN, 6).orthonormality(mode).build(), "x")
                .addLayer("second", reduction(6, N_OUT).orthonormality(mode).build(), "first")
                .addLayer(
                        "loss",
                        new LossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "second")
                .setOutputs("loss")
                .build());
        net.init();
        return net;
    }

    private static void train(MultiLayerNetwork net, int from, int to) {
        for (int step = from; step < to; step++) {
            net.fit(batch(net.params().dataType(), step));
        }
    }

    private static DataSet batch(DataType type, int step) {
        Nd4j.getRandom().setSeed(500L + step);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 16, N_IN).castTo(type);
        return new DataSet(x, Nd4j.randn(DataType.DOUBLE, 16, N_OUT).castTo(type));
    }

    /** What the layer computes with, whatever the mode. */
    private static void assertOrthonormal(MultiLayerNetwork net) {
        double bound = net.params().dataType() == DataType.DOUBLE ? DOUBLE_BOUND : FLOAT_BOUND;
        OrthonormalityListener listener = new OrthonormalityListener(1, bound);
        listener.iterationDone(net, 0, 0);
        assertThat(listener.measurements()).isNotEmpty();
    }

    /** The polar factor Q of M is the orthonormal matrix with M Q^T symmetric and positive definite. */
    private static void assertNearest(INDArray q, INDArray m) {
        double rounding = q.dataType() == DataType.DOUBLE ? DOUBLE_BOUND : FLOAT_BOUND;
        INDArray product =
                m.castTo(DataType.DOUBLE).mmul(q.castTo(DataType.DOUBLE).transpose());
        assertThat(product.sub(product.transpose()).amaxNumber().doubleValue()).isLessThan(rounding);
        INDArray triangular = product.dup('f');
        Nd4j.getBlasWrapper().lapack().potrf(triangular, false); // throws where it is not positive definite
    }
}
