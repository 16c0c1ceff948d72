package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Networks;
import io.github.qrreduction.testutil.Passage;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.constraint.BaseConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitConstant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What a user says to the builder is what the configuration holds, through every way that a configuration travels. */
class ConfigurationTest {

    /** One chain over everything: that it compiles shows that no method loses the builder's type. */
    private static QRReductionLayer.Builder everything() {
        return new QRReductionLayer.Builder()
                .name("pca")
                .nIn(1)
                .nOut(1)
                .inputSize(6)
                .nComponents(3)
                .orthonormality(Orthonormality.PARAMETRIZATION)
                .orthonormalityPenalty(0.125)
                .hasBias(true)
                .biasInit(0.25)
                .dataFormat(RNNFormat.NWC)
                .weightInit(WeightInit.XAVIER)
                .weightInit(new UniformDistribution(-1, 1))
                .weightInit("Q", new WeightInitConstant(1))
                .weightInit(new WeightInitConstant(2))
                .updater(new Adam(new ExponentialSchedule(ScheduleType.EPOCH, 0.1, 0.9)))
                .biasUpdater(new Nesterovs(0.2, 0.5))
                .l1(0.01)
                .l2(0.02)
                .l1Bias(0.03)
                .l2Bias(0.04)
                .dropOut(0.5)
                .dropOut(new Dropout(0.75))
                .weightNoise(new DropConnect(0.8, true))
                .gradientNormalization(GradientNormalization.ClipL2PerParamType)
                .gradientNormalizationThreshold(0.5)
                .constrainWeights(new MaxNormConstraint(2, 1))
                .constrainBias(new NonNegativeConstraint())
                .constrainAllParameters(new NonNegativeConstraint());
    }

    private static QRReductionLayer.Builder withDecay() {
        return new QRReductionLayer.Builder()
                .nIn(6)
                .nOut(3)
                .hasBias(true)
                .weightDecay(0.1)
                .weightDecay(0.05, false)
                .weightDecayBias(0.2)
                .weightDecayBias(0.06, false);
    }

    @Test
    void everyOptionReachesTheConfiguration() {
        QRReductionLayer layer = everything().build();
        assertThat(layer.getLayerName()).isEqualTo("pca");
        assertThat(layer.getNIn()).isEqualTo(6);
        assertThat(layer.getNOut()).isEqualTo(3);
        assertThat(layer.getOrthonormality()).isEqualTo(Orthonormality.PARAMETRIZATION);
        assertThat(layer.getOrthonormalityPenalty()).isEqualTo(0.125);
        assertThat(layer.hasBias()).isTrue();
        assertThat(layer.getBiasInit()).isEqualTo(0.25);
        assertThat(layer.getDataFormat()).isEqualTo(RNNFormat.NWC);
        assertThat(layer.getWeightInitFn()).isEqualTo(new WeightInitConstant(2));
        assertThat(layer.getUpdaterByParam("Q"))
                .isEqualTo(new Adam(new ExponentialSchedule(ScheduleType.EPOCH, 0.1, 0.9)));
        assertThat(layer.getUpdaterByParam("b")).isEqualTo(new Nesterovs(0.2, 0.5));
        assertThat(layer.getRegularizationByParam("Q"))
                .containsExactly(new L1Regularization(0.01), new L2Regularization(0.02));
        assertThat(layer.getRegularizationByParam("b"))
                .containsExactly(new L1Regularization(0.03), new L2Regularization(0.04));
        assertThat(layer.getIDropout()).isEqualTo(new Dropout(0.75));
        assertThat(layer.getWeightNoise()).isEqualTo(new DropConnect(0.8, true));
        assertThat(layer.getGradientNormalization()).isEqualTo(GradientNormalization.ClipL2PerParamType);
        assertThat(layer.getGradientNormalizationThreshold()).isEqualTo(0.5);
        assertThat(layer.getConstraints())
                .extracting(c -> ((BaseConstraint) c).getParams())
                .containsExactlyInAnyOrder(Set.of("Q"), Set.of("b"), Set.of("Q", "b"));
    }

    @Test
    void weightDecayReachesTheConfiguration() {
        QRReductionLayer layer = withDecay().build();
        assertThat(layer.getRegularizationByParam("Q")).containsExactly(new WeightDecay(0.05, false));
        assertThat(layer.getRegularizationByParam("b")).containsExactly(new WeightDecay(0.06, false));
    }

