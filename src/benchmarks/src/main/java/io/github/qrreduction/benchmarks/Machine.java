package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.nd4j.linalg.factory.Nd4j;

/** Where and with what a run was made, as a table of Markdown beside its results. */
final class Machine {

    static final String FILE = "machine.md";

    private Machine() {}

    /** Writes what can be known about this machine, and the lines that the run itself knows. */
    static void write(Path folder, Map<String, String> run) throws IOException {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("", "");
        lines.put("---", "---");
        lines.put("Date", LocalDate.now(ZoneId.systemDefault()).toString());
        lines.put("Processor", value("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")));
        lines.put("Cores", "" + Runtime.getRuntime().availableProcessors());
        lines.put("Memory", value("/proc/meminfo", "MemTotal").orElse("unknown"));
        String system = System.getProperty("os.name") + " " + System.getProperty("os.version");
        lines.put("System", value("/etc/os-release", "PRETTY_NAME").orElse("unknown") + ", " + system);
        lines.put("Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        lines.put("Deeplearning4j", System.getProperty("benchmark.dl4j", "unknown"));
        Properties nd4j = Nd4j.getExecutioner().getEnvironmentInformation();
        lines.put(
                "ND4J",
                Nd4j.getBackend().getClass().getSimpleName() + ", " + nd4j.get("blas.vendor") + ", "
                        + nd4j.get("omp.threads") + " OpenMP and " + nd4j.get("blas.threads") + " BLAS threads");
        lines.put("PyTorch (DJL)", System.getProperty("benchmark.pytorch", "none"));
        for (String variable : new String[] {"OMP_WAIT_POLICY", "OMP_NUM_THREADS"}) {
            lines.put(variable, Optional.ofNullable(System.getenv(variable)).orElse("not set"));
        }
        lines.putAll(run);
        StringBuilder table = new StringBuilder();
        lines.forEach((key, value) -> table.append("| " + key + " | " + value + " |\n"));
        Files.writeString(folder.resolve(FILE), table);
    }

    /** The first value of a key in a file of "key : value" or "key=value" lines. */
    private static Optional<String> value(String file, String key) throws IOException {
        Path path = Path.of(file);
        try (Stream<String> lines = Files.isReadable(path) ? Files.lines(path) : Stream.empty()) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.split("[:=]", 2)[1].replace("\"", "").trim())
                    .findFirst();
        }
    }
}
