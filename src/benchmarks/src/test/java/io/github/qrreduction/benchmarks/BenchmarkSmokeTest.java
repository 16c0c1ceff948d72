package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/** Every benchmark runs, and its results become a report. How long anything takes is no test's business. */
class BenchmarkSmokeTest {

    private static final Row ROW = new Row(32, 64, 16);

    @Test
    void everyContenderDoesWhatThePlanAsksOfIt(@TempDir Path folder) throws Exception {
        // JMH lets one run at a time use a machine, for the sake of its times; none is looked at here.
        System.setProperty("jmh.ignoreLock", "true");
        Collection<String> names = new Nd4jContenders().names();
        List<BenchmarkPlan.Block> blocks = BenchmarkPlan.full()
                .blocks(List.of(), List.of(ROW.pair()), List.of(ROW.batch()), List.of(), names::contains);
        assertThat(blocks).extracting(BenchmarkPlan.Block::operation).containsExactly(Operation.values());

        Turns turns = new Turns(1, 5);
        List<RunResult> results = new ArrayList<>();
        for (BenchmarkPlan.Block block : blocks) {
            List<Round> rounds = turns.run(block, 1);
            assertThat(rounds).hasSize(1);
            assertThat(rounds.get(0).coreDistance()).isPositive();
            List<RunResult> found = rounds.get(0).results();
            assertThat(found)
                    .extracting(r -> r.getParams().getParam("contender"))
                    .containsExactlyElementsOf(block.cells().stream()
                            .map(BenchmarkPlan.Cell::contender)
                            .toList());
            results.addAll(found);
        }
        ResultFormatFactory.getInstance(
                        ResultFormatType.JSON, folder.resolve(Results.FILE).toString())
                .writeOut(results);
        Machine.write(folder.resolve(Machine.FILE), "command", "near", "all", "one iteration");
        BenchmarkReport.write(folder, folder);

        assertThat(folder.resolve(BenchmarkReport.PICTURE)).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve(BenchmarkReport.FILE)))
                .contains("# Benchmarks", "| 32 x 64 -> 16 |", "fit against DenseLayer's, any row | <= 1.00 |");
    }
}
