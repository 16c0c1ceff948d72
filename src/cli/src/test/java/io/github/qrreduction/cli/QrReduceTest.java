package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QrReduceTest {

    static Stream<String> commands() {
        return Stream.concat(
                Stream.of(""),
                QrReduce.commandLine(InputStream.nullInputStream(), OutputStream.nullOutputStream())
                        .getSubcommands()
                        .keySet()
                        .stream());
    }

    @Test
    void theVersionIsThatOfTheJar() {
        Run run = Run.of("--version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("qr-reduce ");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyHelpShowsAnExampleInLinesThatNobodyBreaks(String name) {
        Run run = Run.of((Object[]) (name + " --help").strip().split(" "));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: qr-reduce").containsPattern("Examples?:\\R  (source <\\()?qr-reduce");
        String examples = run.out().substring(run.out().indexOf("\nExample"));
        assertThat(examples.strip().lines().skip(1)).allMatch(line -> line.startsWith("  "));
    }

    @Test
    void badOptionsAreOneLineThatPointsToTheHelp() {
        Run run = Run.of("inspect");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errLines())
                .containsExactly("qr-reduce: Missing required parameter: 'MODEL' (qr-reduce inspect --help shows the"
                        + " options)");
        assertThat(Run.of().errLines())
                .containsExactly("qr-reduce: expected a command, got none (qr-reduce --help shows the options)");
    }

    @Test
    void aNameThatIsNearlyRightIsSuggested() {
        assertThat(Run.of("fit", "v.npy", "-k", 2, "-o", "r.npz", "--methd", "pca")
                        .errLines())
                .containsExactly("qr-reduce: Unknown options: '--methd', 'pca'; did you mean --method? (qr-reduce fit"
                        + " --help shows the options)");
        assertThat(Run.of("inspct").errLines())
                .containsExactly("qr-reduce: Unmatched argument at index 0: 'inspct'; did you mean inspect? (qr-reduce"
                        + " --help shows the options)");
    }

    @Test
    void aMissingChoiceIsOneLineToo() {
        assertThat(Run.of("export", "r.npz").errLines())
                .singleElement()
                .asString()
                .startsWith("qr-reduce: Missing required argument (specify one of these): (--onnx=OUT |");
    }

    @Test
    void completionIsAScriptOfTheShell() {
        Run run = Run.of("completion");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("#!/usr/bin/env bash").contains("complete -F _complete_qr-reduce");
    }
}
