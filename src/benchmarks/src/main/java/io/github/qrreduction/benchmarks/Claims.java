package io.github.qrreduction.benchmarks;

import static io.github.qrreduction.benchmarks.Contender.DENSE;
import static io.github.qrreduction.benchmarks.Contender.MATMUL;
import static io.github.qrreduction.benchmarks.Contender.NONE;
import static io.github.qrreduction.benchmarks.Contender.PARAMETRIZATION;
import static io.github.qrreduction.benchmarks.Contender.PYTORCH;
import static io.github.qrreduction.benchmarks.Contender.RETRACTION;
import static io.github.qrreduction.benchmarks.Operation.FIT;
import static io.github.qrreduction.benchmarks.Operation.FORWARD;
import static io.github.qrreduction.benchmarks.Operation.FORWARD_BACKWARD;
import static io.github.qrreduction.benchmarks.Operation.OUTPUT;

import io.github.qrreduction.benchmarks.Results.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.commons.math3.stat.StatUtils;

/** What the library sets out to reach, each beside what the run has shown. */
final class Claims {

    /**
     * One line.
     *
     * @param text what is compared
     * @param bound what it must keep to; empty where there is none
     * @param figure what it is; empty where the run has not measured it
     * @param kept whether the figure keeps to the bound
     */
    record Claim(String text, String bound, String figure, boolean kept) {

        String verdict() {
            return figure.isEmpty() ? "not measured" : bound.isEmpty() ? "" : kept ? "yes" : "**no**";
        }
    }

    private static final Predicate<Row> ALL = Comparison.GRID::contains;
    private static final Predicate<Row> LARGE_BATCH = ALL.and(row -> row.batch() >= 256);
    private static final Predicate<Row> SMALL_BATCH = ALL.and(row -> row.batch() < 256);
    private static final Predicate<Row> LARGE = LARGE_BATCH.and(row -> row.nIn() >= 768);
    private static final Row REFERENCE = Comparison.REFERENCE;
    private static final double NO_BOUND = Double.POSITIVE_INFINITY;

    private final Results results;
    private final List<Claim> claims = new ArrayList<>();

    private Claims(Results results) {
        this.results = results;
    }

    /** All of them; {@code orthogonal} has the microseconds of PyTorch's fastest orthogonal parametrization, or NaN. */
    static List<Claim> of(Results results, double orthogonal) {
        Claims c = new Claims(results);
        c.mean("fit against DenseLayer's, batch >= 256 and nIn >= 768", 0.6, FIT, DENSE, LARGE);
        c.worst("fit against DenseLayer's, any row", 1.0, FIT, NONE, DENSE, ALL);
        c.worst("forward against one bare product, batch >= 256", 1.15, FORWARD, NONE, MATMUL, LARGE_BATCH);
        String both = "forward and backward against three bare products, batch >= 256";
        c.worst(both, 1.25, FORWARD_BACKWARD, NONE, MATMUL, LARGE_BATCH);
        c.worst("output() against DenseLayer's, NONE", 1.0, OUTPUT, NONE, DENSE, ALL);
        c.worst("output() against DenseLayer's, RETRACTION", 1.0, OUTPUT, RETRACTION, DENSE, ALL);
        c.mean("fit against PyTorch's step, batch >= 256", 1.0, FIT, PYTORCH, LARGE_BATCH);
        c.mean("forward against PyTorch's, batch >= 256", 1.1, FORWARD, PYTORCH, LARGE_BATCH);
        String fixedCost = "fit against PyTorch's step, batch < 256 (DL4J's fixed cost; no bound)";
        c.mean(fixedCost, NO_BOUND, FIT, PYTORCH, SMALL_BATCH);
        c.worst("RETRACTION's fit against NONE's, " + REFERENCE, 1.3, FIT, RETRACTION, NONE, REFERENCE::equals);
        String parametrization = "PARAMETRIZATION's fit against NONE's, " + REFERENCE;
        c.worst(parametrization, 1.5, FIT, PARAMETRIZATION, NONE, REFERENCE::equals);
        c.fasterThanPeers(RETRACTION, orthogonal);
        c.fasterThanPeers(PARAMETRIZATION, orthogonal);
        double[] heap = results.ratios(Figure::heap, FIT, NONE, DENSE, ALL);
        c.add("heap bytes per fit against DenseLayer's, any row", StatUtils.max(heap), 1.0, heap);
        c.slope("fit, slope in batch over a factor of 64", results.slope(Comparison.BY_BATCH, Row::batch));
        c.slope("fit, slope in nIn over a factor of 64", results.slope(Comparison.BY_WIDTH, Row::nIn));
        return c.claims;
    }

    private void mean(String text, double bound, Operation operation, Contender theirs, Predicate<Row> rows) {
        double[] ratios = results.ratios(Figure::time, operation, NONE, theirs, rows);
        add(text + ", geometric mean", StatUtils.geometricMean(ratios), bound, ratios);
    }

    private void worst(
            String text, double bound, Operation operation, Contender ours, Contender theirs, Predicate<Row> rows) {
        double[] ratios = results.ratios(Figure::time, operation, ours, theirs, rows);
        add(text, StatUtils.max(ratios), bound, ratios);
    }

    private void add(String text, double figure, double bound, double... ratios) {
        String range =
                ratios.length + " rows, " + number(StatUtils.min(ratios)) + " to " + number(StatUtils.max(ratios));
        String shown = number(figure) + (ratios.length > 1 ? " (" + range + ")" : "");
        claims.add(new Claim(text, bound == NO_BOUND ? "" : "<= " + number(bound), shown, rounded(figure) <= bound));
    }

    private void fasterThanPeers(Contender contender, double orthogonal) {
        double ratio = orthogonal / results.median(Figure::time, FIT, contender, REFERENCE);
        String text = "PyTorch's fastest orthogonal parametrization against " + contender + "'s fit, " + REFERENCE;
        String figure = Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.1f", ratio);
        claims.add(new Claim(text, ">= 10", figure, ratio >= 10));
    }

    private void slope(String text, double slope) {
        claims.add(new Claim(text, "0.90 to 1.10", number(slope), rounded(slope) >= 0.9 && rounded(slope) <= 1.1));
    }

    /** Two decimals; empty for what has not been measured. */
    static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
    }

    /** As shown: nobody should read "1.00, no". */
    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