    @Test
    void theDefaultsAreThoseOfTheContract() {
        QRReductionLayer layer = new QRReductionLayer.Builder().nOut(3).build();
        assertThat(layer.getNIn()).isZero();
        assertThat(layer.hasBias()).isFalse();
        assertThat(layer.getBiasInit()).isZero();
        assertThat(layer.getOrthonormality()).isEqualTo(Orthonormality.NONE);
        assertThat(layer.getOrthonormalityPenalty()).isZero();
        assertThat(layer.getDataFormat()).isEqualTo(RNNFormat.NCW);
        assertThat(layer.getWeightInitFn()).isNull();
        assertThat(layer.initializer().paramKeys(layer)).containsExactly("Q");
    }

    @Test
    void everyBuilderMethodOfDenseLayersIsThereAndKeepsTheBuildersType() {
        Set<String> notOurs = Set.of(
                "activation",
                "hasLayerNorm",
                "gainInit",
                "units",
                "dist", // a linear map, not an activation
                "build");
        Set<String> expected = fluent(DenseLayer.Builder.class).collect(Collectors.toCollection(TreeSet::new));
        expected.removeAll(notOurs);
        expected.addAll(List.of(
                "inputSize", "nComponents", "orthonormality", "orthonormalityPenalty", "hasBias", "dataFormat"));
        for (String name : expected) {
            List<Method> methods = Arrays.stream(QRReductionLayer.Builder.class.getMethods())
                    .filter(m -> m.getName().equals(name) && !m.isBridge())
                    .collect(Collectors.toList());
            assertThat(methods).as(name).isNotEmpty();
            assertThat(methods).as(name).allMatch(m -> keepsTheType(m.getGenericReturnType()));
        }
    }

    private static Stream<String> fluent(Class<?> builder) {
        return Arrays.stream(builder.getMethods())
                .filter(m -> !Modifier.isStatic(m.getModifiers()) && m.getDeclaringClass() != Object.class)
                .map(Method::getName)
                .filter(name -> !name.startsWith("get") && !name.startsWith("set") && !name.startsWith("is"))
                .distinct();
    }

    private static boolean keepsTheType(Type type) {
        return type == QRReductionLayer.Builder.class || type instanceof TypeVariable;
    }

    // ---- how configurations travel ----

