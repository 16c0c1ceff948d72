package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PyTorch's orthogonal parametrizations, timed by a script in Python: Deep Java Library does not offer them. */
final class OrthogonalPeers {

    static final String SCRIPT = "src/benchmarks/src/main/python/orthogonal.py";

    private static final String FILE = "orthogonal.csv";

    private OrthogonalPeers() {}

    /** Runs the script; without a Python that has torch, the report goes without. */
    static void run(String python, Path folder) throws InterruptedException {
        try {
            Path file = folder.resolve(FILE);
            Files.deleteIfExists(file);
            int code = new ProcessBuilder(python, SCRIPT, file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException(SCRIPT + ": expected exit code 0, got " + code);
            }
        } catch (IOException e) {
            System.err.println("No comparison with PyTorch's parametrizations: " + e.getMessage());
        }
    }

    /** Names and microseconds of a step; first the version of torch and the layer without a parametrization. */
    static List<String[]> read(Path folder) throws IOException {
        List<String[]> lines = new ArrayList<>();
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            Files.readAllLines(file).forEach(line -> lines.add(line.split(",", -1)));
        }
        return lines;
    }

    /** Microseconds of the fastest parametrization, NaN if there is none. */
    static double fastest(List<String[]> lines) {
        return lines.stream()
                .skip(1)
                .mapToDouble(line -> Double.parseDouble(line[1]))
                .min()
                .orElse(Double.NaN);
    }
}
