package io.github.qrreduction.benchmarks;

import static io.github.qrreduction.benchmarks.BenchmarkPlan.PYTORCH;
import static io.github.qrreduction.benchmarks.BenchmarkPlan.REFERENCE;
import static io.github.qrreduction.benchmarks.Nd4jContenders.DENSE;
import static io.github.qrreduction.benchmarks.Nd4jContenders.FREE;
import static io.github.qrreduction.benchmarks.Nd4jContenders.MATMUL;
import static io.github.qrreduction.benchmarks.Nd4jContenders.PARAMETRIZATION;
import static io.github.qrreduction.benchmarks.Nd4jContenders.RETRACTION;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the library sets out to reach, each beside what the run has shown. */
final class Claims {

    /**
     * One line.
     *
     * @param text what is compared
     * @param bound what it must keep to
     * @param figure what it is; empty where the run has not measured it
     * @param kept whether the figure keeps to the bound
     */
    record Claim(String text, String bound, String figure, boolean kept) {

        String verdict() {
            return figure.isEmpty() ? "not measured" : kept ? "yes" : "**no**";
        }
    }

    private static final Predicate<Row> ALL = BenchmarkPlan::inGrid;
    private static final Predicate<Row> LARGE_BATCH = ALL.and(row -> row.batch() >= 256);
    private static final Predicate<Row> LARGE = LARGE_BATCH.and(row -> row.nIn() >= 768);

    private final Results results;
    private final List<Claim> claims = new ArrayList<>();

    private Claims(Results results) {
        this.results = results;
    }

    static List<Claim> of(Results results, Optional<OrthogonalPeers> peers) {
        Claims c = new Claims(results);
        c.ratios();
        c.fasterThanPeers(RETRACTION, "RETRACTION", peers);
        c.fasterThanPeers(PARAMETRIZATION, "PARAMETRIZATION", peers);
        c.allocation();
        c.slope("fit, slope in batch over a factor of 64", BenchmarkPlan.BY_BATCH, Row::batch);
        c.slope("fit, slope in nIn over a factor of 64", BenchmarkPlan.BY_WIDTH, Row::nIn);
        return c.claims;
    }

    /** Of these, the ratios of times that have been measured. */
    static List<Claim> ofRatios(Results results) {
        Claims c = new Claims(results);
        c.ratios();
        c.claims.removeIf(claim -> claim.figure().isEmpty());
        return c.claims;
    }

    private void ratios() {
        mean("fit against DenseLayer's, batch >= 256 and nIn >= 768", Operation.FIT, FREE, DENSE, LARGE, 0.6);
        worst("fit against DenseLayer's, any row", Operation.FIT, FREE, DENSE, ALL, 1.0);
        worst("forward against one bare product, batch >= 256", Operation.FORWARD, FREE, MATMUL, LARGE_BATCH, 1.15);
        worst(
                "forward and backward against three bare products, batch >= 256",
                Operation.FORWARD_BACKWARD,
                FREE,
                MATMUL,
                LARGE_BATCH,
                1.25);
        worst("output() against DenseLayer's, NONE", Operation.OUTPUT, FREE, DENSE, ALL, 1.0);
        worst("output() against DenseLayer's, RETRACTION", Operation.OUTPUT, RETRACTION, DENSE, ALL, 1.0);
        mean("fit against PyTorch's step, batch >= 256", Operation.FIT, FREE, PYTORCH, LARGE_BATCH, 1.0);
        mean("forward against PyTorch's, batch >= 256", Operation.FORWARD, FREE, PYTORCH, LARGE_BATCH, 1.1);
        mean(
                "fit against PyTorch's step, batch < 256 (DL4J's fixed cost; no bound)",
                Operation.FIT,
                FREE,
                PYTORCH,
                ALL.and(row -> row.batch() < 256),
                Double.POSITIVE_INFINITY);
        worst("RETRACTION's fit against NONE's, " + REFERENCE, Operation.FIT, RETRACTION, FREE, REFERENCE::equals, 1.3);
        worst(
                "PARAMETRIZATION's fit against NONE's, " + REFERENCE,
                Operation.FIT,
                PARAMETRIZATION,
                FREE,
                REFERENCE::equals,
                1.5);
    }

