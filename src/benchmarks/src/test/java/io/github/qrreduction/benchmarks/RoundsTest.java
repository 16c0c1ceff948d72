package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;

class RoundsTest {

    private static final double NEAR = CoreDistance.NEAR;
    private static final double FAR = CoreDistance.NEAR + 1;

    private static final BenchmarkPlan.Block ONE = block(1);
    private static final BenchmarkPlan.Block OTHER = block(2);

    private final Rounds rounds = new Rounds(List.of(ONE, OTHER), 2);

    private static BenchmarkPlan.Block block(long batch) {
        return new BenchmarkPlan.Block(Operation.FIT, List.of(new BenchmarkPlan.Cell("dense", new Row(batch, 64, 16))));
    }

    @Test
    void withEnoughNearRoundsTheseCount() {
        List<RunResult> first = add(ONE, NEAR, FAR);
        assertThat(rounds.missing(ONE)).isEqualTo(1);
        List<RunResult> again = add(ONE, NEAR);
        List<RunResult> other = add(OTHER, NEAR, NEAR);
        assertThat(rounds.missing(ONE)).isZero();
        assertThat(rounds.results(true)).containsExactly(first.get(0), again.get(0), other.get(0), other.get(1));
        assertThat(rounds.results(false)).containsExactly(first.get(1));
        assertThat(rounds.coreDistances()).containsExactly(NEAR, FAR, NEAR, NEAR, NEAR);
        assertThat(rounds.summary())
                .isEqualTo("4 of 5 with cores within 150 ns, which count; 0 of 2 comparisons had too few of those, "
                        + "so that all of theirs count");
    }

    @Test
    void withTooFewAllCount() {
        List<RunResult> one = add(ONE, NEAR, FAR, FAR);
        List<RunResult> other = add(OTHER, FAR, NEAR, NEAR);
        assertThat(rounds.results(true))
                .containsExactly(one.get(0), one.get(1), one.get(2), other.get(1), other.get(2));
        assertThat(rounds.results(false)).containsExactly(other.get(0));
        assertThat(rounds.summary())
                .isEqualTo("3 of 6 with cores within 150 ns, which count; 1 of 2 comparisons had too few of those, "
                        + "so that all of theirs count");
    }

    private List<RunResult> add(BenchmarkPlan.Block block, double... distances) {
        List<Round> added = DoubleStream.of(distances)
                .mapToObj(d -> new Round(d, List.of(new RunResult(null, List.of()))))
                .toList();
        rounds.add(block, added);
        return added.stream().flatMap(r -> r.results().stream()).toList();
    }
}
