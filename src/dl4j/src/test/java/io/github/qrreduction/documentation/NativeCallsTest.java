package io.github.qrreduction.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ND4J's broadcasting operations pass an array that the garbage collector may free while it is read, and the JVM
 * crashes. That takes many threads, collections and luck, and cannot be waited for in each build: so the sources are
 * read instead. {@code x.subi(row)}, {@code x.muli(column)} and {@code biasadd} broadcast safely.
 */
class NativeCallsTest {

    private static final Pattern HIDDEN = Pattern.compile("\\w(Row|Column)Vector\\(");
    private static final Pattern OPERATION = Pattern.compile("new Broadcast\\w+Op\\(");
    private static final Pattern HELD = Pattern.compile("Reference\\.reachabilityFence\\(");

    @ParameterizedTest
    @ValueSource(strings = {"src/dl4j/src/main/java", "src/spark/src/main/java"})
    void noSourceBroadcastsWithoutHoldingOnToTheOperation(String root) throws IOException {
        try (Stream<Path> files = Files.walk(Repository.path(root))) {
            for (Path source :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                String text = Files.readString(source);
                assertThat(text.lines()).as("%s", source).isNotEmpty().noneMatch(HIDDEN.asPredicate());
                assertThat(OPERATION.matcher(text).results().count())
                        .as("%s", source)
                        .isEqualTo(HELD.matcher(text).results().count());
            }
        }
    }
}