    private void mean(
            String text, Operation operation, String contender, String reference, Predicate<Row> which, double bound) {
        double[] ratios = results.ratios(operation, contender, reference, which);
        double mean = Results.geometricMean(ratios);
        add(text + ", geometric mean", bound, ratios, mean);
    }

    private void worst(
            String text, Operation operation, String contender, String reference, Predicate<Row> which, double bound) {
        double[] ratios = results.ratios(operation, contender, reference, which);
        add(text, bound, ratios, Arrays.stream(ratios).max().orElse(Double.NaN));
    }

    private void add(String text, double bound, double[] ratios, double figure) {
        String shown = ratios.length == 0
                ? ""
                : ratios.length == 1
                        ? number(figure)
                        : number(figure) + " (" + ratios.length + " rows, " + number(min(ratios)) + " to "
                                + number(Arrays.stream(ratios).max().getAsDouble()) + ")";
        claims.add(new Claim(
                text, Double.isInfinite(bound) ? "" : "<= " + number(bound), shown, rounded(figure) <= bound));
    }

    private static double min(double[] ratios) {
        return Arrays.stream(ratios).min().getAsDouble();
    }

    private void fasterThanPeers(String contender, String name, Optional<OrthogonalPeers> peers) {
        OptionalDouble ours = results.time(Operation.FIT, contender, REFERENCE);
        String text = "PyTorch's fastest orthogonal parametrization against " + name + "'s fit, " + REFERENCE;
        if (peers.isEmpty() || ours.isEmpty()) {
            claims.add(new Claim(text, ">= 10", "", false));
            return;
        }
        double ratio = peers.get().best() / ours.getAsDouble();
        claims.add(new Claim(text, ">= 10", String.format(Locale.ROOT, "%.1f", ratio), ratio >= 10));
    }

    private void allocation() {
        double[] ratios = results.rows(Operation.FIT).stream()
                .filter(ALL)
                .flatMap(row -> {
                    OptionalDouble ours = results.allocated(Operation.FIT, FREE, row);
                    OptionalDouble theirs = results.allocated(Operation.FIT, DENSE, row);
                    return ours.isPresent() && theirs.isPresent()
                            ? Stream.of(ours.getAsDouble() / theirs.getAsDouble())
                            : Stream.empty();
                })
                .mapToDouble(r -> r)
                .toArray();
        add(
                "heap bytes per fit against DenseLayer's, any row",
                1.0,
                ratios,
                Arrays.stream(ratios).max().orElse(Double.NaN));
    }

    private void slope(String text, List<Row> rows, ToLongFunction<Row> size) {
        OptionalDouble slope = slope(results, Operation.FIT, FREE, rows, size);
        claims.add(new Claim(
                text,
                "0.90 to 1.10",
                slope.isPresent() ? number(slope.getAsDouble()) : "",
                slope.isPresent() && Math.abs(rounded(slope.getAsDouble()) - 1) <= 0.1 + 1e-9));
    }

    /** Slope of log time over log size, the median of the rounds', where all rows have been measured. */
    static OptionalDouble slope(
            Results results, Operation operation, String contender, List<Row> rows, ToLongFunction<Row> size) {
        List<double[]> times = rows.stream()
                .map(row -> results.rounds(operation, contender, row))
                .toList();
        int rounds = times.get(0).length;
        if (rounds == 0 || times.stream().anyMatch(t -> t.length != rounds)) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(Results.median(IntStream.range(0, rounds)
                .mapToDouble(round -> Results.logLogSlope(IntStream.range(0, rows.size())
                        .mapToObj(i -> new double[] {size.applyAsLong(rows.get(i)), times.get(i)[round]})
                        .toList()))
                .toArray()));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** As shown: nobody should read "1.00, no". */
    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
