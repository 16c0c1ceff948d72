package io.github.qrreduction.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A section with a figure shows the command that makes it, or links to it, or says where else it is from. */
class FiguresTest {

    /** A number with a unit, as something that was measured has one. */
    private static final Pattern FIGURE = Pattern.compile("(?<![\\w.])\\d[\\d ]*(?:\\.\\d+)?"
            + "(?: (?:%|µs|ns|ms|s|seconds?|minutes?|KB|MB|GB|GFLOP/s|times|points?)(?![\\w/])|x (?:smaller|faster))");

    /** What a reader can type. */
    private static final Pattern COMMAND = Pattern.compile("\\./mvnw |\\.ci/|bin/qr-reduce |(?m)^    mvn |\\bls -l ");

    /** For bounds and for arithmetic, which no command makes. */
    private static final String NOT_MEASURED = "<!-- not measured: ";

    /** Java and what it prints are compared in each build. */
    private static final Pattern SNIPPET = Pattern.compile("(?s)```(?:java|text|xml).*?```");

    private static final Pattern DATA = Pattern.compile("notebooks/data/[\\w-]+\\.\\w+");

    private static final Pattern SECTION = Pattern.compile("(?m)^(?=#{1,3} )");

    @Test
    void everyFigureHasTheCommandThatMakesIt() throws IOException {
        List<Page> pages = Page.all();
        Set<String> withCommands = pages.stream()
                .filter(page -> COMMAND.matcher(page.text()).find())
                .map(page -> page.file().toString())
                .collect(Collectors.toSet());
        List<String> without = new ArrayList<>();
        for (Page page : pages) {
            String[] sections = SECTION.split(page.text());
            // The page's first words are about all of it.
            if (!saysWhere(sections[0])) {
                Arrays.stream(sections)
                        .filter(FiguresTest::hasFigure)
                        .filter(section ->
                                !saysWhere(section) && targets(page, section).noneMatch(withCommands::contains))
                        .forEach(section -> without.add(
                                page + ": " + section.lines().findFirst().orElseThrow()));
            }
        }
        assertThat(without).isEmpty();
    }

    private static boolean saysWhere(String section) {
        return COMMAND.matcher(section).find() || section.contains(NOT_MEASURED);
    }

    private static Stream<String> targets(Page page, String section) {
        return new Page(page.file(), section)
                .links().stream()
                        .map(link -> page.file()
                                .resolveSibling(link.split("#", 2)[0])
                                .normalize()
                                .toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"takes 8.4 ms", "97.6 %", "24 times smaller", "0.5 to 4.4 points", "217 MB", "41 GFLOP/s"})
    void whatAFigureIs(String text) {
        assertThat(hasFigure(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Java 17 or newer", "1.0.0-M2.1", "the 64 components", "```text\n97.6 %\n```"})
    void whatIsNone(String text) {
        assertThat(hasFigure(text)).isFalse();
    }

    @Test
    void dataThatCommandsReadAreThere() throws IOException {
        for (Page page : Page.all()) {
            assertThat(DATA.matcher(page.text()).results().map(m -> Repository.path(m.group())))
                    .as(page.toString())
                    .allMatch(Files::exists);
        }
    }

    private static boolean hasFigure(String text) {
        return FIGURE.matcher(SNIPPET.matcher(text).replaceAll("")).find();
    }
}
