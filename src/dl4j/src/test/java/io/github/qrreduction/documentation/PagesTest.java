package io.github.qrreduction.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the pages as pages: links lead somewhere, and the README can be read in a few minutes. */
class PagesTest {

    private static final int README_LINES = 160;
    private static final int README_WORDS = 1300;

    /** The pages about the code; all others are for users. */
    private static final Set<String> ABOUT_THE_CODE = Set.of("docs/design.md", "docs/upstream.md", "CONTRIBUTING.md");

    private static final Pattern TEST_CLASS = Pattern.compile("\\b[A-Z]\\w+Test\\b");
    private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");
    private static final Pattern OVERRIDDEN =
            Pattern.compile("<artifactId>(.*?)</artifactId>\\s*<version>(.*?)</version>");
    private static final Pattern PROGRAM = Pattern.compile("io\\.github\\.qrreduction(?:\\.[a-z]\\w*)*\\.([A-Z]\\w+)");
    private static final Pattern PROFILE = Pattern.compile("mvnw .*?-P (\\w+)");
    private static final Pattern CLASS_NAME = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)`");

    @Test
    void everyRelativeLinkLeadsToAFileAndAnAnchorOfIt() throws IOException {
        List<Page> pages = Page.all();
        for (Page page : pages) {
            for (String link : page.links()) {
                if (link.matches("[a-z]+:.*")) {
                    continue;
                }
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty()
                        ? page.file()
                        : page.file().resolveSibling(parts[0]).normalize();
                assertThat(target).as("%s links to %s", page, link).exists();
                if (parts.length == 2) {
                    assertThat(pages)
                            .as("%s links to %s", page, link)
                            .anyMatch(
                                    p -> p.file().equals(target) && p.anchors().contains(parts[1]));
                }
            }
        }
    }

    @Test
    void theReadmeIsShort() throws IOException {
        String readme = Repository.text("README.md");
        assertThat(readme.lines().count()).isLessThanOrEqualTo(README_LINES);
        assertThat(readme.strip().split("\\s+", -1)).hasSizeLessThanOrEqualTo(README_WORDS);
    }

    @Test
    void theIndexNamesEveryPageOfTheManual() throws IOException {
        String index = Repository.text("docs/README.md");
        for (Page page : Page.all()) {
            String name = page.file().getFileName().toString();
            if (page.toString().startsWith("docs/") && !name.equals("README.md")) {
                assertThat(index).contains("](" + name + ")");
            }
        }
    }

    @Test
    void pagesForUsersNameNoTestClass() throws IOException {
        for (Page page : Page.all()) {
            if (!ABOUT_THE_CODE.contains(page.toString())) {
                assertThat(TEST_CLASS.matcher(page.text()).results().map(m -> m.group()))
                        .as("%s", page)
                        .isEmpty();
            }
        }
    }

    @Test
    void theDependencyBlockOfTheReadmeHasTheVersionsOfTheBuild() throws IOException {
        String build = Repository.text("pom.xml");
        assertThat(VERSION.matcher(Repository.text("README.md")).results().map(m -> m.group(1)))
                .hasSize(4)
                .allMatch(version -> build.contains(">" + version + "<"));
    }

    @Test
    void thePageOfDependenciesHasTheVersionsOfTheProfileOverrides() throws IOException {
        String build = Repository.text("src/dl4j/pom.xml");
        String profile = build.substring(build.indexOf("<id>overrides</id>"));
        List<String> rows = Repository.text("docs/dependencies.md").lines().toList();
        List<MatchResult> overridden = OVERRIDDEN.matcher(profile).results().toList();

        assertThat(overridden).hasSize(6);
        for (MatchResult library : overridden) {
            assertThat(rows)
                    .as(library.group(1))
                    .anyMatch(row -> row.startsWith("| " + library.group(1) + " |")
                            && row.endsWith("| " + library.group(2) + " |"));
        }
    }

    @Test
    void theProgramsAndProfilesThatPagesNameAreThere() throws IOException {
        Set<String> classes = classes();
        String poms =
                Repository.text("pom.xml") + Repository.text("src/dl4j/pom.xml") + Repository.text("src/cli/pom.xml");
        for (Page page : Page.all()) {
            assertThat(PROGRAM.matcher(page.text()).results().map(m -> m.group(1)))
                    .as("%s", page)
                    .allMatch(classes::contains);
            assertThat(PROFILE.matcher(page.text()).results().map(m -> m.group(1)))
                    .as("%s", page)
                    .allMatch(profile -> poms.contains("<id>" + profile + "</id>"));
        }
    }

    /** Column 2 is our place, column 3 our test. */
    @Test
    void thePlacesAndTestsOfEveryTrapAreThere() throws IOException {
        Set<String> classes = classes();
        for (String row : Repository.text("docs/upstream.md").lines().toList()) {
            String[] cells = row.split("\\|", -1);
            if (cells.length > 3) {
                for (String cell : List.of(cells[2], cells[3])) {
                    assertThat(CLASS_NAME.matcher(cell).results().map(m -> m.group(1)))
                            .as(row)
                            .allMatch(name -> classes.contains(name) || name.equals("ExternalErrorsFunction"));
                }
            }
        }
    }

    private static Set<String> classes() throws IOException {
        try (Stream<Path> files = Files.walk(Repository.path("src"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }
}
