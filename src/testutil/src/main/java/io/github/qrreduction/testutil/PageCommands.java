package io.github.qrreduction.testutil;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands that the pages tell a reader to type. */
public final class PageCommands {
    private static final String ARGUMENTS = "[^\"]*?=\"([^\"]*)\"";

    private PageCommands() {}

    /** The arguments of each run of an example, by its simple name. */
    public static List<String[]> ofExample(String program) throws IOException {
        return all("-Dexample=[\\w.]*\\." + program + "\\b[^`\"]*?-Dexec\\.args" + ARGUMENTS);
    }

    /** The arguments of each run of the benchmarks. */
    public static List<String[]> ofBenchmarks() throws IOException {
        return all("exec:exec(?:(?!benchmark\\.main)[^`\"])*?-Dbenchmark\\.args" + ARGUMENTS);
    }

    private static List<String[]> all(String command) throws IOException {
        Pattern pattern = Pattern.compile(command);
        List<String[]> found = new ArrayList<>();
        for (String folder : List.of("", "docs")) {
            try (Stream<Path> files = Files.list(Repository.path(folder))) {
                for (Path page : (Iterable<Path>)
                        files.filter(f -> f.toString().endsWith(".md")).sorted()::iterator) {
                    pattern.matcher(Files.readString(page))
                            .results()
                            .map(m -> m.group(1).replace("\\\n", " ").trim().split("\\s+", -1))
                            .forEach(found::add);
                }
            }
        }
        return found;
    }
}
