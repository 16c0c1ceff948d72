package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.benchmarks.Results.Figure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures that the report draws, on made-up ones. */
class ResultsTest {

    private static final Offset<Double> ROUNDING = within(1e-12);
    private static final Row LARGE = new Row(1024, 768, 64);
    private static final Row SMALL = new Row(1, 64, 16);

    private final List<Figure> figures = new ArrayList<>();

    @Test
    void medianAndRatioAreOfTheRoundsThatCount() {
        add(Contender.NONE, LARGE, true, 5, 11, 10);
        add(Contender.DENSE, LARGE, true, 10, 20, 20);
        add(Contender.NONE, LARGE, false, 30);
        add(Contender.DENSE, LARGE, false, 10);
        Results results = new Results(figures);
        assertThat(results.median(Figure::time, Operation.FIT, Contender.NONE, LARGE))
                .isEqualTo(10);
        assertThat(results.ratio(Figure::time, Operation.FIT, Contender.NONE, Contender.DENSE, LARGE))
                .isEqualTo(0.5);
        assertThat(results.ofFarCores().ratio(Figure::time, Operation.FIT, Contender.NONE, Contender.DENSE, LARGE))
                .isEqualTo(3);
        assertThat(results.median(Figure::time, Operation.OUTPUT, Contender.NONE, LARGE))
                .isNaN();
        assertThat(results.ratio(Figure::time, Operation.FIT, Contender.NONE, Contender.PYTORCH, LARGE))
                .isNaN();
    }

    @Test
    void roundsBecomeFiguresThatTheFileKeeps(@TempDir Path folder) throws Exception {
        Comparison fit = new Comparison(
                Operation.FIT,
                List.of(new Comparison.Cell(Contender.NONE, SMALL), new Comparison.Cell(Contender.DENSE, SMALL)));
        Results times = Results.of(
                new Paired(1, 1, 1),
                Map.of(
                        fit,
                        List.of(
                                new Paired.Round(400, new double[] {7, 8}, new double[] {70, 80}),
                                new Paired.Round(50, new double[] {1.5, 2}, new double[] {30, 40}))));
        assertThat(times.figures())
                .containsExactly(
                        new Figure(Operation.FIT, new Comparison.Cell(Contender.NONE, SMALL), 400, false, 7, 70),
                        new Figure(Operation.FIT, new Comparison.Cell(Contender.DENSE, SMALL), 400, false, 8, 80),
                        new Figure(Operation.FIT, new Comparison.Cell(Contender.NONE, SMALL), 50, true, 1.5, 30),
                        new Figure(Operation.FIT, new Comparison.Cell(Contender.DENSE, SMALL), 50, true, 2, 40));
        times.write(folder);
        assertThat(Results.read(folder).ratio(Figure::time, Operation.FIT, Contender.NONE, Contender.DENSE, SMALL))
                .isEqualTo(0.75);
        assertThat(Results.read(folder).figures()).isEqualTo(times.figures());
    }

    @Test
    void aClaimIsHeldAgainstTheRowsThatItIsAbout() {
        add(Contender.DENSE, LARGE, true, 100);
        add(Contender.NONE, LARGE, true, 50);
        add(Contender.DENSE, SMALL, true, 100);
        add(Contender.NONE, SMALL, true, 120);
        List<Claims.Claim> claims = Claims.of(new Results(figures), Double.NaN);
        assertThat(claims.get(0))
                .extracting(Claims.Claim::figure, Claims.Claim::verdict)
                .containsExactly("0.50", "yes");
        assertThat(claims.get(1))
                .extracting(Claims.Claim::figure, Claims.Claim::verdict)
                .containsExactly("1.20 (2 rows, 0.50 to 1.20)", "**no**");
        assertThat(claims.subList(2, claims.size()))
                .extracting(Claims.Claim::verdict)
                .containsOnly("not measured");
    }

    @Test
    void aSlopeOfOneIsLinear() {
        for (Row row : Comparison.BY_BATCH) {
            add(Contender.NONE, row, true, 3.0 * row.batch());
        }
        for (Row row : Comparison.BY_WIDTH) {
            add(Contender.NONE, row, true, 1.0 * row.nIn() * row.nIn());
        }
        Results results = new Results(figures);
        assertThat(results.slope(Comparison.BY_BATCH, Row::batch)).isEqualTo(1, ROUNDING);
        assertThat(results.slope(Comparison.BY_WIDTH, Row::nIn)).isEqualTo(2, ROUNDING);
        assertThat(new Results(List.of()).slope(Comparison.BY_WIDTH, Row::nIn)).isNaN();
    }

    private void add(Contender contender, Row row, boolean counted, double... microseconds) {
        for (double time : microseconds) {
            figures.add(new Figure(Operation.FIT, new Comparison.Cell(contender, row), 0, counted, time, Double.NaN));
        }
    }
}
