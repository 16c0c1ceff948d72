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
import java.util.function.ToDoubleFunction;
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
    private static final String HEAD = "operation,contender,size,coreToCoreNanoseconds,counted,microseconds,heapBytes";

    /** What a turn of one round took for an operation: microseconds, and bytes of the heap. */
    record Figure(
            Operation operation, Comparison.Cell cell, double coreDistance, boolean counted, double time, double heap) {

        private static Figure parse(String line) {
            String[] w = line.split(",", -1);
            return new Figure(
                    Operation.valueOf(w[0]),
                    new Comparison.Cell(Contender.valueOf(w[1]), Row.of(w[2])),
                    Double.parseDouble(w[3]),
                    Boolean.parseBoolean(w[4]),
                    Double.parseDouble(w[5]),
                    Double.parseDouble(w[6]));
        }

        private String line() {
            String about = operation + "," + cell.contender() + "," + cell.row();
            return String.format(Locale.ROOT, "%s,%.0f,%s,%.3f,%.0f", about, coreDistance, counted, time, heap);
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

    /** All rounds. */
    static Results of(Paired paired, Map<Comparison, List<Paired.Round>> taken) {
        List<Figure> found = new ArrayList<>();
        taken.forEach((comparison, rounds) -> {
            List<Paired.Round> counted = paired.counted(rounds);
            for (Paired.Round round : rounds) {
                for (int i = 0; i < comparison.cells().size(); i++) {
                    found.add(new Figure(
                            comparison.operation(),
                            comparison.cells().get(i),
                            round.coreDistance(),
                            counted.contains(round),
                            round.microseconds()[i],
                            round.heapBytes()[i]));
                }
            }
        });
        return new Results(found);
    }

    /** The rounds with far cores, which do not count here, as if they did. */
    Results ofFarCores() {
        return new Results(figures.stream()
                .filter(f -> !f.counted)
                .map(f -> new Figure(f.operation, f.cell, f.coreDistance, true, f.time, f.heap))
                .toList());
    }

    /** Sizes at which an operation was timed, by pair, then batch. */
    List<Row> rows(Operation operation) {
        return figures.stream()
                .filter(f -> f.operation == operation)
                .map(f -> f.cell.row())
                .distinct()
                .sorted(Row.ORDER)
                .toList();
    }

    private double[] values(ToDoubleFunction<Figure> metric, Operation operation, Contender contender, Row row) {
        Comparison.Cell cell = new Comparison.Cell(contender, row);
        return figures.stream()
                .filter(f -> f.counted && f.operation == operation && f.cell.equals(cell))
                .mapToDouble(metric)
                .toArray();
    }

    /** Of {@code Figure::time} or {@code Figure::heap}. */
    double median(ToDoubleFunction<Figure> metric, Operation operation, Contender contender, Row row) {
        return Paired.median(values(metric, operation, contender, row));
    }

    double ratio(
            ToDoubleFunction<Figure> metric, Operation operation, Contender contender, Contender reference, Row row) {
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
            ToDoubleFunction<Figure> metric,
            Operation operation,
            Contender contender,
            Contender reference,
            Predicate<Row> which) {
        return rows(operation).stream()
                .filter(which)
                .mapToDouble(row -> ratio(metric, operation, contender, reference, row))
                .filter(ratio -> !Double.isNaN(ratio))
                .toArray();
    }

    /** Slope of the line through (log size, log time of fit), the median of the rounds': 1 is linear. */
    double slope(List<Row> rows, ToLongFunction<Row> size) {
        List<double[]> times = rows.stream()
                .map(row -> values(Figure::time, Operation.FIT, Contender.NONE, row))
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
