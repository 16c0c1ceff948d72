package io.github.qrreduction.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import io.github.qrreduction.testutil.Repository;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java code of README.md is compiled and run as it stands there. */
class ReadmeTest {

    private static final Path README = Repository.path("README.md");

    /** What README.md's readers have at hand already. */
    private static final String AROUND_THE_SHORTER = """
            import io.github.qrreduction.*;
            import java.net.URI;
            import java.nio.file.Path;
            import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
            import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
            import org.deeplearning4j.nn.conf.layers.LossLayer;
            import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
            import org.nd4j.linalg.api.ndarray.INDArray;
            import org.nd4j.linalg.dataset.DataSet;
            import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
            import org.nd4j.linalg.factory.Nd4j;
            import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

            public class Shorter {
                public static void main(String[] args) throws Exception {
                    QRReductionLayer layer = LAYER;
                    MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                            .list()
                            .layer(layer)
                            .layer(new LossLayer.Builder(LossFunction.MSE).build())
                            .build());
                    net.init();
                    INDArray x = Nd4j.randn(200, 768);
                    INDArray z = Nd4j.randn(5, 64);
                    DataSetIterator iterator = new ListDataSetIterator<>(new DataSet(x, x).asList(), 50);
                    RESTORE
                    COMPONENTS
                    System.out.println(c);
                    System.out.println(plain.getLayer(0).conf().getLayer().getClass().getSimpleName());
                }
            }
            """;

    @TempDir
    private Path classes;

    @Test
    void theFirstStepPrintsWhatTheReadmeSays() throws Exception {
        String printed = run("FirstStep", snippet("first-step"));

        assertThat(printed.lines()).containsExactly("Reduced output: [32, 64]", "The step lowered the loss: true");
        assertThat(Files.readString(README)).contains(indented(printed));
    }

    @Test
    void theShorterSnippetsRunOneAfterTheOther() throws Exception {
        Path file = classes.resolve("components.npy");
        String components = snippet("components");
        String where = "Path.of(\"components.npy\")";
        assertThat(components).contains(where);
        String source = AROUND_THE_SHORTER
                .replace("LAYER", snippet("orthonormal"))
                .replace("RESTORE", snippet("restore"))
                .replace("COMPONENTS", components.replace(where, "Path.of(URI.create(\"" + file.toUri() + "\"))"));

        assertThat(run("Shorter", source).lines()).containsExactly("Components(nOut=8, nIn=768, FLOAT)", "DenseLayer");
        assertThat(Components.load(file).nOut()).isEqualTo(8);
    }

    /** The code block after the comment that names it. */
    private static String snippet(String name) throws IOException {
        String block = "<!-- snippet: " + Pattern.quote(name) + " -->\\R```java\\R(.*?)```";
        Matcher m = Pattern.compile(block, Pattern.DOTALL).matcher(Files.readString(README));
        assertThat(m.find()).as("README.md has a snippet %s", name).isTrue();
        return m.group(1);
    }

    private static String indented(String text) {
        return text.lines().map(line -> "    " + line + "\n").reduce("", String::concat);
    }

    private String run(String className, String source) throws Exception {
        compile(className, source);
        PrintStream standardOut = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        URL[] path = {classes.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader());
                PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            loader.loadClass(className).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException e) {
            throw new AssertionError("the snippet threw " + e.getCause(), e.getCause());
        } finally {
            System.setOut(standardOut);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private void compile(String className, String source) {
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///" + className + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-d", classes.toString(), "-classpath", testClassPath(), "-proc:none");
        boolean compiled = compiler.getTask(messages, null, null, options, null, List.of(file))
                .call();
        assertThat(compiled)
                .as("README.md's %s compiles:%n%s", className, messages)
                .isTrue();
    }

    /** Surefire starts the JVM from a small jar and keeps the true class path in a property of its own. */
    private static String testClassPath() {
        String surefire = System.getProperty("surefire.test.class.path");
        String path = surefire != null ? surefire : System.getProperty("java.class.path");
        assertThat(path).contains(File.pathSeparator);
        return path;
    }
}
