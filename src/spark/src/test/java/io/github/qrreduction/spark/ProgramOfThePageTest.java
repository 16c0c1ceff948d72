package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.ChildJvm;
import io.github.qrreduction.testutil.Repository;
import io.github.qrreduction.vectors.Reduction;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of docs/spark.md, compiled as it stands there and run as the page says that a driver is started. */
class ProgramOfThePageTest {
    private static final Pattern PROGRAM =
            Pattern.compile("```java\\R((?:(?!```).)*?public class OnSpark .*?)```", Pattern.DOTALL);
    private static final Pattern OPTION = Pattern.compile("(?m)^ {4}(-\\S+)$");

    @TempDir
    private Path folder;

    private String page;

    private String compile() throws IOException {
        page = Repository.text("docs/spark.md");
        Matcher program = PROGRAM.matcher(page);
        assertThat(program.find()).isTrue();
        Path source = Files.writeString(folder.resolve("OnSpark.java"), program.group(1));
        String classPath = ChildJvm.classPath(entry -> true);
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", folder.toString(), "-cp", classPath, "-proc:none", source.toString());
        assertThat(code).isZero();
        return folder + File.pathSeparator + classPath;
    }

    private String run(String classPath, Stream<String> options) throws IOException {
        List<String> all = Stream.concat(
                        Stream.of(
                                "-Xmx1g",
                                "-Dspark.master=local[2]",
                                "-Dspark.ui.enabled=false",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"),
                        options)
                .toList();
        Process process = new ProcessBuilder(
                        ChildJvm.with(all.toArray(String[]::new)).on(classPath).command("OnSpark", folder))
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void runsWithTheOptionsOfThePage() throws IOException {
        String classPath = compile();

        String printed = run(classPath, OPTION.matcher(page).results().map(m -> m.group(1)));

        assertThat(printed)
                .containsPattern("shares of the variance: 0\\.\\d+, 0\\.\\d+, 0\\.\\d+, 0\\.\\d+\\R")
                .containsPattern("3 averagings, orthonormality error \\S+E-0[6-9]\\R")
                .contains("|prediction|")
                .doesNotContain("Exception", "expected DataSets of");
        assertThat(Reduction.load(folder.resolve("r.safetensors")).apply(new float[20]))
                .hasSize(4);
        assertThat(folder.resolve("model")).isDirectory();
    }

    @Test
    void endsInAnErrorWithoutThem() throws IOException {
        assertThat(run(compile(), Stream.empty())).contains("IllegalAccessError", "sun.nio.ch");
    }
}
