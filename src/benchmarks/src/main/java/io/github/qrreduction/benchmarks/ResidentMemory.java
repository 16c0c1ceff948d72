package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The memory that this process holds, in bytes, where Linux tells; elsewhere NaN. */
final class ResidentMemory {

    private ResidentMemory() {}

    /** The most since the start, or since {@link #resetPeak}. */
    static double peak() throws IOException {
        return bytes("VmHWM:");
    }

    /** Frees what is not in use, waits until the JVM has given it back, and has the system count the peak anew. */
    static void resetPeak() throws IOException, InterruptedException {
        System.gc();
        double held = Double.POSITIVE_INFINITY;
        for (double now = bytes("VmRSS:"); now < held; now = bytes("VmRSS:")) {
            held = now;
            Thread.sleep(1000);
        }
        Path clear = Path.of("/proc/self/clear_refs");
        if (Files.isWritable(clear)) {
            Files.writeString(clear, "5");
        }
    }

    /** Lines are as "VmHWM:    123456 kB". */
    private static double bytes(String key) throws IOException {
        Path status = Path.of("/proc/self/status");
        try (Stream<String> lines = Files.isReadable(status) ? Files.lines(status) : Stream.empty()) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(Double.NaN);
        }
    }
}
