package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * What JMH has measured: for each operation, contender and size the median over all rounds. Ratios are taken within
 * each round, where both sides had the same machine, before their median is.
 */
final class Results {

    static final String FILE = "results.json";
    static final String FAR_FILE = "far.json";
    static final String MEMORY_FILE = "memory.json";

    private record Key(String metric, Operation operation, String contender, Row row) {}

    private static final String TIME = "time";
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Map<Key, List<Double>> values = new HashMap<>();
    private final Map<Operation, Set<Row>> rows = new HashMap<>();

    private Results() {}

    /** From a folder; the file about memory may be missing. */
    static Results read(Path folder) throws IOException {
        Results results = new Results();
        results.addTimes(folder.resolve(FILE));
        Path memory = folder.resolve(MEMORY_FILE);
        if (Files.exists(memory)) {
            for (JsonNode node : new ObjectMapper().readTree(memory.toFile())) {
                results.addSecondary(node);
            }
        }
        return results;
    }

    /** The rounds with far cores that do not count. */
    static Results readFar(Path folder) throws IOException {
        Results results = new Results();
        if (Files.exists(folder.resolve(FAR_FILE))) {
            results.addTimes(folder.resolve(FAR_FILE));
        }
        return results;
    }

    private void addTimes(Path file) throws IOException {
        for (JsonNode node : new ObjectMapper().readTree(file.toFile())) {
            Key key = key(TIME, node);
            rows.computeIfAbsent(key.operation(), o -> new TreeSet<>(Row.ORDER)).add(key.row());
            add(key, node.get("primaryMetric").get("scorePercentiles").get("50.0"));
            addSecondary(node);
        }
    }

    private static Key key(String metric, JsonNode node) {
        String benchmark = node.get("benchmark").asText();
        JsonNode parameters = node.get("params");
        return new Key(
                metric,
                Operation.ofMethod(benchmark.substring(benchmark.lastIndexOf('.') + 1)),
                parameters.get("contender").asText(),
                Row.of(parameters.get("batch").asText(), parameters.get("pair").asText()));
    }

    private void addSecondary(JsonNode node) {
        node.get("secondaryMetrics")
                .fields()
                .forEachRemaining(e -> add(key(e.getKey(), node), e.getValue().get("score")));
    }

    private void add(Key key, JsonNode value) {
        // What cannot be measured is written as "NaN".
        if (value.isNumber()) {
            values.computeIfAbsent(key, k -> new ArrayList<>()).add(value.asDouble());
        }
    }

    /** Sizes at which an operation was run, by pair, then batch. */
    List<Row> rows(Operation operation) {
        return List.copyOf(rows.getOrDefault(operation, Set.of()));
    }

    /** Microseconds. */
    OptionalDouble time(Operation operation, String contender, Row row) {
        return median(TIME, operation, contender, row);
    }

    /** Bytes that an operation takes from the Java heap. */
    OptionalDouble allocated(Operation operation, String contender, Row row) {
        return median(ALLOCATED, operation, contender, row);
    }

    /** Bytes, of a metric of {@link NativeMemoryProfiler}. */
    OptionalDouble memory(String metric, Operation operation, String contender, Row row) {
        return median(metric, operation, contender, row);
    }

    private OptionalDouble median(String metric, Operation operation, String contender, Row row) {
        List<Double> found = values.getOrDefault(new Key(metric, operation, contender, row), List.of());
        return found.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(array(found)));
    }

    /** A time as a multiple of another's: the median of the rounds' ratios. */
    OptionalDouble ratio(Operation operation, String contender, String reference, Row row) {
        double[] a = rounds(operation, contender, row);
        double[] b = rounds(operation, reference, row);
        if (a.length == 0 || b.length != a.length) {
            return OptionalDouble.empty();
        }
        double[] ratios = new double[a.length];
        Arrays.setAll(ratios, i -> a[i] / b[i]);
        return OptionalDouble.of(median(ratios));
    }

    /** Microseconds of each round; empty where none were run. */
    double[] rounds(Operation operation, String contender, Row row) {
        return array(values.getOrDefault(new Key(TIME, operation, contender, row), List.of()));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(v -> v).toArray();
    }

    /** The ratios of all rows that pass and have both times. */
    double[] ratios(Operation operation, String contender, String reference, Predicate<Row> which) {
        return rows(operation).stream()
                .filter(which)
                .map(row -> ratio(operation, contender, reference, row))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .toArray();
    }

    static double geometricMean(double... values) {
        return Math.exp(DoubleStream.of(values).map(Math::log).average().orElse(Double.NaN));
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** Slope of the least-squares line through (log x, log y): 1 where y is proportional to x. */
    static double logLogSlope(Collection<double[]> points) {
        double meanX =
                points.stream().mapToDouble(p -> Math.log(p[0])).average().orElse(Double.NaN);
        double meanY =
                points.stream().mapToDouble(p -> Math.log(p[1])).average().orElse(Double.NaN);
        double covariance = 0;
        double variance = 0;
        for (double[] p : points) {
            double dx = Math.log(p[0]) - meanX;
            covariance += dx * (Math.log(p[1]) - meanY);
            variance += dx * dx;
        }
        return covariance / variance;
    }
}
