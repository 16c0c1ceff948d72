package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The first command that a reader of the README types gives the advice that stands below it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell")
class ReadmeReportIT {
    /** The command, over lines, and after a sentence what it ends with. */
    private static final Pattern REPORT = Pattern.compile(
            "    target/qr-reduce/bin/(qr-reduce report [^\n]*(?<=\\\\)\n[^\n]*)\n\n[^\n]*:\n\n((?:    [^\n]*\n)+)");

    @TempDir
    private Path folder;

    @Test
    void theReportAdvisesWhatTheReadmeSays() throws IOException, InterruptedException {
        Matcher report = REPORT.matcher(Repository.text("README.md"));
        assertThat(report.find()).isTrue();
        Path data = Files.createDirectories(folder.resolve("notebooks/data"));
        for (String file : new String[] {"glosses-minilm.npy", "glosses-minilm.txt"}) {
            Files.copy(Repository.path("notebooks/data", file), data.resolve(file));
        }
        Files.createDirectory(folder.resolve("target"));

        Script.Result result = new Script(folder).shell(report.group(1));

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(inOneLine(result.out())).contains(inOneLine(report.group(2)));
        assertThat(folder.resolve("target/report.html")).isNotEmptyFile();
    }

    private static String inOneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
