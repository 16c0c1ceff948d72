package io.github.qrreduction.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.notebooks.Notebook.CodeCell;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must make {@link NotebooksTest} fail does. */
class NotebookShellTest {

    private ClassLoader contextClassLoader;
    private NotebookShell shell;

    @BeforeEach
    void open() {
        contextClassLoader = Thread.currentThread().getContextClassLoader();
        shell = new NotebookShell();
    }

    @AfterEach
    void close() {
        shell.close();
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(contextClassLoader);
    }

    @Test
    void aCellThatThrowsFails() {
        assertThatThrownBy(() -> run("int one = 1;\nint none = one / 0;"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("cell \"c\": java.lang.ArithmeticException: / by zero");
    }

    @Test
    void aTypeErrorFails() {
        assertThatThrownBy(() -> run("int number = \"text\";"))
                .hasMessageStartingWith("cell \"c\": does not compile: incompatible types");
    }

    @Test
    void aSyntaxErrorFails() {
        assertThatThrownBy(() -> run("int a = 1;\nint b = = 2;"))
                .hasMessageStartingWith("cell \"c\": does not compile");
    }

    @Test
    void aMissingImportFails() {
        assertThatThrownBy(() -> run("INDArray x = null;"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("INDArray");
    }

    @Test
    void aMissingImportInAMethodFails() {
        assertThatThrownBy(() -> run("long f() { INDArray x = null; return 1; }"))
                .hasMessageStartingWith("cell \"c\": unresolved: class INDArray in: long f()");
    }

    @Test
    void anUnresolvedCallInAMethodThatNobodyCallsFails() {
        assertThatThrownBy(() -> run("int f() { return nowhere(1); }"))
                .hasMessage("cell \"c\": unresolved: method nowhere(int) in: int f() { return nowhere(1); }");
    }

    @Test
    void aCellThatEndsTooEarlyFails() {
        assertThatThrownBy(() -> run("int a = 1;\nint f() {")).hasMessage("cell \"c\": incomplete: int f() {");
    }

    @Test
    void methodsMayCallWhatFollowsInTheSameCell() {
        run("int f() { return g() + 1; }\nint g() { return 1; }\nint two = f();");

        assertThat(shell.number("two")).isEqualTo(2);
    }

    @Test
    void cellsShareVariablesAndTheThreadOfTheTest() {
        run("%classpath ../target/classes ../target/lib/*.jar");
        run("// a comment, and nothing else");
        run("long thread = Thread.currentThread().getId();");

        assertThat(shell.number("thread"))
                .isEqualTo((double) Thread.currentThread().getId());
        assertThat(shell.holds("Thread.currentThread().getId() == thread")).isTrue();
    }

    @Test
    void classesAreThoseOfTheTestClassPath() {
        run("import io.github.qrreduction.notebooks.*;\nString name = Class.forName(\""
                + getClass().getName() + "\").getName();");

        assertThat(shell.holds("name.endsWith(\"NotebookShellTest\")")).isTrue();
    }

    @Test
    void whatIsDisplayedAndPrintedIsKept() {
        run("display(\"a picture\", \"image/png\");\nprintf(\"%d%n\", 7);");
        run("import java.awt.*;\nimport java.util.List;");

        assertThat(shell.displayed()).containsExactly("a picture");
        assertThat(shell.printed().strip()).isEqualTo("7");
    }

    @Test
    void whatIsDisplayedCanBeReplacedAsALivePictureIs() {
        run("display(\"first\", \"text/plain\");\nString id = display(\"empty\", \"text/plain\");");
        run("updateDisplay(id, \"full\", \"text/plain\");");

        assertThat(shell.displayed()).containsExactly("first", "full");
    }

    private void run(String source) {
        shell.run(new CodeCell("c", source, 0, List.of()));
    }
}
