package io.github.qrreduction.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every round's time beside the distance of the cores in it, for those who want to know why times jump. */
final class RoundsFile {

    static final String FILE = "rounds.csv";

    private final Path file;
    private int number;

    /** Starts the file anew. */
    RoundsFile(Path folder) throws IOException {
        file = folder.resolve(FILE);
        Files.writeString(file, "operation,contender,batch,nIn,nOut,round,coreToCoreNanoseconds,microseconds\n");
    }

    /** Adds rounds of a block. */
    void add(BenchmarkPlan.Block block, List<Round> rounds) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Round round : rounds) {
            number++;
            for (int i = 0; i < block.cells().size(); i++) {
                BenchmarkPlan.Cell cell = block.cells().get(i);
                lines.add(String.format(
                        Locale.ROOT,
                        "%s,%s,%d,%d,%d,%d,%.0f,%.2f",
                        block.operation().method(),
                        cell.contender(),
                        cell.row().batch(),
                        cell.row().nIn(),
                        cell.row().nOut(),
                        number,
                        round.coreDistance(),
                        Turns.median(round.results().get(i))));
            }
        }
        Files.write(file, lines, StandardOpenOption.APPEND);
    }
}
