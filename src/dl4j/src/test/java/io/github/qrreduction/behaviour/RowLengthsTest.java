package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.internal.stiefel.Stiefel;
import io.github.qrreduction.testutil.Close;
import io.github.qrreduction.testutil.OrthonormalTraining;
import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Rows are dependent by their angles; their lengths do not count, in any mode and type. */
class RowLengthsTest {

    /** Q of 4 rows, orthogonal, whose lengths fall geometrically from 1 to the last. */
    private static INDArray rows(int columns, double last, DataType type) {
        Nd4j.getRandom().setSeed(7);
        INDArray q = Stiefel.uniform(4, columns, DataType.DOUBLE);
        for (int i = 0; i < 4; i++) {
            q.getRow(i).muli(Math.pow(last, i / 3.0));
        }
        return q.castTo(type);
    }

    @ParameterizedTest
    @CsvSource({"768,1e-5", "768,1e-12", "100000,1e-2", "100000,1e-8"})
    void componentsOfAnyLengthsGoThereAndBack(int columns, double last) {
        Components c = Components.of(rows(columns, last, DataType.FLOAT));
        INDArray inTheSpan = Nd4j.rand(DataType.DOUBLE, 5, 4).mmul(rows(columns, 1, DataType.DOUBLE));

        INDArray back = c.inverseTransform(c.transform(inTheSpan));

        Close.assertClose(back, inTheSpan, 1e-5);
        INDArray x = Nd4j.rand(DataType.DOUBLE, 6, columns);
        double[] variance = c.explainedVariance(new ExistingDataSetIterator(List.of(new DataSet(x, x))))
                .variance();
        double[] ofUnitRows = Components.of(rows(columns, 1, DataType.DOUBLE))
                .explainedVariance(new ExistingDataSetIterator(List.of(new DataSet(x, x))))
                .variance();
        for (int i = 0; i < variance.length; i++) {
            assertThat(variance[i]).isCloseTo(ofUnitRows[i], within(1e-5 * ofUnitRows[i]));
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT,1e-5", "FLOAT,1e-20", "DOUBLE,1e-30", "HALF,1e-3"})
    void retractionTakesTheirDirections(DataType type, double last) {
        MultiLayerNetwork net = withMse(
                type,
                new Sgd(0.1),
                reduction(768, 4).orthonormality(Orthonormality.RETRACTION).build());

        Components.of(rows(768, last, type)).copyTo(net, 0);

        double rounding = type == DataType.DOUBLE ? 1e-12 : type == DataType.FLOAT ? 1e-5 : 1e-2;
        Close.assertClose(net.getParam("0_Q"), rows(768, 1, DataType.DOUBLE), rounding);
    }

    @Test
    void aReconstructionTakesThemToo() {
        MultiLayerNetwork net = withMse(
                DataType.FLOAT,
                new Sgd(0.1),
                new QRReconstructionLayer.Builder()
                        .nIn(768)
                        .nOut(4)
                        .orthonormality(Orthonormality.RETRACTION)
                        .build());

        Components.of(rows(768, 1e-5, DataType.FLOAT)).copyTo(net, 0);

        assertThat(Components.of(net, 0).orthonormalityError()).isLessThan(OrthonormalTraining.FLOAT_BOUND);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void parametrizationTrainsOnThem(DataType type) {
        MultiLayerNetwork net = withMse(
                type,
                new Sgd(1e-6),
                reduction(30_000, 4)
                        .orthonormality(Orthonormality.PARAMETRIZATION)
                        .build());
        Components.of(rows(30_000, 1e-3, type)).copyTo(net, 0);

        net.fit(Nd4j.rand(type, 8, 30_000), Nd4j.rand(type, 8, 4));

        assertThat(Components.of(net, 0).orthonormalityError()).isLessThan(OrthonormalTraining.FLOAT_BOUND);
        assertThat(net.params().isNaN().any()).isFalse();
    }

    /** W's rows grow with each step, the one with the growing target most. */
    @Test
    void parametrizationTrainsWhileOneRowGrows() {
        MultiLayerNetwork net = withMse(
                DataType.FLOAT,
                new Sgd(100),
                reduction(100_000, 2)
                        .orthonormality(Orthonormality.PARAMETRIZATION)
                        .build());
        INDArray x = Nd4j.randn(DataType.FLOAT, 8, 100_000).divi(300);
        for (int i = 1; i <= 60; i++) {
            INDArray y = Nd4j.zeros(DataType.FLOAT, 8, 2);
            y.getColumn(0).assign(i);
            net.fit(x, y);
        }

        assertThat(Components.of(net, 0).orthonormalityError()).isLessThan(OrthonormalTraining.FLOAT_BOUND);
    }

    @Test
    void nearlyParallelRowsAreStillDependent() {
        INDArray q = rows(768, 1e-3, DataType.FLOAT);
        q.getRow(3).assign(q.getRow(0).mul(1e-3));

        assertThatIllegalStateException()
                .isThrownBy(() -> Components.of(q).inverseTransform(Nd4j.ones(1, 4)))
                .withMessageStartingWith("expected linearly independent components, got one whose angle to those before"
                        + " it has a sine of ");
    }
}
