package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of the command as it is packaged, and of no part of it alone. */
class ScriptIT {

    private static final Pattern EXAMPLE = Pattern.compile("(?m)^  (.*qr-reduce.*)$");
    private static final Reduction REDUCTION = Vectors.reduction(40, 16);

    @TempDir
    private Path folder;

    private Script script;

    @BeforeEach
    void files() throws IOException {
        script = new Script(folder);
        Vectors vectors = Vectors.random(300, 40);
        Files.write(folder.resolve("words.txt"), vectors.names());
        vectors.save(folder.resolve("vectors.npy"));
        vectors.save(folder.resolve("vectors.vec"));
        vectors.unnamed().save(folder.resolve("vectors.csv"));
        REDUCTION.save(folder.resolve("r.safetensors"));
        Encoders.write(folder.resolve("encoder.onnx"), 40);
    }

    static Stream<String> commands() {
        return QrReduceTest.commands();
    }

    @ParameterizedTest
    @MethodSource("commands")
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell and signals")
    void theExamplesOfEveryHelpWork(String command) throws IOException, InterruptedException {
        String help =
                script.run((Object[]) (command + " --help").strip().split(" ")).out();
        List<String> examples = EXAMPLE.matcher(help.substring(help.indexOf("\nExample")))
                .results()
                .map(m -> m.group(1))
                .toList();
        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            Script.Result result = script.shell(example);
            assertThat(result.exitCode()).as(example + ": " + result.err()).isZero();
            assertThat(result.err()).doesNotContain("expected");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"apply r.safetensors vectors.vec -o small.vec", "inspect r.safetensors", "--help", "fit --help"})
    void whatNeedsNoNd4jLoadsNone(String arguments) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.log");

        Script.Result result =
                script.withOptions("-Xlog:class+load:file=" + log).run((Object[]) arguments.split(" "));

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(Files.readString(log))
                .contains("io.github.qrreduction.cli.QrReduce ")
                .doesNotContain("org.nd4j.", "org.deeplearning4j.", "org.bytedeco.", "org.slf4j.");
    }

    @Test
    void exitCodesSayWhatHappened() throws IOException, InterruptedException {
        assertThat(script.run("inspect", "r.safetensors").exitCode()).isZero();
        assertThat(script.run("inspect", "none.npz"))
                .isEqualTo(new Script.Result(1, "", "qr-reduce: none.npz: expected a file, got none\n"));
        assertThat(script.run("inspect", "r.safetensors", "--what"))
                .isEqualTo(new Script.Result(
                        2, "", "qr-reduce: Unknown option: '--what' (qr-reduce inspect --help shows the options)\n"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullStandardOutputIsOneLine() throws IOException, InterruptedException {
        assertThat(script.shell("qr-reduce apply r.safetensors vectors.npy -o - --format npy >/dev/full"))
                .isEqualTo(new Script.Result(1, "", "qr-reduce: standard output: No space left on device\n"));
    }

    /** The process may write no file of more than 4 KB: as on a disk that gets full. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aFullDiskLosesNothing() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("small.csv"), "old\n");

        Script.Result result = script.withOptions("-XX:-UsePerfData")
                .shell("ulimit -f 4; exec qr-reduce apply r.safetensors vectors.npy -o small.csv");

        assertThat(result).isEqualTo(new Script.Result(1, "", "qr-reduce: small.csv: File too large\n"));
        assertThat(folder.resolve("small.csv")).hasContent("old\n");
        assertNothingHalfWritten();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell and signals")
    void theCompletionKnowsCommandsAndOptions() throws IOException, InterruptedException {
        String complete = "source <(qr-reduce completion) && COMP_CWORD=%d && COMP_WORDS=(%s)"
                + " && _complete_qr-reduce && echo ${COMPREPLY[@]}";

        assertThat(script.shell(complete.formatted(1, "qr-reduce ap")).out()).isEqualTo("apply\n");
        assertThat(script.shell(complete.formatted(2, "qr-reduce apply --ty")).out())
                .isEqualTo("--type\n");
        assertThat(script.shell(complete.formatted(3, "qr-reduce fit --method pca-"))
                        .out())
                .isEqualTo("pca-uncentred\n");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell and signals")
    void aLinkToTheScriptWorks() throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Script.path());

        assertThat(script.shell("cd / && " + link + " --version").out()).startsWith("qr-reduce ");
        Files.delete(link);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell and signals")
    void aMachineWithoutJavaIsToldSo() throws IOException, InterruptedException {
        assertThat(script.shell("JAVA_HOME=/none qr-reduce --version"))
                .isEqualTo(new Script.Result(
                        1,
                        "",
                        "qr-reduce: expected Java 17 or newer as /none/bin/java, got none; install it, or point"
                                + " JAVA_HOME at it\n"));
    }

    @Test
    void memoryThatRunsOutIsOneLine() throws IOException, InterruptedException {
        Reduction large = Vectors.reduction(3000, 2000);
        large.save(folder.resolve("large.npy"));

        Script.Result result = script.withOptions("-Xms10m -Xmx10m").run("inspect", "large.npy");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errLines())
                .containsExactly(
                        "qr-reduce: expected enough memory, got 9 MB; set QR_REDUCE_OPTS=-Xmx8g or more, or take fewer"
                                + " rows");
    }

    private void assertNothingHalfWritten() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.endsWith(".tmp"));
        }
    }
}
