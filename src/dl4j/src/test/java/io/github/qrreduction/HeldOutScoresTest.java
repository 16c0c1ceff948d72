package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class HeldOutScoresTest {
    private static final int COUNT = 50;

    private final Random random = new Random(1);
    private final double[] start = random.doubles(COUNT, 2, 4).toArray();

    @Test
    void whatIsLowerForNearlyAllIsClearlyBelow() {
        HeldOutScores lower = scores(i -> start[i] - 0.1 + 0.1 * random.nextGaussian());
        assertThat(lower.areClearlyBelow(new HeldOutScores(start))).isTrue();
        assertThat(new HeldOutScores(start).areClearlyBelow(lower)).isFalse();
    }

    @Test
    void whatIsLowerForOneVectorAndHigherForAnotherIsNot() {
        HeldOutScores chance = scores(i -> start[i] - (i == 7 ? 1 : i == 8 ? -0.8 : 0));
        assertThat(chance.mean()).isLessThan(new HeldOutScores(start).mean());
        assertThat(chance.areClearlyBelow(new HeldOutScores(start))).isFalse();
    }

    @Test
    void whatIsLowerByRoundingForAllIsNot() {
        HeldOutScores rounded = scores(i -> start[i] - 1e-6);
        assertThat(rounded.areClearlyBelow(new HeldOutScores(start))).isFalse();
        assertThat(new HeldOutScores(start).areClearlyBelow(new HeldOutScores(start)))
                .isFalse();
    }

    private static HeldOutScores scores(IntToDoubleFunction score) {
        double[] scores = new double[COUNT];
        Arrays.setAll(scores, score);
        return new HeldOutScores(scores);
    }
}
