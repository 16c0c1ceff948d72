package io.github.qrreduction.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.nd4j.linalg.factory.Nd4j;

/** Where and with what a run was made, kept beside its results. */
final class Machine {

    static final String FILE = "machine.properties";

    /** The lines in the order in which a report shows them. */
    private static final String[] KEYS = {
        "Date",
        "Command",
        "Processor",
        "Cores",
        "From core to core",
        "Memory",
        "System",
        "Java",
        "Deeplearning4j",
        "ND4J",
        "PyTorch (DJL)",
        "OMP_WAIT_POLICY",
        "OMP_NUM_THREADS",
        "Measurement",
        "Rounds"
    };

    private Machine() {}

    /** What can be known about this machine, and the four lines that the run itself knows. */
    static void write(Path file, String command, String coreDistance, String rounds, String measurement)
            throws IOException {
        Properties found = new Properties();
        found.setProperty("Date", LocalDate.now(ZoneId.systemDefault()).toString());
        found.setProperty("Command", command);
        found.setProperty("From core to core", coreDistance);
        found.setProperty("Processor", value("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")));
        found.setProperty("Cores", "" + Runtime.getRuntime().availableProcessors());
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        found.setProperty(
                "Memory", String.format(Locale.ROOT, "%.0f GiB", system.getTotalMemorySize() / Math.pow(2, 30)));
        found.setProperty(
                "System",
                value("/etc/os-release", "PRETTY_NAME")
                                .map(name -> name.replace("\"", "") + ", ")
                                .orElse("") + System.getProperty("os.name") + " " + System.getProperty("os.version"));
        found.setProperty(
                "Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        found.setProperty("Deeplearning4j", System.getProperty("benchmark.dl4j", "unknown"));
        Properties nd4j = Nd4j.getExecutioner().getEnvironmentInformation();
        found.setProperty(
                "ND4J",
                Nd4j.getBackend().getClass().getSimpleName() + ", " + nd4j.get("blas.vendor") + ", "
                        + nd4j.get("omp.threads") + " OpenMP and " + nd4j.get("blas.threads") + " BLAS threads");
        found.setProperty("PyTorch (DJL)", System.getProperty("benchmark.pytorch", "none"));
        found.setProperty("OMP_WAIT_POLICY", variable("OMP_WAIT_POLICY"));
        found.setProperty("OMP_NUM_THREADS", variable("OMP_NUM_THREADS"));
        found.setProperty("Measurement", measurement);
        found.setProperty("Rounds", rounds);
        try (Writer out = Files.newBufferedWriter(file)) {
            found.store(out, null);
        }
    }

    /** The lines of a run, in order. */
    static Map<String, String> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        Map<String, String> lines = new LinkedHashMap<>();
        for (String key : KEYS) {
            lines.put(key, properties.getProperty(key, "unknown"));
        }
        return lines;
    }

    private static String variable(String name) {
        return Optional.ofNullable(System.getenv(name)).orElse("not set");
    }

    /** The first value of a key in a file of "key : value" or "key=value" lines. */
    private static Optional<String> value(String file, String key) throws IOException {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            return Optional.empty();
        }
        return Files.readAllLines(path).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.split("[:=]", 2)[1].trim())
                .findFirst();
    }
}
