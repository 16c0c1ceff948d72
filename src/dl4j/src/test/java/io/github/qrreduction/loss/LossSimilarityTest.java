package io.github.qrreduction.loss;

import static io.github.qrreduction.testutil.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.testutil.Fixtures;
import io.github.qrreduction.testutil.Passage;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.profiler.OpProfiler;
import org.nd4j.linalg.profiler.ProfilerConfig;

/** What the loss computes, by itself; the fixtures were made by fixtures/similarity/make.py. */
class LossSimilarityTest {

    /** Two float64 programs that add in different orders. */
    private static final double DOUBLE_TOLERANCE = 1e-11;
    /** Some ulps of float32 at gradients up to 50. */
    private static final double FLOAT_TOLERANCE = 2e-4;
    /** Half an ulp of float16 at 64, on top of inputs rounded to three digits and divided by the temperature. */
    private static final double HALF_TOLERANCE = 0.5;

    private static final IActivation IDENTITY = new ActivationIdentity();

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(12345);
    }

    @ParameterizedTest(name = "{0}: temperature {1}, {2}, mask {3}, {4}")
    @CsvSource({
        "near,0.05,IDENTITY,false,DOUBLE", "near,0.05,IDENTITY,false,FLOAT", "far,1.0,IDENTITY,false,DOUBLE",
        "tanh,0.2,TANH,false,DOUBLE", "masked,0.05,IDENTITY,true,DOUBLE", "masked,0.05,IDENTITY,true,FLOAT"
    })
    void scoresAndGradientArePyTorchs(
            String name, double temperature, Activation activation, boolean masked, DataType type) {
        LossSimilarity loss = new LossSimilarity(temperature);
        double tolerance = type == DataType.DOUBLE ? DOUBLE_TOLERANCE : FLOAT_TOLERANCE;
        INDArray x = fixture("x").castTo(type);
        INDArray y = fixture("y").castTo(type);
        INDArray mask = masked ? fixture("mask") : null;
        INDArray scores = fixture(name + "-scores");

        assertClose(loss.computeScoreArray(x, y, activation.getActivationFunction(), mask), scores, tolerance);
        assertClose(
                loss.computeGradient(x, y, activation.getActivationFunction(), mask),
                fixture(name + "-gradient"),
                tolerance);
        assertThat(loss.computeScore(x, y, activation.getActivationFunction(), mask, false))
                .isCloseTo(scores.sumNumber().doubleValue(), within(12 * tolerance));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "BFLOAT16"})
    void narrowTypesAreComputedInFloatAndReturnedAsTheyCame(DataType type) {
        LossSimilarity loss = new LossSimilarity(1);
        INDArray x = Nd4j.randn(DataType.FLOAT, 6, 5).castTo(type);
        INDArray y = Nd4j.randn(DataType.FLOAT, 6, 3).castTo(type);
        INDArray scores = loss.computeScoreArray(x, y, IDENTITY, null);
        INDArray gradient = loss.computeGradient(x, y, IDENTITY, null);
        assertThat(scores.dataType()).isEqualTo(type);
        assertThat(gradient.dataType()).isEqualTo(type);
        INDArray inFloat = loss.computeGradient(x.castTo(DataType.FLOAT), y.castTo(DataType.FLOAT), IDENTITY, null);
        assertThat(gradient).isEqualTo(inFloat.castTo(type));
    }

    @Test
    void halfAgreesWithPyTorch() {
        INDArray gradient = new LossSimilarity()
                .computeGradient(
                        fixture("x").castTo(DataType.FLOAT16), fixture("y").castTo(DataType.FLOAT16), IDENTITY, null);
        assertClose(gradient, fixture("near-gradient"), HALF_TOLERANCE);
    }

    @Test
    void labelsAndMaskMayHaveAnotherDataType() {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.randn(DataType.FLOAT, 5, 4);
        INDArray y = Nd4j.randn(DataType.DOUBLE, 5, 2);
        INDArray mask = Nd4j.createFromArray(true, true, false, true, true);
        INDArray expected = loss.computeGradient(x.castTo(DataType.DOUBLE), y, IDENTITY, mask.castTo(DataType.DOUBLE));
        assertThat(loss.computeGradient(x, y, IDENTITY, mask)).isEqualTo(expected);
    }

    @Test
    void scoreIsTheSumOrMeanOfTheRows() {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.randn(DataType.DOUBLE, 6, 5);
        INDArray y = Nd4j.randn(DataType.DOUBLE, 6, 3);
        INDArray mask = Nd4j.createFromArray(1.0, 0.0, 1.0, 1.0, 1.0, 1.0);
        double sum = loss.computeScoreArray(x, y, IDENTITY, mask).sumNumber().doubleValue();
        assertThat(loss.computeScore(x, y, IDENTITY, mask, false)).isCloseTo(sum, within(DOUBLE_TOLERANCE));
        assertThat(loss.computeScore(x, y, IDENTITY, mask, true)).isCloseTo(sum / 6, within(DOUBLE_TOLERANCE));
        Pair<Double, INDArray> both = loss.computeGradientAndScore(x, y, IDENTITY, mask, true);
        assertThat(both.getFirst()).isEqualTo(loss.computeScore(x, y, IDENTITY, mask, true));
        assertThat(both.getSecond()).isEqualTo(loss.computeGradient(x, y, IDENTITY, mask));
    }

    @Test
    void isLeastWhereEveryCosineIsKept() {
        LossSimilarity loss = new LossSimilarity(0.2);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 8, 5);
        // A rotation and a change of scale keep every cosine.
        INDArray kept =
                x.get(NDArrayIndex.all(), NDArrayIndex.indices(4, 2, 0, 1, 3)).mul(7);
        double least = loss.computeScore(x, kept, IDENTITY, null, false);
        assertThat(loss.computeGradient(x, kept, IDENTITY, null).amaxNumber().doubleValue())
                .isLessThan(DOUBLE_TOLERANCE);
        for (int i = 0; i < 10; i++) {
            INDArray moved = kept.add(Nd4j.randn(DataType.DOUBLE, 8, 5));
            assertThat(loss.computeScore(x, moved, IDENTITY, null, false)).isGreaterThan(least);
        }
    }

    @ParameterizedTest(name = "mask of rank {0}")
    @ValueSource(ints = {1, 2})
    void maskedRowsAreAsGoodAsAbsentWhateverTheyHold(int rank) {
        LossSimilarity loss = new LossSimilarity();
        int[] present = {0, 2, 3, 5};
        INDArray x = Nd4j.randn(DataType.DOUBLE, 6, 5);
        INDArray y = Nd4j.randn(DataType.DOUBLE, 6, 3);
        for (int masked : new int[] {1, 4}) {
            x.getRow(masked).assign(Double.NaN);
            y.getRow(masked).assign(Double.NaN);
        }
        INDArray mask = Nd4j.createFromArray(1.0, 0.0, 1.0, 1.0, 0.0, 1.0);
        if (rank == 2) {
            mask = mask.reshape(6, 1);
        }
        INDArray scores = loss.computeScoreArray(x, y, IDENTITY, mask);
        INDArray gradient = loss.computeGradient(x, y, Activation.TANH.getActivationFunction(), mask);
        INDArray fewX = x.getRows(present);
        INDArray fewY = y.getRows(present);
        assertThat(scores.reshape(6).get(NDArrayIndex.indices(0, 2, 3, 5)))
                .isEqualTo(loss.computeScoreArray(fewX, fewY, IDENTITY, null).reshape(4));
        assertThat(gradient.getRows(present))
                .isEqualTo(loss.computeGradient(fewX, fewY, Activation.TANH.getActivationFunction(), null));
        assertThat(scores.getDouble(1, 0)).isZero();
        assertThat(scores.getDouble(4, 0)).isZero();
        assertThat(gradient.getRows(1, 4)).isEqualTo(Nd4j.zeros(DataType.DOUBLE, 2, 3));
    }

    @Test
    void aMaskBetweenZeroAndOneWeighsTheRowsScore() {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.randn(DataType.DOUBLE, 4, 5);
        INDArray y = Nd4j.randn(DataType.DOUBLE, 4, 3);
        INDArray mask = Nd4j.createFromArray(1.0, 0.5, 0.25, 1.0);
        INDArray plain = loss.computeScoreArray(x, y, IDENTITY, null);
        assertThat(loss.computeScoreArray(x, y, IDENTITY, mask)).isEqualTo(plain.mul(mask.reshape(4, 1)));
    }

    @ParameterizedTest(name = "{0} unmasked rows of {1}")
    @CsvSource({"1,1", "1,3", "0,3", "0,1"})
    void withoutTwoRowsScoreAndGradientAreZero(int unmasked, int rows) {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.randn(rows, 5);
        INDArray y = Nd4j.randn(rows, 3);
        INDArray mask = null;
        if (unmasked < rows) {
            mask = Nd4j.zeros(rows, 1);
            for (int i = 0; i < unmasked; i++) {
                mask.putScalar(i, 0, 1);
            }
        }
        assertThat(loss.computeScore(x, y, IDENTITY, mask, true)).isZero();
        assertThat(loss.computeScoreArray(x, y, IDENTITY, mask)).isEqualTo(Nd4j.zeros(rows, 1));
        assertThat(loss.computeGradient(x, y, IDENTITY, mask)).isEqualTo(Nd4j.zeros(rows, 3));
        Pair<Double, INDArray> both = loss.computeGradientAndScore(x, y, IDENTITY, mask, false);
        assertThat(both.getFirst()).isZero();
        assertThat(both.getSecond()).isEqualTo(Nd4j.zeros(rows, 3));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "FLOAT", "DOUBLE"})
    void zeroVectorsAreNearNobodyAndHaveNoGradient(DataType type) {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.randn(DataType.FLOAT, 6, 5).castTo(type);
        INDArray y = Nd4j.randn(DataType.FLOAT, 6, 3).castTo(type);
        x.getRow(1).assign(0);
        y.getRow(1).assign(0);
        y.getRow(4).assign(0);
        INDArray gradient = loss.computeGradient(x, y, IDENTITY, null);
        assertThat(gradient.getRows(1, 4)).isEqualTo(Nd4j.zeros(type, 2, 3));
        assertThat(gradient.getRow(0).amaxNumber().doubleValue()).isGreaterThan(0);
        assertThat(gradient.isNaN().any()).isFalse();
        // The row has cosine 0 with every other, in both: a uniform distribution over five.
        assertThat(loss.computeScoreArray(x, y, IDENTITY, null).getDouble(1, 0)).isCloseTo(Math.log(5), within(1e-3));
    }

    @ParameterizedTest(name = "factor {0}")
    @ValueSource(doubles = {1e-10, 1e15})
    void lengthsDoNotMatterFromTinyToHuge(double factor) {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.randn(DataType.FLOAT, 6, 5);
        INDArray y = Nd4j.randn(DataType.FLOAT, 6, 3);
        double expected = loss.computeScore(x, y, IDENTITY, null, false);
        assertThat(loss.computeScore(x.mul(factor), y.mul(factor), IDENTITY, null, false))
                .isCloseTo(expected, within(1e-3));
    }

    @Test
    void vectorsTooLongForTheirSquaresKeepTheirDirection() {
        LossSimilarity loss = new LossSimilarity(0.5);
        INDArray x = Nd4j.randn(DataType.FLOAT, 6, 5);
        INDArray y = Nd4j.randn(DataType.FLOAT, 6, 3);
        double score = loss.computeScore(x, y, IDENTITY, null, false);
        INDArray expected = loss.computeGradient(x, y, IDENTITY, null);
        x.getRow(4).muli(1e25);
        y.getRow(2).muli(1e25);
        y.getRow(3).muli(1e-20);
        INDArray short3 = y.dup();
        short3.getRow(2).divi(1e25);

        INDArray gradient = loss.computeGradient(x, y, IDENTITY, null);

        // Row 3 is too short to have a direction, beside a long row too.
        assertThat(gradient.getRow(3)).isEqualTo(Nd4j.zeros(DataType.FLOAT, 3));
        assertClose(
                gradient.getRow(2).mul(1e25),
                loss.computeGradient(x, short3, IDENTITY, null).getRow(2),
                1e-5);
        y.getRow(3).muli(1e20);
        assertThat(loss.computeScore(x, y, IDENTITY, null, false)).isCloseTo(score, within(1e-4));
        assertClose(loss.computeGradient(x, y, IDENTITY, null).getRow(0), expected.getRow(0), 1e-5);
    }

    @Test
    void aVeryLowTemperatureOverflowsNothing() {
        INDArray x = Nd4j.randn(DataType.FLOAT, 6, 5);
        INDArray y = Nd4j.randn(DataType.FLOAT, 6, 3);
        LossSimilarity loss = new LossSimilarity(1e-6);
        assertThat(loss.computeScore(x, y, IDENTITY, null, false)).isFinite();
        INDArray gradient = loss.computeGradient(x, y, IDENTITY, null);
        assertThat(gradient.isNaN().any() || gradient.isInfinite().any()).isFalse();
    }

    @Test
    void leavesItsArgumentsAlone() {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.randn(DataType.FLOAT, 6, 5);
        INDArray y = Nd4j.randn(DataType.FLOAT, 6, 3);
        INDArray mask = Nd4j.createFromArray(1f, 0f, 1f, 1f, 1f, 1f);
        INDArray[] before = {x.dup(), y.dup(), mask.dup()};
        for (INDArray m : new INDArray[] {null, mask}) {
            for (Activation a : new Activation[] {Activation.IDENTITY, Activation.TANH, Activation.SOFTMAX}) {
                loss.computeScore(x, y, a.getActivationFunction(), m, true);
                loss.computeScoreArray(x, y, a.getActivationFunction(), m);
                loss.computeGradient(x, y, a.getActivationFunction(), m);
                loss.computeGradientAndScore(x, y, a.getActivationFunction(), m, true);
            }
        }
        assertThat(Arrays.asList(x, y, mask)).containsExactly(before);
    }

    @Test
    void storageOrderAndViewsDoNotMatter() {
        LossSimilarity loss = new LossSimilarity();
        INDArray x = Nd4j.randn(DataType.DOUBLE, 6, 5);
        INDArray y = Nd4j.randn(DataType.DOUBLE, 6, 3);
        INDArray expected = loss.computeGradient(x, y, IDENTITY, null);
        INDArray wide = Nd4j.hstack(y, y);
        INDArray view = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 6));
        assertThat(loss.computeGradient(x.dup('f'), y.dup('f'), IDENTITY, null)).isEqualTo(expected);
        assertThat(loss.computeGradient(x, view, IDENTITY, null)).isEqualTo(expected);
    }

    @Test
    void refusesShapesThatMakeNoSense() {
        LossSimilarity loss = new LossSimilarity();
        assertThatThrownBy(() -> loss.computeScore(Nd4j.ones(4, 5), Nd4j.ones(4, 3, 2), IDENTITY, null, true))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("LossSimilarity: expected output of shape [batch, size], got [4, 3, 2]");
        assertThatThrownBy(() -> loss.computeGradient(Nd4j.ones(5, 5), Nd4j.ones(4, 3), IDENTITY, null))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("LossSimilarity: expected labels, the original vectors, of shape [4, size], one row for"
                        + " each row of the output, got [5, 5]");
        assertThatThrownBy(() -> loss.computeScoreArray(Nd4j.ones(4, 5, 2), Nd4j.ones(4, 3), IDENTITY, null))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("LossSimilarity: expected labels, the original vectors, of shape [4, size], one row for"
                        + " each row of the output, got [4, 5, 2]");
        assertThatThrownBy(() -> loss.computeGradient(Nd4j.ones(4, 5), Nd4j.ones(4, 3), IDENTITY, Nd4j.ones(4, 3)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("LossSimilarity: expected a mask of one value a row, shape [4] or [4, 1], got [4, 3]");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(doubles = {0, -1, 1e-38, Double.MIN_VALUE, 9e-7, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesTemperaturesThatRoundingWouldDrown(double temperature) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LossSimilarity(temperature))
                .withMessage("expected a finite temperature of at least 1.0E-6, since cosines have rounding, got "
                        + temperature);
    }

    /** ND4J's checks stop at any infinity, also at one that stands for a division by zero on purpose. */
    @Test
    void hasNoInfinityOnItsWayThatNd4jsChecksStopAt() {
        INDArray x = Nd4j.rand(DataType.FLOAT, 6, 4);
        x.getRow(2).assign(0);
        x.getRow(3).assign(1e-30);
        INDArray huge = Nd4j.rand(DataType.FLOAT, 6, 4).muli(1e30);
        LossSimilarity loss = new LossSimilarity(1e-6);
        OpProfiler.getInstance().reset();
        Nd4j.getExecutioner()
                .setProfilingConfig(ProfilerConfig.builder()
                        .checkForINF(true)
                        .checkForNAN(true)
                        .build());
        try {
            for (INDArray labels : List.of(x, huge)) {
                for (INDArray output : List.of(x.dup(), huge.dup())) {
                    Pair<Double, INDArray> both = loss.computeGradientAndScore(labels, output, IDENTITY, null, true);
                    assertThat(both.getFirst()).isFinite();
                    assertThat(both.getSecond().sumNumber().doubleValue()).isFinite();
                }
            }
        } finally {
            Nd4j.getExecutioner().setProfilingConfig(ProfilerConfig.builder().build());
        }
    }

    @Test
    void aCopyByJavaSerializationTrainsOn() throws Exception {
        LossSimilarity copy = Passage.serialized(new LossSimilarity(0.2));

        assertThat(copy).isEqualTo(new LossSimilarity(0.2));
        assertThat(copy.computeScore(Nd4j.rand(3, 4), Nd4j.rand(3, 2), IDENTITY, null, true))
                .isFinite();
    }

    @Test
    void equalByTemperature() {
        assertThat(new LossSimilarity())
                .isEqualTo(new LossSimilarity(0.05))
                .hasSameHashCodeAs(new LossSimilarity(0.05));
        assertThat(new LossSimilarity()).isNotEqualTo(new LossSimilarity(0.1)).isNotEqualTo("LossSimilarity");
        assertThat(new LossSimilarity().name()).isEqualTo("LossSimilarity(temperature=0.05)");
    }

    @Test
    void withPrefixesScoreAndGradientAreTheMeanOverThePrefixes() {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 8, 6);
        INDArray y = Nd4j.randn(DataType.DOUBLE, 8, 5);
        LossSimilarity one = new LossSimilarity(0.2);
        INDArray scores = Nd4j.zeros(DataType.DOUBLE, 8, 1);
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 8, 5);
        for (int size : new int[] {2, 3, 5}) {
            INDArray first = y.get(NDArrayIndex.all(), NDArrayIndex.interval(0, size));
            scores.addi(one.computeScoreArray(x, first, IDENTITY, null).div(3));
            gradient.get(NDArrayIndex.all(), NDArrayIndex.interval(0, size))
                    .addi(one.computeGradient(x, first, IDENTITY, null).div(3));
        }

        LossSimilarity prefixes = new LossSimilarity(0.2, 2, 3, 5);

        assertClose(prefixes.computeScoreArray(x, y, IDENTITY, null), scores, DOUBLE_TOLERANCE);
        assertClose(prefixes.computeGradient(x, y, IDENTITY, null), gradient, DOUBLE_TOLERANCE);
        assertThat(new LossSimilarity(0.2, 5).computeScore(x, y, IDENTITY, null, true))
                .isEqualTo(one.computeScore(x, y, IDENTITY, null, true));
    }

    @Test
    void refusesPrefixesThatDoNotRiseOrAreLargerThanTheOutput() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LossSimilarity(0.1, 4, 4))
                .withMessage("expected rising prefixes of at least 1, got [4, 4]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LossSimilarity(0.1, 0, 4))
                .withMessage("expected rising prefixes of at least 1, got [0, 4]");
        assertThatThrownBy(() -> new LossSimilarity(0.1, 2, 4)
                        .computeScore(Nd4j.ones(4, 5), Nd4j.ones(4, 3), IDENTITY, null, true))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage(
                        "LossSimilarity: expected an output of at least 4 numbers a row, the largest prefix, got 3");
    }

    @Test
    void prefixesArePartOfWhatIsEqualSavedAndShown() throws Exception {
        LossSimilarity prefixes = new LossSimilarity(0.2, 16, 32).withReducedTemperature(0.3);
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().list();
        MultiLayerConfiguration conf = list.layer(
                        new DenseLayer.Builder().nIn(4).nOut(40).build())
                .layer(new LossLayer.Builder(prefixes).build())
                .build();

        LossLayer read = (LossLayer)
                MultiLayerConfiguration.fromJson(conf.toJson()).getConf(1).getLayer();

        assertThat(read.getLossFn()).isEqualTo(prefixes);
        assertThat(Passage.serialized(prefixes)).isEqualTo(prefixes).hasSameHashCodeAs(prefixes);
        assertThat(prefixes)
                .isNotEqualTo(new LossSimilarity(0.2))
                .isNotEqualTo(new LossSimilarity(0.2, 16, 32))
                .hasToString("LossSimilarity(temperature=0.2, reducedTemperature=0.3, prefixes=[16, 32])");
        assertThat(new LossSimilarity(0.2).getPrefixes()).isEmpty();
    }

    @Test
    void reductionsMayHaveATemperatureOfTheirOwn() {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 8, 6);
        INDArray y = Nd4j.randn(DataType.DOUBLE, 8, 5);
        LossSimilarity loss = new LossSimilarity(0.2).withReducedTemperature(0.5);

        // By its definition, in plain loops.
        double[][] p = softmax(x, 0.2);
        double[][] q = softmax(y, 0.5);
        INDArray scores = loss.computeScoreArray(x, y, IDENTITY, null);
        for (int i = 0; i < 8; i++) {
            double score = 0;
            for (int j = 0; j < 8; j++) {
                score -= i == j ? 0 : p[i][j] * Math.log(q[i][j]);
            }
            assertThat(scores.getDouble(i)).isCloseTo(score, within(DOUBLE_TOLERANCE));
        }
        assertThat(new LossSimilarity(0.2).withReducedTemperature(0.2)).isEqualTo(new LossSimilarity(0.2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loss.withReducedTemperature(0))
                .withMessage("expected a finite reducedTemperature of at least 1.0E-6, since cosines have rounding,"
                        + " got 0.0");
    }

    private static double[][] softmax(INDArray rows, double temperature) {
        int n = rows.rows();
        double[][] result = new double[n][n];
        for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < n; j++) {
                INDArray a = rows.getRow(i);
                INDArray b = rows.getRow(j);
                double cosine = a.mul(b).sumNumber().doubleValue()
                        / a.norm2Number().doubleValue()
                        / b.norm2Number().doubleValue();
                result[i][j] = i == j ? 0 : Math.exp(cosine / temperature);
                sum += result[i][j];
            }
            for (int j = 0; j < n; j++) {
                result[i][j] /= sum;
            }
        }
        return result;
    }

    @Test
    void whatReleasesBeforeHaveWrittenHasOneTemperatureAndNoPrefixes() throws Exception {
        String json = "{\"@class\":\"io.github.qrreduction.loss.LossSimilarity\",\"temperature\":0.3}";
        assertThat(NeuralNetConfiguration.mapper().readValue(json, ILossFunction.class))
                .isEqualTo(new LossSimilarity(0.3));
    }

    private static INDArray fixture(String name) {
        return Fixtures.npy("similarity/" + name);
    }
}
