package io.github.qrreduction.examples;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Recall of each method for each seed, in the order in which they were added. */
final class RecallTable {

    static final String RANDOM = "Random projection";
    static final String TRUNCATION = "Truncation";
    static final String CENTRED = "PCA, centred";
    static final String UNCENTRED = "PCA, uncentred";
    static final String TRAINED = "Trained";

    private final Map<String, double[]> recalls = new LinkedHashMap<>();
    private final int seeds;

    RecallTable(int seeds) {
        this.seeds = seeds;
    }

    void put(String method, int seed, double recall) {
        recalls.computeIfAbsent(method, m -> new double[seeds])[seed] = recall;
    }

    List<String> methods() {
        return List.copyOf(recalls.keySet());
    }

    double[] of(String method) {
        return recalls.get(method).clone();
    }

    double mean(String method) {
        return Arrays.stream(recalls.get(method)).average().orElseThrow();
    }

    /** Trained less the better PCA, seed by seed. */
    double[] gains() {
        return IntStream.range(0, seeds)
                .mapToDouble(
                        s -> recalls.get(TRAINED)[s] - Math.max(recalls.get(CENTRED)[s], recalls.get(UNCENTRED)[s]))
                .toArray();
    }
}
