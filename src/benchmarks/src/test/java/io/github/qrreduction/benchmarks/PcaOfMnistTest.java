package io.github.qrreduction.benchmarks;

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
class PcaOfMnistTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void aHundredImages() throws IOException {
        byte[] idx = new byte[16 + 100 * 784];
        new Random(1).nextBytes(idx);
        Files.write(folder.resolve("train-images-idx3-ubyte"), idx);
    }

    @Test
    void timesOursAloneWhereThereIsNoPython() {
        String none = folder.resolve("none").toString();
        assertThat(run("--mnist=" + folder, "--rounds=2", "--python=" + none)).isZero();
        assertThat(out.toString())
                .containsPattern(
                        "PrincipalComponents  median [0-9.]+ s of [0-9]+ fits, share of variance 0\\.[0-9]{6}\n")
                .contains("so nothing to compare with");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void saysWhereTheImagesAreToBe() {
        Path none = folder.resolve("none");
        assertThat(run("--mnist=" + none)).isEqualTo(2);
        assertThat(err.toString()).startsWith("--mnist: expected a folder with train-images-idx3-ubyte, got " + none);
    }

    private int run(String... args) {
        CommandLine commandLine = Benchmarks.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        String[] all = new String[args.length + 1];
        all[0] = "pca";
        System.arraycopy(args, 0, all, 1, args.length);
        return commandLine.execute(all);
    }
}
