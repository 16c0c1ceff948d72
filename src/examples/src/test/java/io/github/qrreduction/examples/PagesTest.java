package io.github.qrreduction.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.qrreduction.testutil.PageCommands;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The programs take the arguments that the pages give them. */
class PagesTest {

    @Test
    void embeddingCompression() throws IOException {
        taken(new EmbeddingCompression());
    }

    @Test
    void neighbourRecipe() throws IOException {
        taken(new NeighbourRecipe());
    }

    private static void taken(Callable<Integer> program) throws IOException {
        List<String[]> commands = PageCommands.ofExample(program.getClass().getSimpleName());
        assertThat(commands).isNotEmpty();
        for (String[] arguments : commands) {
            assertThatCode(() -> new CommandLine(program).parseArgs(arguments))
                    .as(String.join(" ", arguments))
                    .doesNotThrowAnyException();
        }
    }
}
