package io.github.qrreduction.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The Java code of the pages is compiled and run as it stands there, and prints what the page says. */
class SnippetsTest {

    private static final Pattern JAVA = Pattern.compile("```java");
    private static final Pattern NOT_RUN = Pattern.compile("<!-- not run: .+ -->\\s*```java");

    @TempDir
    private Path folder;

    /** Some set it, and the tests after them would compute in it. */
    @AfterEach
    void asBefore() {
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }

    static List<Snippet> snippets() throws IOException {
        List<Snippet> all = new ArrayList<>();
        Page.all().forEach(page -> all.addAll(page.snippets()));
        return all;
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void printsWhatThePageSays(Snippet snippet) throws Exception {
        compile(snippet);

        assertThat(run(snippet.className())).isEqualToNormalizingNewlines(snippet.printed());
    }

    @Test
    void everyBlockOfJavaIsRunOrSaysWhyNot() throws IOException {
        for (Page page : Page.all()) {
            long notRun = NOT_RUN.matcher(page.text()).results().count();
            assertThat(page.snippets().size() + notRun)
                    .as("blocks of Java in %s below a comment", page)
                    .isEqualTo(JAVA.matcher(page.text()).results().count());
        }
    }

    /** In a thread of its own: ND4J keeps settings by thread. */
    private String run(String className) throws Exception {
        PrintStream standardOut = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        URL[] path = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader());
                PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            FutureTask<Object> main = new FutureTask<>(() -> {
                try {
                    return loader.loadClass(className)
                            .getMethod("main", String[].class)
                            .invoke(null, (Object) new String[0]);
                } catch (InvocationTargetException e) {
                    throw new AssertionError("the snippet threw " + e.getCause(), e.getCause());
                }
            });
            Thread thread = new Thread(main, className);
            thread.setContextClassLoader(loader);
            thread.start();
            main.get();
        } finally {
            System.setOut(standardOut);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private void compile(Snippet snippet) {
        String source = snippet.program(folder);
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///" + snippet.className() + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-d", folder.toString(), "-classpath", ChildJvm.classPath(entry -> true), "-proc:none");
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(messages, null, null, options, null, List.of(file))
                .call();
        assertThat(compiled).as("%s compiles:%n%s", snippet, messages).isTrue();
    }
}
