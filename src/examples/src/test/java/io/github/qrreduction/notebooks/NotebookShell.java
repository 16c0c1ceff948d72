package io.github.qrreduction.notebooks;

import io.github.qrreduction.notebooks.Notebook.CodeCell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/**
 * Runs the code of notebook cells as the kernels IJava and JJava do, through JShell, in this JVM and thread and on the
 * test class path. Stricter than they are: whatever a cell declares must be whole at the end of the cell.
 *
 * <p>While a shell is open, standard output is kept from the console.
 */
final class NotebookShell implements AutoCloseable {

    /**
     * The imports and methods that both kernels offer. What is displayed is kept outside JShell, which declares a
     * variable anew, as null, when a later import touches its declaration.
     */
    private static final List<String> KERNEL = List.of(
            "import java.util.*;",
            "import java.io.*;",
            "import java.math.*;",
            "import java.net.*;",
            "import java.util.concurrent.*;",
            "import java.util.prefs.*;",
            "import java.util.regex.*;",
            "String display(Object o, String... as) {"
                    + " List all = (List) System.getProperties().get(\"displayed\"); all.add(o);"
                    + " return String.valueOf(all.size() - 1); }",
            "void updateDisplay(String id, Object o, String... as) {"
                    + " ((List) System.getProperties().get(\"displayed\")).set(Integer.parseInt(id), o); }",
            "void printf(String format, Object... args) { System.out.printf(format, args); }");

    private final ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();
    private final PrintStream standardOut = System.out;
    private final Locale locale = Locale.getDefault();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<Object> displayed = new ArrayList<>();
    private final JShell shell;

    NotebookShell() {
        System.getProperties().put("displayed", displayed);
        shell = JShell.builder().executionEngine(new InThisThread(), Map.of()).build();
        shell.addToClasspath(testClassPath());
        KERNEL.forEach(this::evaluate);
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    /**
     * Runs a cell; lines of kernel commands ({@code %...}) are left out.
     *
     * @throws AssertionError if the cell is incomplete, does not compile, throws, or leaves a reference unresolved
     */
    void run(CodeCell cell) {
        try {
            evaluate(cell.source().lines().filter(l -> !l.startsWith("%")).collect(Collectors.joining("\n")));
            requireResolved();
        } catch (AssertionError e) {
            throw new AssertionError("cell \"" + cell.id() + "\": " + e.getMessage(), e.getCause());
        }
    }

    /** The value of an expression over what the cells have declared. */
    double number(String expression) {
        return Double.parseDouble(value("(double) (" + expression + ")"));
    }

    /** Whether a condition over what the cells have declared holds. */
    boolean holds(String condition) {
        return Boolean.parseBoolean(value(condition));
    }

    /** What the cells have displayed so far. */
    List<Object> displayed() {
        return Collections.unmodifiableList(displayed);
    }

    /** What the cells have printed so far. */
    String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private String value(String expression) {
        List<SnippetEvent> events = shell.eval(expression);
        events.forEach(this::requireSuccess);
        return events.get(0).value();
    }

    private void evaluate(String source) {
        String rest = source;
        while (true) {
            CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            if (next.completeness() == Completeness.EMPTY) {
                return;
            }
            // UNKNOWN is a syntax error, which the evaluation explains.
            if (!next.completeness().isComplete() && next.completeness() != Completeness.UNKNOWN) {
                throw new AssertionError("incomplete: " + rest.strip());
            }
            boolean whole = next.completeness().isComplete();
            shell.eval(whole ? next.source() : rest).forEach(this::requireSuccess);
            if (!whole) {
                return;
            }
            rest = next.remaining();
        }
    }

    private void requireSuccess(SnippetEvent event) {
        if (event.status() == Status.REJECTED) {
            String messages = shell.diagnostics(event.snippet())
                    .map(d -> d.getMessage(Locale.ROOT))
                    .collect(Collectors.joining("; "));
            throw new AssertionError("does not compile: " + messages + ": "
                    + event.snippet().source().strip());
        }
        if (event.exception() instanceof EvalException e) {
            throw new AssertionError(e.getExceptionClassName() + ": " + e.getMessage(), e);
        }
        if (event.exception() != null) {
            throw new AssertionError("unresolved: " + event.snippet().source().strip(), event.exception());
        }
    }

    private void requireResolved() {
        String unresolved = shell.snippets()
                .filter(s -> shell.status(s) == Status.RECOVERABLE_DEFINED
                        || shell.status(s) == Status.RECOVERABLE_NOT_DEFINED)
                .map(this::unresolved)
                .collect(Collectors.joining("; "));
        if (!unresolved.isEmpty()) {
            throw new AssertionError("unresolved: " + unresolved);
        }
    }

    private String unresolved(Snippet snippet) {
        return shell.unresolvedDependencies((DeclarationSnippet) snippet).collect(Collectors.joining(", ")) + " in: "
                + snippet.source().strip();
    }

    @Override
    public void close() {
        System.setOut(standardOut);
        shell.close();
        System.getProperties().remove("displayed");
        Locale.setDefault(locale);
        Thread.currentThread().setContextClassLoader(contextClassLoader);
    }

    /** Surefire starts the JVM from a small jar and keeps the true class path in a property of its own. */
    private static String testClassPath() {
        String surefire = System.getProperty("surefire.test.class.path");
        return surefire != null ? surefire : System.getProperty("java.class.path");
    }

    /** All cells in the thread that asks, as ND4J's random numbers belong to a thread. */
    private static final class InThisThread implements ExecutionControlProvider {

        @Override
        public String name() {
            return "in-this-thread";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
            return new DirectExecutionControl();
        }
    }
}
