package io.github.qrreduction.internal.pca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.internal.lapack.EigenPairs;
import io.github.qrreduction.internal.lapack.Matrices;
import io.github.qrreduction.internal.lapack.SymmetricEigen;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class RangeFinderTest {
    /** The promise is half a percent; passes end at gains of a hundredth of one. */
    private static final double SHARE_MISSED = 1e-3;

    private static final double ORTHONORMAL = 1e-12;
    /** Of sums over 300 samples about a mean of 1e6. */
    private static final double ROUNDING = 1e-8;

    private static int pass(RangeFinder finder, INDArray x) {
        for (int from = 0; from < x.rows(); from += 64) {
            finder.add(x.get(NDArrayIndex.interval(from, Math.min(x.rows(), from + 64)), NDArrayIndex.all())
                    .dup('c'));
        }
        return 1;
    }

    private static int run(RangeFinder finder, INDArray x) {
        int passes = pass(finder, x);
        while (!finder.endPass()) {
            passes += pass(finder, x);
        }
        return passes;
    }

    private static EigenPairs exact(INDArray x, boolean centred, int k) {
        return GramComponents.of(List.of(x), centred, k, gram -> SymmetricEigen.of(gram, values -> k))
                .pairs();
    }

    private static INDArray samples(double mean) {
        INDArray x = Matrices.gaussian(300, 1000, 1);
        for (int j = 0; j < 1000; j++) {
            x.getColumn(j).muli(1 / Math.sqrt(1.0 + j)).addi(mean);
        }
        return x;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e6})
    void findsTheVarianceOfTheExactComponentsAndSaysHowFarItIsRight(double mean) {
        INDArray x = samples(mean);
        EigenPairs exact = exact(x, true, 20);
        RangeFinder finder = new RangeFinder(1000, 20, true);
        int passes = run(finder, x);
        EigenPairs found = finder.components(20);

        for (int i = 0; i < 20; i++) {
            double value = found.values()[i];
            assertThat(value).isLessThanOrEqualTo(exact.values()[i] * (1 + ROUNDING));
            double nearest = Arrays.stream(exact.values())
                    .map(other -> Math.abs(other - value))
                    .min()
                    .orElseThrow();
            assertThat(nearest).isLessThanOrEqualTo(found.residual() * found.values()[0] + ROUNDING);
        }
        double all = Arrays.stream(exact.values(), 0, 20).sum();
        assertThat(Arrays.stream(found.values()).sum()).isCloseTo(all, within(SHARE_MISSED * all));
        assertThat(found.trace()).isCloseTo(exact.trace(), within(ROUNDING * exact.trace()));
        assertThat(finder.mean().distance2(x.mean(0))).isLessThan(1e-8 * (1 + mean));
        assertThat(Matrices.orthonormalityError(found.vectors())).isLessThan(ORTHONORMAL);
        assertThat(passes).isLessThan(RangeFinder.MAX_PASSES);
        assertThat(finder.count()).isEqualTo(300);
    }

    @Test
    void aboutZeroThereIsNoMean() {
        INDArray x = samples(1);
        RangeFinder finder = new RangeFinder(1000, 3, false);
        run(finder, x);
        EigenPairs exact = exact(x, false, 3);
        assertThat(finder.mean()).isNull();
        assertThat(finder.components(3).values()[0])
                .isCloseTo(exact.values()[0], within(SHARE_MISSED * exact.values()[0]));
        assertThat(finder.trace()).isCloseTo(exact.trace(), within(ROUNDING * exact.trace()));
    }

    @Test
    void dataOfLowRankAreExact() {
        INDArray x = Matrices.gaussian(200, 5, 1).mmul(Matrices.gaussian(5, 400, 2));
        EigenPairs exact = exact(x, true, 5);
        RangeFinder finder = new RangeFinder(400, 5, true);
        assertThat(run(finder, x)).isLessThanOrEqualTo(3);
        EigenPairs found = finder.components(5);
        for (int i = 0; i < 5; i++) {
            assertThat(found.values()[i]).isCloseTo(exact.values()[i], within(1e-9 * exact.values()[0]));
        }
        assertThat(found.residual()).isLessThan(1e-9);
        assertThat(Matrices.projectorDistance(found.vectors(), exact.vectors())).isLessThan(1e-7);
    }

    @Test
    void aLargerNumberGoesOnFromWhatWasFound() {
        INDArray x = samples(0);
        RangeFinder finder = new RangeFinder(1000, 5, true);
        run(finder, x);
        finder.enlarge(40);
        run(finder, x);
        double all = Arrays.stream(exact(x, true, 40).values(), 0, 40).sum();
        assertThat(finder.sought()).isEqualTo(40);
        assertThat(Arrays.stream(finder.components(40).values()).sum()).isCloseTo(all, within(SHARE_MISSED * all));
    }

    @Test
    void otherDataInALaterPassAreRefused() {
        INDArray x = samples(0);
        RangeFinder finder = new RangeFinder(1000, 5, true);
        pass(finder, x);
        finder.endPass();
        pass(finder, x.get(NDArrayIndex.interval(0, 200), NDArrayIndex.all()));
        assertThatIllegalArgumentException()
                .isThrownBy(finder::endPass)
                .withMessage("expected 300 samples, as in the first pass over the data, got 200 in pass 2");
    }

    @Test
    void interruptedThreadsStopBeforeTheNextBlock() {
        RangeFinder finder = new RangeFinder(1000, 3, true);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> pass(finder, samples(0)))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("interrupted during a pass over the samples");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
