package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    @Test
    void theBoundsAreAboutTheGridTheWideLayerAndTwoSlopes() {
        List<Comparison> all = Comparison.bounds();
        // Of 25 sizes forward, fit and output, 10 more of output, 15 with large batches, the wide one and two slopes.
        assertThat(all).hasSize(25 * 3 + 10 + 15 + 3);
        assertThat(all)
                .filteredOn(c ->
                        c.operation() == Operation.FIT && c.cells().get(0).row().equals(Comparison.WIDE))
                .singleElement()
                .extracting(
                        c -> c.cells().stream().map(Comparison.Cell::contender).toList())
                .isEqualTo(List.of(Contender.NONE, Contender.RETRACTION, Contender.PARAMETRIZATION, Contender.DENSE));
    }

    @Test
    void contendersAreTakenAtEverySizeThatIsSelected() {
        assertThat(Comparison.of(
                        List.of(Operation.FIT, Operation.OUTPUT),
                        List.of(Row.of("32x64x16")),
                        List.of(Contender.DENSE, Contender.PYTORCH)))
                .extracting(c -> c.operation() + " " + c.cells())
                .containsExactly(
                        "FIT [Cell[contender=DENSE, row=32 x 64 -> 16], Cell[contender=PYTORCH, row=32 x 64 -> 16]]",
                        "OUTPUT [Cell[contender=DENSE, row=32 x 64 -> 16]]");
    }
}
