package io.github.qrreduction.documentation;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown page of the repository: its snippets, its links, and the anchors that others may link to. */
record Page(Path file, String text) {

    /** Code in fences, also of a list's item. */
    private static final Pattern FENCED = Pattern.compile("(?m)^ *```.*?^ *```", Pattern.DOTALL);

    private static final Pattern INLINE_CODE = Pattern.compile("`[^`\n]*`");
    private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    /** The pages that users and contributors read, by their folders. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        for (String folder : List.of("", "docs", "notebooks", "notebooks/data")) {
            try (Stream<Path> files = Files.list(Repository.path(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(file -> pages.add(of(file)));
            }
        }
        return pages;
    }

    private static Page of(Path file) {
        try {
            return new Page(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Snippet> snippets() {
        return Snippet.in(this);
    }

    /** What the page links to and shows, as it is written there. */
    List<String> links() {
        String prose = INLINE_CODE
                .matcher(COMMENT.matcher(FENCED.matcher(text).replaceAll("")).replaceAll(""))
                .replaceAll("code");
        return LINK.matcher(prose).results().map(link -> link.group(1)).toList();
    }

    /** The anchors that GitHub gives to the headings: lower case, hyphens for spaces, other punctuation left out. */
    List<String> anchors() {
        Matcher headings = HEADING.matcher(FENCED.matcher(text).replaceAll(""));
        return headings.results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    /** By the path from the repository's root. */
    @Override
    public String toString() {
        return Repository.path("").relativize(file).toString().replace('\\', '/');
    }
}
