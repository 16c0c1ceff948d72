package io.github.qrreduction.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.qrreduction.benchmarks.Results.Figure;
import io.github.qrreduction.testutil.PageCommands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every benchmark runs, and its figures become a report. How long anything takes is no test's business. */
class BenchmarkSmokeTest {

    private static final Row ROW = new Row(32, 64, 16);

    @TempDir
    private Path folder;

    @Test
    void theCommandTimesEveryContenderAndWritesTheReport() throws Exception {
        assertThat(run(
                        "--size=32x64x16",
                        "--contender=MATMUL,NONE,RETRACTION,PARAMETRIZATION,DENSE",
                        "--rounds=1",
                        "--warmup=1",
                        "--time=2",
                        "--python=" + folder.resolve("none"),
                        "--output=" + folder,
                        "--docs=" + folder.resolve("docs")))
                .isZero();
        Results results = Results.read(folder);
        for (Operation operation : Operation.values()) {
            assertThat(results.rows(operation)).containsExactly(ROW);
            assertThat(Arrays.stream(Contender.values()).filter(c -> c != Contender.PYTORCH && c.offers(operation)))
                    .as("%s", operation)
                    .allSatisfy(contender -> {
                        assertThat(results.median(Figure::time, operation, contender, ROW))
                                .isPositive();
                        assertThat(results.median(Figure::heap, operation, contender, ROW))
                                .isPositive();
                    });
        }
        assertThat(folder.resolve("docs").resolve(Report.PICTURE)).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("docs").resolve(Report.FILE)))
                .contains("# Benchmarks", "| 32 x 64 -> 16 |", "fit against DenseLayer's, any row | <= 1.00 |")
                .contains("-Dbenchmark.args=\"--size=32x64x16 ");

        assertThat(run("--report-only", "--output=" + folder)).isZero();
        assertThat(folder.resolve(Report.FILE)).hasSameTextualContentAs(folder.resolve("docs/" + Report.FILE));
    }

    @Test
    void argumentsOnThePagesAreTaken() throws IOException {
        List<String[]> commands = PageCommands.ofBenchmarks();

        assertThat(commands).hasSizeGreaterThan(3);
        for (String[] arguments : commands) {
            assertThatCode(() -> Benchmarks.commandLine(arguments).parseArgs(arguments))
                    .as(String.join(" ", arguments))
                    .doesNotThrowAnyException();
        }
    }

    private static int run(String... arguments) {
        CommandLine commandLine = Benchmarks.commandLine(arguments);
        commandLine.setErr(new PrintWriter(new StringWriter()));
        return commandLine.execute(arguments);
    }
}
