package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the page about the command shows happens, in the order of the page. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell and signals")
class CommandPageIT {

    /** A comment or none, the lines, and what they print. */
    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- ([^>]*) -->\\n)?```sh\\n(.*?)```(?:\\n\\n```text\\n(.*?)```)?", Pattern.DOTALL);

    /** What is not the same everywhere: the last bits of float64, and the version. */
    private static final Pattern VARIES = Pattern.compile("(?m)(?<=^version: ).*$|(?<=error )\\d\\.\\de-1[3-6]$");

    @TempDir
    private Path folder;

    @Test
    void everyExampleWorksAndPrintsWhatThePageSays() throws IOException, InterruptedException {
        Path data = Files.createDirectories(folder.resolve("notebooks/data"));
        Files.copy(Repository.path("notebooks/data/embeddings.npy"), data.resolve("embeddings.npy"));
        Script script = new Script(folder);
        List<String> left = new ArrayList<>();
        Matcher block = BLOCK.matcher(Repository.text("docs/command.md"));
        int run = 0;
        while (block.find()) {
            String comment = block.group(1) == null ? "" : block.group(1);
            if (comment.startsWith("not run")) {
                left.add(comment);
                continue;
            }
            Script.Result result = script.shell("set -e\n" + block.group(2));
            String said = result.out() + result.err();
            assertThat(result.exitCode())
                    .as(block.group(2) + said)
                    .isEqualTo(
                            comment.startsWith("exit code")
                                    ? Integer.parseInt(comment.substring("exit code ".length()))
                                    : 0);
            if (block.group(3) != null) {
                assertThat(same(said)).isEqualTo(same(block.group(3)));
            }
            run++;
        }
        assertThat(run).isEqualTo(9);
        assertThat(left).hasSize(2);
    }

    private static String same(String text) {
        return VARIES.matcher(text).replaceAll("..");
    }
}
