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
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

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

        List<RunResult> results = new ArrayList<>();
        for (BenchmarkPlan.Block block : blocks) {
            Collection<RunResult> found = run(block);
            assertThat(found)
                    .extracting(r -> r.getParams().getParam("contender"))
                    .containsExactlyElementsOf(block.contenders());
            results.addAll(found);
        }
        ResultFormatFactory.getInstance(
                        ResultFormatType.JSON, folder.resolve(Results.FILE).toString())
                .writeOut(results);
        Machine.write(folder.resolve(Machine.FILE), "command", "one iteration");
        BenchmarkReport.write(folder, folder);

        assertThat(folder.resolve(BenchmarkReport.PICTURE)).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve(BenchmarkReport.FILE)))
                .contains("# Benchmarks", "| 32 x 64 -> 16 |", "fit against DenseLayer's, any row | <= 1.00 |");
    }

    private static Collection<RunResult> run(BenchmarkPlan.Block block) throws Exception {
        return new Runner(new OptionsBuilder()
                        .include("^" + ReductionBenchmark.class.getName() + "."
                                + block.operation().method() + "$")
                        .param("pair", block.row().pair())
                        .param("batch", "" + block.row().batch())
                        .param("contender", block.contenders().toArray(String[]::new))
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(5))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
    }
}