    private static Stream<QRReductionLayer> layers() {
        return Stream.of(
                everything().build(),
                withDecay().build(),
                reduction(6, 3).build(),
                reduction(0, 3).name("q").build());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void everyOptionSurvivesJsonYamlCloneAndJavaSerialization(QRReductionLayer layer) throws Exception {
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.3))
                .list()
                .layer(layer)
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(3).nOut(2).build())
                .build();
        for (MultiLayerConfiguration copy : List.of(
                conf.clone(),
                MultiLayerConfiguration.fromJson(conf.toJson()),
                MultiLayerConfiguration.fromYaml(conf.toYaml()),
                Passage.serialized(conf))) {
            assertThat(copy).isEqualTo(conf);
            assertThat(copy.toJson()).isEqualTo(conf.toJson());
            assertThat(copy.toYaml()).isEqualTo(conf.toYaml());
            QRReductionLayer there = (QRReductionLayer) copy.getConf(0).getLayer();
            assertThat(there)
                    .isNotSameAs(layer)
                    .isEqualTo(layer)
                    .hasSameHashCodeAs(layer)
                    .hasToString(layer.toString());
        }
        assertThat(layer.clone()).isEqualTo(layer).hasSameHashCodeAs(layer);
    }

    /** The list of differences is the list of options: one that equals forgets would be lost without a sound. */
    @Test
    void everyOptionMakesADifference() {
        QRReductionLayer plain = reduction(6, 3).build();
        List<QRReductionLayer.Builder> others = List.of(
                reduction(7, 3),
                reduction(6, 2),
                reduction(6, 3).name("x"),
                reduction(6, 3).hasBias(true),
                reduction(6, 3).biasInit(1),
                reduction(6, 3).orthonormality(Orthonormality.RETRACTION),
                reduction(6, 3).orthonormalityPenalty(1),
                reduction(6, 3).dataFormat(RNNFormat.NWC),
                reduction(6, 3).weightInit(WeightInit.XAVIER),
                reduction(6, 3).updater(new Sgd(1)),
                reduction(6, 3).biasUpdater(new Sgd(1)),
                reduction(6, 3).l1(1),
                reduction(6, 3).l2(1),
                reduction(6, 3).l1Bias(1),
                reduction(6, 3).weightDecay(1),
                reduction(6, 3).dropOut(0.5),
                reduction(6, 3).weightNoise(new DropConnect(0.5)),
                reduction(6, 3).gradientNormalization(GradientNormalization.ClipL2PerLayer),
                reduction(6, 3).gradientNormalizationThreshold(2),
                reduction(6, 3).constrainWeights(new NonNegativeConstraint()));
        List<QRReductionLayer> built =
                others.stream().map(QRReductionLayer.Builder::build).collect(Collectors.toList());
        assertThat(built).doesNotContain(plain).doesNotHaveDuplicates();
        assertThat(reduction(6, 3).build()).isEqualTo(plain).hasSameHashCodeAs(plain);
    }

    @Test
    void equalityIsNotChangedByUse() {
        MultiLayerNetwork net =
                Networks.withMse(DataType.FLOAT, new Adam(0.1), everything().build());
        MultiLayerConfiguration conf = net.getLayerWiseConfigurations();
        QRReductionLayer layer = (QRReductionLayer) conf.getConf(0).getLayer();
        QRReductionLayer before = (QRReductionLayer) layer.clone();
        int hash = layer.hashCode();
        String json = layerJson(net);
        net.fit(new DataSet(Nd4j.rand(4, 6), Nd4j.rand(4, 3)));
        net.output(Nd4j.rand(4, 6));
        layer.getLayerParams();
        layer.getRegularizationByParam("Q");
        assertThat(layer).isEqualTo(before);
        assertThat(layer.hashCode()).isEqualTo(hash);
        assertThat(layerJson(net)).isEqualTo(json);
    }

    /** Without the network's counters, which training does change. */
    private static String layerJson(MultiLayerNetwork net) {
        return net.getLayerWiseConfigurations().toJson().replaceAll("\"(iterationCount|epochCount)\" : \\d+", "");
    }

    // ---- nothing shared ----

    @Test
    void layersOfOneBuilderShareNothingThatChanges() {
        QRReductionLayer.Builder builder = everything();
        QRReductionLayer a = builder.build();
        QRReductionLayer b = builder.build();
        assertThat(a).isEqualTo(b);
        assertSharesNothing(a, b);
        QRReductionLayer asItWas = (QRReductionLayer) b.clone();
        a.getUpdaterByParam("Q").setLrAndSchedule(7, null);
        a.getUpdaterByParam("b").setLrAndSchedule(7, null);
        a.getRegularizationByParam("Q").clear();
        a.getRegularizationByParam("b").clear();
        builder.l1(0.9).updater(new Sgd(9));
        assertThat(b).isEqualTo(asItWas);
        assertThat(a).isNotEqualTo(b);
    }

    @Test
    void aCloneSharesNothingThatChanges() {
        QRReductionLayer layer = everything().build();
        assertSharesNothing(layer, (QRReductionLayer) layer.clone());
    }

    private static void assertSharesNothing(QRReductionLayer a, QRReductionLayer b) {
        assertThat(a.getUpdaterByParam("Q")).isNotSameAs(b.getUpdaterByParam("Q"));
        assertThat(a.getUpdaterByParam("b")).isNotSameAs(b.getUpdaterByParam("b"));
        assertThat(a.getRegularizationByParam("Q")).isNotSameAs(b.getRegularizationByParam("Q"));
        assertThat(a.getRegularizationByParam("b")).isNotSameAs(b.getRegularizationByParam("b"));
        assertThat(a.getIDropout()).isNotSameAs(b.getIDropout());
        assertThat(a.getWeightNoise()).isNotSameAs(b.getWeightNoise());
        assertThat(a.getConstraints()).isNotSameAs(b.getConstraints());
    }

    @Test
    void whatTheNetworkSaysIsCopiedToEachLayer() {
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .updater(new Adam(0.1))
                .biasUpdater(new Sgd(0.2))
                .l2(0.3)
                .l2Bias(0.4)
                .dropOut(0.5)
                .weightNoise(new DropConnect(0.6))
                .biasInit(0.7)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(0.8)
                .list()
                .layer(reduction(6, 4).hasBias(true).build())
                .layer(reduction(4, 2).hasBias(true).build())
                .layer(reduction(2, 1)
                        .hasBias(true)
                        .updater(new Sgd(9))
                        .l2(9)
                        .dropOut(0.9)
                        .biasInit(9)
                        .build())
                .build();
        QRReductionLayer a = (QRReductionLayer) conf.getConf(0).getLayer();
        QRReductionLayer b = (QRReductionLayer) conf.getConf(1).getLayer();
        assertThat(a.getUpdaterByParam("Q")).isEqualTo(new Adam(0.1));
        assertThat(a.getUpdaterByParam("b")).isEqualTo(new Sgd(0.2));
        assertThat(a.getRegularizationByParam("Q")).containsExactly(new L2Regularization(0.3));
        assertThat(a.getRegularizationByParam("b")).containsExactly(new L2Regularization(0.4));
        assertThat(a.getIDropout()).isEqualTo(new Dropout(0.5));
        assertThat(a.getWeightNoise()).isEqualTo(new DropConnect(0.6));
        assertThat(a.getBiasInit()).isEqualTo(0.7);
        assertThat(a.getGradientNormalization()).isEqualTo(GradientNormalization.ClipL2PerLayer);
        assertThat(a.getGradientNormalizationThreshold()).isEqualTo(0.8);
        a.getUpdaterByParam("Q").setLrAndSchedule(7, null);
        a.getRegularizationByParam("Q").clear();
        assertThat(b.getUpdaterByParam("Q")).isEqualTo(new Adam(0.1));
        assertThat(b.getRegularizationByParam("Q")).containsExactly(new L2Regularization(0.3));
        assertThat(b.getIDropout()).isNotSameAs(a.getIDropout());
        assertThat(b.getWeightNoise()).isNotSameAs(a.getWeightNoise());

        QRReductionLayer own = (QRReductionLayer) conf.getConf(2).getLayer();
        assertThat(own.getUpdaterByParam("Q")).isEqualTo(new Sgd(9));
        assertThat(own.getRegularizationByParam("Q")).containsExactly(new L2Regularization(9));
        assertThat(own.getIDropout()).isEqualTo(new Dropout(0.9));
        assertThat(own.getBiasInit()).isEqualTo(9);
    }

    /** DL4J's transfer learning resets layers: to no list at all, where others have an empty one. */
    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void aLayerThatWasResetToItsDefaultsWorks(Orthonormality mode) {
        MultiLayerNetwork source = Networks.withMse(
                DataType.FLOAT,
                new Sgd(0.1),
                reduction(6, 3)
                        .orthonormality(mode)
                        .hasBias(true)
                        .l2(0.1)
                        .l2Bias(0.1)
                        .build());
        MultiLayerConfiguration conf = source.getLayerWiseConfigurations().clone();
        conf.getConf(0).getLayer().resetLayerDefaultConfig();
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init(source.params().dup(), false);
        assertThat(net.calcRegularizationScore(true)).isZero();
        assertThat(net.output(Nd4j.ones(2, 6))).isEqualTo(source.output(Nd4j.ones(2, 6)));
    }

    @Test
    void weightInitDistributionNamesNoDistribution() {
        assertThatThrownBy(() -> reduction(6, 3).weightInit(WeightInit.DISTRIBUTION))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("expected a distribution, for example weightInit(new NormalDistribution(0, 1)), got"
                        + " WeightInit.DISTRIBUTION, which names none");
    }

    @Test
    void nullOptionsAreRefused() {
        assertThatThrownBy(() -> reduction(6, 3).dataFormat(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected dataFormat NCW or NWC, got null");
        assertThatThrownBy(() -> reduction(6, 3).orthonormality(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected orthonormality NONE, RETRACTION or PARAMETRIZATION, got null");
        assertThatThrownBy(() -> reduction(6, 3).orthonormalityPenalty(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a finite orthonormalityPenalty >= 0, got -1.0");
    }

    @Test
    void theBiasStartsFromBiasInit() {
        MultiLayerNetwork net = Networks.withMse(
                DataType.FLOAT,
                new Sgd(0.1),
                reduction(6, 3).hasBias(true).biasInit(0.25).build());
        assertThat(net.getParam("0_b").toDoubleVector()).containsOnly(new double[] {0.25}, within(0.0));
    }
}
