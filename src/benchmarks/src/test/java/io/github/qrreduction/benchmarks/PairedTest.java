package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.benchmarks.Paired.Round;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class PairedTest {

    private static final double NEAR = CoreDistance.NEAR;
    private static final double FAR = CoreDistance.NEAR + 1;

    private final List<String> calls = new ArrayList<>();

    private Paired.Side side(String name) {
        return new Paired.Side(name, () -> calls.add(name), () -> calls.add("close " + name));
    }

    private static Paired paired(int wanted, double... distances) {
        PrimitiveIterator.OfDouble next = DoubleStream.of(distances).iterator();
        // A turn of no length is one operation.
        return new Paired(0, 0, wanted, next::nextDouble);
    }

    @Test
    void sidesTakeTurnsAfterOneWarmUpOfEach() {
        Map<String, List<Round>> taken = paired(2, 1, 1, 1, 1, 1, 1)
                .run(List.of("first", "second"), c -> List.of(side("a"), side("b")), (c, all) -> calls.add(c));
        assertThat(String.join(" ", calls))
                .isEqualTo("a b a b a b close a close b first a b a b close a close b second");
        assertThat(taken.values())
                .allSatisfy(rounds -> assertThat(rounds)
                        .hasSize(2)
                        .allSatisfy(round -> assertThat(round.microseconds()).hasSize(2)));
    }

    @Test
    void farRoundsAreTakenAgainAfterAllOthersInFourPassesAtMost() {
        // Before and after each round: near and far, then near twice; far for ever in the second comparison.
        Map<String, List<Round>> taken = paired(1, NEAR, FAR, FAR, FAR, NEAR, NEAR, FAR, FAR, FAR, FAR, FAR, FAR)
                .run(List.of("first", "second"), c -> List.of(side("a")), (c, all) -> calls.add(c));
        assertThat(calls)
                .filteredOn(call -> call.endsWith("st") || call.endsWith("nd"))
                .containsExactly("first", "second", "first", "second", "second", "second");
        assertThat(taken.get("first")).extracting(Round::coreDistance).containsExactly(FAR, NEAR);
        assertThat(taken.get("second")).hasSize(4);
    }

    @Test
    void sidesAreClosedWhenOneFails() {
        Paired.Side failing = new Paired.Side(
                "failing",
                () -> {
                    throw new IllegalStateException("on purpose");
                },
                () -> {});
        assertThatThrownBy(() ->
                        new Paired(0, 0, 1).run(List.of("x"), c -> List.of(side("a"), failing), (c, all) -> {}))
                .hasMessage("on purpose");
        assertThat(calls).endsWith("close a");
    }

    @Test
    void withEnoughNearRoundsTheseCountOtherwiseAll() {
        Paired paired = new Paired(1, 1, 2);
        List<Round> enough = rounds(NEAR, FAR, NEAR);
        List<Round> tooFew = rounds(NEAR, FAR, FAR);
        assertThat(paired.counted(enough)).containsExactly(enough.get(0), enough.get(2));
        assertThat(paired.counted(tooFew)).isEqualTo(tooFew);
        assertThat(paired.summary(Map.of("a", enough, "b", tooFew)))
                .isEqualTo("3 of 6 with cores within 150 ns, which count; 1 of 2 comparisons had too few of those, "
                        + "so that all of theirs count");
    }

    @Test
    void aRatioIsTakenWithinEachRound() {
        // The machine turns slow for the second and third round of one side, for the third of the other.
        List<Round> rounds = List.of(round(5, 10), round(11, 20), round(10, 20));
        assertThat(Paired.ratio(rounds, 0, 1)).isEqualTo(0.5);
        assertThat(Paired.time(rounds, 1)).isEqualTo(20);
        assertThat(Paired.median(4, 1, 3, 2)).isEqualTo(2.5);
    }

    private static Round round(double... microseconds) {
        return new Round(NEAR, microseconds, new double[microseconds.length]);
    }

    private static List<Round> rounds(double... distances) {
        List<Round> rounds = new ArrayList<>();
        for (double distance : distances) {
            rounds.add(new Round(distance, new double[] {1}, new double[1]));
        }
        return rounds;
    }
}
