package io.github.qrreduction.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must not be committed is found. */
class CommittedOutputsTest {

    @Test
    void aCellThatWasNotRunInOrder() throws IOException {
        assertThat(problems("null", "")).containsExactly("c: expected execution count 1, got 0");
        assertThat(problems("3", "")).containsExactly("c: expected execution count 1, got 3");
    }

    @Test
    void anError() throws IOException {
        assertThat(problems("1", "{'output_type': 'error', 'ename': 'EvalException', 'traceback': []}"))
                .containsExactly("c: error EvalException");
    }

    @Test
    void standardError() throws IOException {
        assertThat(problems("1", "{'output_type': 'stream', 'name': 'stderr', 'text': ['a ', 'warning\\n']}"))
                .containsExactly("c: standard error: a warning");
    }

    @ParameterizedTest
    @ValueSource(strings = {"saved to /home/someone/file", "file:/var/x", "(/a/b.c)", "C:\\\\Users"})
    void anAbsolutePath(String text) throws IOException {
        assertThat(problems("1", stream(text))).singleElement().asString().startsWith("c: absolute path: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1/2/3 or a/b", "../target/lib", "https://dl4j.example/a/b", "5 / 7"})
    void otherSlashesAreNone(String text) throws IOException {
        assertThat(problems("1", stream(text))).isEmpty();
    }

    @Test
    void linesThatDl4jPrints() throws IOException {
        assertThat(problems("1", stream("Added differentiated op mmul")))
                .containsExactly("c: not for a reader: Added differentiated op mmul");
    }

    @Test
    void aPictureThatIsNone() throws IOException {
        assertThat(problems("1", "{'output_type': 'display_data', 'data': {'image/png': 'AAAA'}}"))
                .containsExactly("c: expected a picture at least 300 pixels wide");
    }

    private static String stream(String text) {
        return "{'output_type': 'stream', 'name': 'stdout', 'text': ['" + text + "']}";
    }

    private static List<String> problems(String executionCount, String output) throws IOException {
        String json = "{'cells': [{'cell_type': 'code', 'id': 'c', 'source': [], 'execution_count': " + executionCount
                + ", 'outputs': [" + output + "]}]}";
        return CommittedOutputs.problems(Notebook.parse("n", json.replace('\'', '"')));
    }
}
