package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.qrreduction.ComponentLayer;
import io.github.qrreduction.ComponentLayerBuilder;
import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Cases;
import io.github.qrreduction.testutil.Close;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** The layers where numbers and sizes are at their ends, in each mode: right, or refused with what to do. */
class EdgeNumbersTest {

    private static final int STEPS = 20;

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({
        "NONE,FLOAT",
        "NONE,DOUBLE",
        "RETRACTION,FLOAT",
        "RETRACTION,DOUBLE",
        "PARAMETRIZATION,FLOAT",
        "PARAMETRIZATION,DOUBLE"
    })
    void valuesFromTinyToHugeAreReducedToTheLastDigits(Orthonormality mode, DataType type) {
        MultiLayerNetwork net = net(mode, type, 6, 3);
        INDArray x = Nd4j.rand(DataType.DOUBLE, 4, 6).subi(0.5);
        INDArray q = Components.of(net, 0).matrix().castTo(DataType.DOUBLE);
        for (double scale : new double[] {1e-30, 1e-10, 1e10, 1e30}) {
            INDArray z = net.output(x.mul(scale).castTo(type))
                    .castTo(DataType.DOUBLE)
                    .div(scale);
            Close.assertRelativelyClose("z at " + scale, z, x.mmul(q.transpose()), Cases.rounding(type));
        }
    }

