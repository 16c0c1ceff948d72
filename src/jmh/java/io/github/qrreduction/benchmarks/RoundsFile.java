package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;

/** Every round's time beside the distance of the cores in it, for those who want to know why times jump. */
final class RoundsFile {

    static final String FILE = "rounds.csv";

    private final Path file;

    /** Starts the file anew. */
    RoundsFile(Path folder) throws IOException {
        file = folder.resolve(FILE);
        Files.writeString(file, "operation,contender,batch,nIn,nOut,round,coreToCoreNanoseconds,microseconds\n");
    }

    /**
     * Adds a block.
     *
     * @param distances of its rounds
     * @param results of its rounds, each in the order of the block
     */
    void add(BenchmarkPlan.Block block, List<Double> distances, List<RunResult> results) throws IOException {
        List<String> lines = new ArrayList<>();
        int cells = block.cells().size();
        for (int i = 0; i < results.size(); i++) {
            BenchmarkPlan.Cell cell = block.cells().get(i % cells);
            lines.add(String.format(
                    Locale.ROOT,
                    "%s,%s,%d,%d,%d,%d,%.0f,%.2f",
                    block.operation().method(),
                    cell.contender(),
                    cell.row().batch(),
                    cell.row().nIn(),
                    cell.row().nOut(),
                    i / cells + 1,
                    distances.get(i / cells),
                    Turns.median(results.get(i))));
        }
        Files.write(file, lines, StandardOpenOption.APPEND);
    }
}
