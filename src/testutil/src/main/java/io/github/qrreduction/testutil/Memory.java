package io.github.qrreduction.testutil;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What this process holds after a collection, in bytes.
 *
 * @param heap objects
 * @param arrays ND4J's arrays outside the heap
 * @param resident the resident set, which has everything native in it; 0 where the system does not tell
 */
public record Memory(long heap, long arrays, long resident) {

    private static final int MAX_ROUNDS = 150;
    private static final int CALM_ROUNDS = 3;
    private static final long PAUSE_MILLIS = 100;
    private static final long SMALL = 200_000;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String TRIM = "systemTrimNativeHeap";

    /**
     * Collects first, and waits until ND4J's deallocators have freed the arrays of what was collected: their backlog
     * can be some hundred thousand arrays, which hold memory inside and outside the heap. What glibc's allocator then
     * keeps for later is given back too, or the resident set would tell of the largest backlog: 47 MB of 314 MB once.
     */
    public static Memory settled() {
        Memory last = now();
        for (int round = 0, calm = 0; round < MAX_ROUNDS && calm < CALM_ROUNDS; round++) {
            System.gc();
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            Memory next = now();
            Memory change = next.since(last);
            calm = change.heap > -SMALL && change.arrays > -SMALL ? calm + 1 : 0;
            last = next;
        }
        trim();
        return now();
    }

    /** Does nothing where the JVM has no such command: older ones of 17, and any without glibc. */
    private static void trim() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
            for (var operation : server.getMBeanInfo(commands).getOperations()) {
                if (operation.getName().equals(TRIM)) {
                    server.invoke(commands, TRIM, new Object[0], new String[0]);
                }
            }
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Memory now() {
        Runtime runtime = Runtime.getRuntime();
        return new Memory(
                runtime.totalMemory() - runtime.freeMemory(),
                Nd4j.getMemoryManager().allocatedMemory(0),
                residentSet());
    }

    private static long residentSet() {
        if (!Files.exists(STATUS)) {
            return 0;
        }
        try (var lines = Files.lines(STATUS)) {
            String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How much more this is than an earlier measurement. */
    public Memory since(Memory earlier) {
        return new Memory(heap - earlier.heap, arrays - earlier.arrays, resident - earlier.resident);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "heap %.1f MB, arrays %.1f MB, resident %.1f MB",
                heap / 1e6,
                arrays / 1e6,
                resident / 1e6);
    }
}