    /** Gradients of 1e-60 vanish in FLOAT, which is no step, not NaN. */
    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void tinyValuesTrainOrStandStill(Orthonormality mode) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            MultiLayerNetwork net = net(mode, type, 6, 3);
            train(net, Nd4j.rand(type, 8, 6).muli(1e-30), Nd4j.rand(type, 8, 3).muli(1e-30));
            assertSound(net, mode, type);
        }
    }

    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void hugeValuesTrainInDouble(Orthonormality mode) {
        MultiLayerNetwork net = net(mode, DataType.DOUBLE, 6, 3);
        train(
                net,
                Nd4j.rand(DataType.DOUBLE, 8, 6).muli(1e30),
                Nd4j.rand(DataType.DOUBLE, 8, 3).muli(1e30));
        assertSound(net, mode, DataType.DOUBLE);
    }

    /** In FLOAT a gradient of 1e60 is infinite: with NONE as DenseLayer, else refused and named. */
    @ParameterizedTest
    @EnumSource(
            value = Orthonormality.class,
            names = {"RETRACTION", "PARAMETRIZATION"})
    void valuesWhoseGradientsOverflowAreRefused(Orthonormality mode) {
        MultiLayerNetwork net = net(mode, DataType.FLOAT, 6, 3);
        INDArray before = net.params().dup();
        Throwable thrown = catchThrowable(() -> train(
                net,
                Nd4j.rand(DataType.FLOAT, 8, 6).muli(1e30),
                Nd4j.rand(DataType.FLOAT, 8, 3).muli(1e30)));
        assertThat(thrown)
                .isInstanceOf(DL4JException.class)
                .hasMessageContaining("the gradient of \"Q\"")
                .hasMessageEndingWith("Look for such values in features and labels, lower the learning rate, or clip"
                        + " the gradient.");
        assertThat(net.params()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void parametersFromTinyToHugeHaveTheirQrFactor(Orthonormality mode) {
        INDArray w = Nd4j.rand(DataType.DOUBLE, 3, 6).subi(0.5);
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (double scale : new double[] {1e-30, 1e30}) {
                MultiLayerNetwork net = net(mode, type, 6, 3);
                net.setParam("0_Q", w.mul(scale).castTo(type));
                INDArray z = net.output(Nd4j.ones(type, 2, 6));
                assertThat(z.isNaN().any() || z.isInfinite().any()).isFalse();
                if (mode != Orthonormality.NONE) {
                    train(net, Nd4j.rand(type, 8, 6), Nd4j.rand(type, 8, 3));
                    assertSound(net, mode, type);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({
        "NONE,FLOAT",
        "NONE,DOUBLE",
        "RETRACTION,FLOAT",
        "RETRACTION,DOUBLE",
        "PARAMETRIZATION,FLOAT",
        "PARAMETRIZATION,DOUBLE"
    })
    void rowsOfZerosDuplicateColumnsAndConstantsTrain(Orthonormality mode, DataType type) {
        INDArray zeros = Nd4j.zeros(type, 8, 6);
        INDArray half = Nd4j.rand(type, 8, 3);
        INDArray duplicates = Nd4j.concat(1, half, half);
        INDArray constant = Nd4j.rand(type, 8, 6);
        constant.getColumn(2).assign(7);
        INDArray someZeros = Nd4j.rand(type, 8, 6);
        someZeros.getRow(0).assign(0);
        someZeros.getRow(5).assign(0);
        for (INDArray x : new INDArray[] {zeros, duplicates, constant, someZeros}) {
            MultiLayerNetwork net = net(mode, type, 6, 3);
            train(net, x, Nd4j.rand(type, 8, 3));
            assertSound(net, mode, type);
            assertThat(net.output(zeros)).isEqualTo(Nd4j.zeros(type, 8, 3));
        }
    }

    @ParameterizedTest(name = "{0} in {1}, {2} -> {3}")
    @CsvSource({
        "NONE,FLOAT,1,1", "RETRACTION,FLOAT,1,1", "PARAMETRIZATION,FLOAT,1,1", "NONE,DOUBLE,1,1",
        "RETRACTION,DOUBLE,1,1", "PARAMETRIZATION,DOUBLE,1,1", "NONE,FLOAT,5,5", "RETRACTION,FLOAT,5,5",
        "PARAMETRIZATION,FLOAT,5,5", "NONE,DOUBLE,5,5", "RETRACTION,DOUBLE,5,5", "PARAMETRIZATION,DOUBLE,5,5",
        "NONE,FLOAT,5,1", "RETRACTION,FLOAT,5,1", "PARAMETRIZATION,FLOAT,5,1"
    })
    void oneInputAndAsManyComponentsAsInputs(Orthonormality mode, DataType type, int nIn, int nOut) {
        for (boolean reconstructs : new boolean[] {false, true}) {
            ComponentLayerBuilder<?> builder =
                    reconstructs ? new QRReconstructionLayer.Builder() : new QRReductionLayer.Builder();
            ComponentLayer layer =
                    builder.nIn(nIn).nOut(nOut).orthonormality(mode).build();
            MultiLayerNetwork net = withMse(type, new Adam(0.001), layer);
            for (int batch : new int[] {1, 8}) {
                train(net, Nd4j.rand(type, batch, nIn), Nd4j.rand(type, batch, layer.outputSize()));
                assertSound(net, mode, type);
            }
            if (mode != Orthonormality.NONE && nIn == nOut) {
                // A rotation loses nothing.
                INDArray x = Nd4j.rand(type, 3, nIn);
                INDArray y = net.output(x);
                Close.assertRelativelyClose("length", y.norm2(1), x.norm2(1), Cases.rounding(type));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void anEmptyBatchIsRefused(Orthonormality mode) {
        MultiLayerNetwork net = net(mode, DataType.FLOAT, 6, 3);
        // DL4J's own words.
        assertThatThrownBy(() -> net.output(Nd4j.create(DataType.FLOAT, 0, 6)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid input: length 0 (shape: [0, 6])");
        ComputationGraph graph = net.toComputationGraph();
        assertThatThrownBy(() -> graph.outputSingle(Nd4j.create(DataType.FLOAT, 0, 6)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageStartingWith("expected a batch of at least 1 example, got input with shape [0, 6] (");
        assertThatThrownBy(() -> graph.outputSingle(Nd4j.create(DataType.FLOAT, 2, 6, 0)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageStartingWith("expected a batch of at least 1 example, got input with shape [2, 6, 0] (");
        train(net, Nd4j.rand(DataType.FLOAT, 4, 6), Nd4j.rand(DataType.FLOAT, 4, 3));
        assertSound(net, mode, DataType.FLOAT);
    }

    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void aHundredThousandInputs(Orthonormality mode) {
        int nIn = 100_000;
        MultiLayerNetwork net = net(mode, DataType.FLOAT, nIn, 3);
        INDArray x = Nd4j.rand(DataType.FLOAT, 2, nIn);
        net.fit(new DataSet(x, Nd4j.rand(DataType.FLOAT, 2, 3)));
        assertSound(net, mode, DataType.FLOAT);
        INDArray q = Components.of(net, 0).matrix().castTo(DataType.DOUBLE);
        Close.assertRelativelyClose(
                "z", net.output(x), x.castTo(DataType.DOUBLE).mmul(q.transpose()), 1e-3);
    }

    private static MultiLayerNetwork net(Orthonormality mode, DataType type, int nIn, int nOut) {
        Nd4j.getRandom().setSeed(77);
        return withMse(
                type, new Adam(0.01), reduction(nIn, nOut).orthonormality(mode).build());
    }

    private static void train(MultiLayerNetwork net, INDArray x, INDArray y) {
        for (int i = 0; i < STEPS; i++) {
            net.fit(new DataSet(x, y));
        }
    }

    private static void assertSound(MultiLayerNetwork net, Orthonormality mode, DataType type) {
        assertThat(net.params().isNaN().any() || net.params().isInfinite().any())
                .isFalse();
        if (mode != Orthonormality.NONE) {
            assertThat(Components.of(net, 0).orthonormalityError()).isLessThan(type == DataType.DOUBLE ? 1e-12 : 1e-5);
        }
    }
}
