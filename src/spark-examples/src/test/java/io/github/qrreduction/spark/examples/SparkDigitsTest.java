package io.github.qrreduction.spark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SparkDigitsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine command =
            SparkDigits.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @Test
    void trainsAndReducesOnThisMachineByDefault() {
        int code = command.execute("--epochs", "8", "--components", "8");

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString())
                .startsWith("local[*], 2 workers, 64 pixels to 8 components, RETRACTION\n")
                .containsPattern("averaging  10: score \\d\\.\\d{4}, orthonormality error of the mean \\S+, then"
                        + " \\S+e-0[678]\n")
                .containsPattern("accuracy on the test digits: [89]\\d\\.\\d %\n")
                .endsWith("the column \"reduced\" of 360 rows: vectors of size 8\n");
    }

    @ParameterizedTest
    @CsvSource({"--components,65", "--epochs,0", "--workers,0", "--mode,NEVER"})
    void refusesOptionsThatMakeNoSense(String option, String value) {
        assertThat(command.execute(option, value)).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains(option).contains(value);
    }
}
