package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * PyTorch's orthogonal parametrizations, timed by a script in Python: Deep Java Library does not offer them.
 *
 * @param version of torch
 * @param step microseconds of a training step, by name; "free" is the layer without one
 */
record OrthogonalPeers(String version, Map<String, Double> step) {

    static final String FILE = "orthogonal.json";
    static final String FREE = "free";

    private static final String SCRIPT = "src/jmh/python/orthogonal.py";

    /** Runs the script; without a Python that has torch, the report goes without. */
    static void run(String python, Path file) throws IOException, InterruptedException {
        Files.deleteIfExists(file);
        Process process;
        try {
            process = new ProcessBuilder(python, SCRIPT, file.toString())
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            System.err.println("No comparison with PyTorch's parametrizations: " + e.getMessage());
            return;
        }
        int code = process.waitFor();
        if (code != 0) {
            System.err.println("No comparison with PyTorch's parametrizations: " + SCRIPT + " ended with " + code);
        }
    }

    static Optional<OrthogonalPeers> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        Map<String, Double> step = new LinkedHashMap<>();
        root.get("step_microseconds")
                .fields()
                .forEachRemaining(e -> step.put(e.getKey(), e.getValue().asDouble()));
        return Optional.of(new OrthogonalPeers(root.get("torch").asText(), step));
    }

    /** The fastest parametrization's step. */
    double best() {
        return step.entrySet().stream()
                .filter(e -> !e.getKey().equals(FREE))
                .mapToDouble(Map.Entry::getValue)
                .min()
                .orElse(Double.NaN);
    }
}
