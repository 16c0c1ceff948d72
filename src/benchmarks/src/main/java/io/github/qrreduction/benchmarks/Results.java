package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * What a run has measured, kept in figures.csv. A time is the median of the rounds that count, a ratio the median of
 * their ratios. What has not been measured is NaN.
 */
record Results(List<Figure> figures) {

    private static final String FILE = "figures.csv";
    private static final String HEAD = "metric,operation,contender,size,coreToCoreNanoseconds,counted,value";

    /** Microseconds of an operation; bytes of the heap that it takes; bytes of a process that does nothing else. */
    enum Metric {
        TIME,
        HEAP,
        WORKSPACES,
        RESIDENT_PEAK
    }

    /** What a number is about. */
    record Key(Metric metric, Operation operation, Contender contender, Row row) {}

    /** One number of one round; the rounds of a key are in order. */
    record Figure(Key key, double coreDistance, boolean counted, double value) {

        private static Figure parse(String line) {
            String[] w = line.split(",", -1);
            Key key = new Key(Metric.valueOf(w[0]), Operation.valueOf(w[1]), Contender.valueOf(w[2]), Row.of(w[3]));
            return new Figure(key, Double.parseDouble(w[4]), Boolean.parseBoolean(w[5]), Double.parseDouble(w[6]));
        }

        private String line() {
            String about = key.metric + "," + key.operation + "," + key.contender + "," + key.row;
            return String.format(Locale.ROOT, "%s,%.0f,%s,%.3f", about, coreDistance, counted, value);
        }
    }

    static Results read(Path folder) throws IOException {
        return new Results(Files.readAllLines(folder.resolve(FILE)).stream()
                .skip(1)
                .map(Figure::parse)
                .toList());
    }

    void write(Path folder) {
        try {
            Stream<String> lines = figures.stream().map(Figure::line);
            Files.write(
                    folder.resolve(FILE), Stream.concat(Stream.of(HEAD), lines).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every round's times. */
    static Results of(Paired paired, Map<Comparison, List<Paired.Round>> taken) {
        List<Figure> found = new ArrayList<>();
        taken.forEach((comparison, rounds) -> {
            List<Paired.Round> counted = paired.counted(rounds);
            for (Paired.Round round : rounds) {
                for (int i = 0; i < comparison.cells().size(); i++) {
                    Comparison.Cell cell = comparison.cells().get(i);
                    Key key = new Key(Metric.TIME, comparison.operation(), cell.contender(), cell.row());
                    found.add(new Figure(key, round.coreDistance(), counted.contains(round), round.microseconds()[i]));
                }
            }
        });
        return new Results(found);
    }

    /** The rounds with far cores, which do not count here, as if they did. */
    Results ofFarCores() {
        return new Results(figures.stream()
                .filter(f -> !f.counted)
                .map(f -> new Figure(f.key, f.coreDistance, true, f.value))
                .toList());
    }

    /** Sizes at which an operation was timed, by pair, then batch. */
    List<Row> rows(Operation operation) {
        return figures.stream()
                .map(Figure::key)
                .filter(key -> key.metric == Metric.TIME && key.operation == operation)
                .map(Key::row)
                .distinct()
                .sorted(Row.ORDER)
                .toList();
    }

    private double[] values(Metric metric, Operation operation, Contender contender, Row row) {
        Key key = new Key(metric, operation, contender, row);
        return figures.stream()
                .filter(f -> f.counted && f.key.equals(key))
                .mapToDouble(Figure::value)
                .toArray();
    }

    double median(Metric metric, Operation operation, Contender contender, Row row) {
        return Paired.median(values(metric, operation, contender, row));
    }

    double ratio(Metric metric, Operation operation, Contender contender, Contender reference, Row row) {
        double[] a = values(metric, operation, contender, row);
        double[] b = values(metric, operation, reference, row);
        return a.length == b.length
                ? Paired.median(IntStream.range(0, a.length)
                        .mapToDouble(i -> a[i] / b[i])
                        .toArray())
                : Double.NaN;
    }

    /** The ratios of all rows that pass and have both figures. */
    double[] ratios(
            Metric metric, Operation operation, Contender contender, Contender reference, Predicate<Row> which) {
        return rows(operation).stream()
                .filter(which)
                .mapToDouble(row -> ratio(metric, operation, contender, reference, row))
                .filter(ratio -> !Double.isNaN(ratio))
                .toArray();
    }

    /** Slope of the line through (log size, log time of fit), the median of the rounds': 1 is linear. */
    double slope(List<Row> rows, ToLongFunction<Row> size) {
        List<double[]> times = rows.stream()
                .map(row -> values(Metric.TIME, Operation.FIT, Contender.NONE, row))
                .toList();
        double[] slopes = new double[times.get(0).length];
        if (times.stream().anyMatch(t -> t.length != slopes.length)) {
            return Double.NaN;
        }
        Arrays.setAll(slopes, round -> {
            SimpleRegression line = new SimpleRegression();
            for (int i = 0; i < rows.size(); i++) {
                line.addData(Math.log((double) size.applyAsLong(rows.get(i))), Math.log(times.get(i)[round]));
            }
            return line.getSlope();
        });
        return Paired.median(slopes);
    }
}
