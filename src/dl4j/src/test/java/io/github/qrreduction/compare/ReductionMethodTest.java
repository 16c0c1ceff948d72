package io.github.qrreduction.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.Components;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class ReductionMethodTest {
    private static final INDArray DATA = Nd4j.createFromArray(ComparisonTest.vectors(200, 12, 1));

    private static DataSetIterator batches() {
        return new ListDataSetIterator<>(new DataSet(DATA, DATA).asList(), 60);
    }

    @Test
    void namesAreThoseOfTheCommand() {
        assertThat(ReductionMethod.values())
                .extracting(ReductionMethod::toString)
                .containsExactly("truncation", "random", "pca", "pca-uncentred", "tempered", "neighbours");
        for (ReductionMethod method : ReductionMethod.values()) {
            assertThat(ReductionMethod.of(method.toString())).isSameAs(method);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReductionMethod.of("PCA"))
                .withMessage("expected a method of truncation, random, pca, pca-uncentred, tempered, neighbours, got"
                        + " PCA");
    }

    @ParameterizedTest
    @EnumSource
    void aFitIsTheSameForASeedAndFromBatches(ReductionMethod method) {
        List<Double> heard = new ArrayList<>();
        Components c = method.fit(DATA, 5, 3, heard::add);

        assertThat(c.nOut()).isEqualTo(5);
        assertThat(c.nIn()).isEqualTo(12);
        assertThat(c.metadata()).containsEntry("method", method.toString());
        assertThat(heard).endsWith(1.0);
        assertThat(method.fit(DATA, 5, 3).matrix()).isEqualTo(c.matrix());
        assertThat(method.fit(batches(), 5, 3, done -> {}).matrix().distance2(c.matrix()))
                .isLessThan(1e-9);
    }

    @ParameterizedTest
    @EnumSource
    void tooManyComponentsAreRefused(ReductionMethod method) {
        for (int k : new int[] {0, 13}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> method.fit(DATA, k, 1))
                    .withMessageStartingWith("expected")
                    .withMessageEndingWith("got " + k);
        }
    }

    @Test
    void truncationKeepsTheFirstNumbersAndRandomRowsAreOrthonormal() {
        float[] x = DATA.getRow(0).toFloatVector();
        assertThat(ReductionMethod.TRUNCATION.fit(DATA, 3, 1).transform(x)).containsExactly(x[0], x[1], x[2]);
        Components random = ReductionMethod.RANDOM.fit(DATA, 12, 1);
        assertThat(random.orthonormalityError()).isLessThan(1e-5);
        assertThat(random.metadata()).containsEntry("seed", "1");
        assertThat(ReductionMethod.RANDOM.fit(DATA, 12, 2).matrix()).isNotEqualTo(random.matrix());
    }

    @Test
    void otherShapesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReductionMethod.PCA.fit(Nd4j.create(2, 3, 4), 2, 1))
                .withMessage("expected data of shape [n, nIn], got shape [2, 3, 4]");
    }

    @Test
    void rotatedComponentsKeepEveryDistanceAndTakeTheMeanOff() {
        Components pca = ReductionMethod.PCA_UNCENTRED.fit(DATA, 5, 1);
        Components rotated = Storage.rotated(pca, DATA, 8);

        INDArray z = pca.transform(DATA);
        INDArray turned = rotated.transform(DATA);
        assertThat(turned.mean(0).norm2Number().doubleValue()).isLessThan(1e-5);
        assertThat(turned.getRow(0).distance2(turned.getRow(1)))
                .isCloseTo(z.getRow(0).distance2(z.getRow(1)), org.assertj.core.api.Assertions.within(1e-5));
        assertThat(turned.getRow(0).distance2(z.getRow(0))).isGreaterThan(0.1);
        Components again = Storage.rotated(rotated, DATA, 9);
        assertThat(again.transform(DATA).mean(0).norm2Number().doubleValue()).isLessThan(1e-5);
    }

    @Test
    void bytesCountWholeBytes() {
        assertThat(Storage.FLOAT32.bytes(100)).isEqualTo(400);
        assertThat(Storage.INT8.bytes(100)).isEqualTo(100);
        assertThat(Storage.BIT.bytes(100)).isEqualTo(13);
        assertThat(Storage.BIT_UNROTATED.bytes(16)).isEqualTo(2);
    }
}
