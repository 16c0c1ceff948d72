package io.github.qrreduction.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The benchmark runs; its figures are for those who run it. */
class PcaBenchmarkTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void fiftyImages() throws IOException {
        byte[] idx = new byte[16 + 50 * 784];
        new Random(1).nextBytes(idx);
        Files.write(folder.resolve("train-images-idx3-ubyte"), idx);
    }

    @Test
    void timesOursAloneWhereThereIsNoPython() {
        assertThat(run(
                        "--mnist",
                        folder.toString(),
                        "--components",
                        "5",
                        "--repeats",
                        "2",
                        "--batch",
                        "20",
                        "--python",
                        folder.resolve("none").toString()))
                .isZero();
        assertThat(out.toString())
                .startsWith("50 x 784 images in float32 to 5 components, batches of 20, ")
                .containsPattern(
                        "PrincipalComponents  median [0-9.]+ s, best [0-9.]+ s, share of variance 0\\.[0-9]{6}\n")
                .contains("so nothing to compare with");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void saysWhereTheImagesAreToBe() {
        Path none = folder.resolve("none");
        assertThat(run("--mnist", none.toString())).isEqualTo(2);
        assertThat(err.toString()).startsWith("--mnist: expected a folder with train-images-idx3-ubyte, got " + none);
        assertThat(run("--mnist", folder.toString(), "--repeats", "0")).isEqualTo(2);
    }

    private int run(String... args) {
        CommandLine commandLine = PcaBenchmark.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args);
    }
}
