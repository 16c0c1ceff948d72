package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.memory.AllocationsTracker;
import org.nd4j.linalg.api.memory.enums.AllocationKind;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Memory beside the Java heap: ND4J's workspaces, the resident memory that JavaCPP sees, and on Linux the process's
 * peak of resident memory. Meaningful in forks only, where the process has done nothing else.
 */
public final class NativeMemoryProfiler implements InternalProfiler {

    static final String WORKSPACES = "native.workspaces";
    static final String RESIDENT = "native.resident";
    static final String PEAK = "native.resident.peak";

    private static final Path STATUS = Path.of("/proc/self/status");

    @Override
    public String getDescription() {
        return "Native memory";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {}

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmarkParams, IterationParams iterationParams, IterationResult result) {
        List<ScalarResult> found = new ArrayList<>();
        found.add(bytes(WORKSPACES, AllocationsTracker.getInstance().bytesOnDevice(AllocationKind.WORKSPACE, 0)));
        found.add(bytes(RESIDENT, Pointer.physicalBytes()));
        if (Files.isReadable(STATUS)) {
            found.add(bytes(PEAK, peak()));
        }
        return found;
    }

    private static ScalarResult bytes(String name, long value) {
        return new ScalarResult(name, value, "B", AggregationPolicy.MAX);
    }

    private static long peak() {
        try {
            // "VmHWM:    123456 kB"
            return Files.readAllLines(STATUS).stream()
                            .filter(line -> line.startsWith("VmHWM:"))
                            .map(line -> line.replaceAll("[^0-9]", ""))
                            .mapToLong(Long::parseLong)
                            .findFirst()
                            .orElse(0)
                    * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
