package io.github.qrreduction.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class NeighbourRecipeTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void comparesEachSizeOverSeeds() {
        int code = run("--train 400 --test 100 --sizes 20,5 --seeds 2 --steps 20 --batch 100 --rate 0.01 --nested");

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        String number = "\\d+\\.\\d\\d \\(\\d+\\.\\d\\d\\)";
        String signed = "[+-]\\d+\\.\\d\\d \\(\\d+\\.\\d\\d\\)";
        assertThat(out.toString().lines())
                .contains("100 numbers reduced; 400 vectors to fit to, 100 others to judge by, 2 seeds; recall@10 in %,"
                        + " mean and standard deviation")
                .anyMatch(l -> l.matches(" +5 +(PCA|uncentred)(, gamma [\\d.]+)? +" + number + " +" + number + " +"
                        + signed + " +[+-]\\d+\\.\\d\\d"))
                .anyMatch(l -> l.matches(" +20 +" + number + " +" + signed + " +" + signed))
                .anyMatch(l -> l.matches("Lost by the prefixes, all together: -?\\d+\\.\\d\\d"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--train 5 | --train: expected at least 10, got 5",
                "--test 10 | --test: expected more than 10, got 10",
                "--train 7000 | --train and --test: expected together at most the file's 8000 vectors, got 9000",
                "--seeds 0 | --seeds: expected at least 1, got 0",
                "--sizes 5,101 | --sizes: expected between 1 and 100, got 101"
            })
    void refusesOptionsThatMakeNoSense(String options, String message) {
        assertThat(run(options)).isEqualTo(2);
        assertThat(err.toString()).isEqualToIgnoringNewLines(message);
    }

    private int run(String options) {
        CommandLine command = Program.commandLine(new NeighbourRecipe())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        return command.execute(options.split(" "));
    }
}
