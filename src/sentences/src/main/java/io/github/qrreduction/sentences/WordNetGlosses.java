package io.github.qrreduction.sentences;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The definitions of WordNet's senses: short English sentences without names of the words that they define. They are
 * read from the files {@code data.noun}, {@code data.verb}, {@code data.adj} and {@code data.adv} in the format wndb(5WN):
 * after the bar stands the gloss, which is a definition and often examples in quotes.
 *
 * <p>Definitions of fewer than {@value #LEAST_WORDS} words are left out, as are repetitions.
 */
final class WordNetGlosses {

    private static final List<String> FILES = List.of("data.noun", "data.verb", "data.adj", "data.adv");
    private static final int LEAST_WORDS = 3;

    private WordNetGlosses() {}

    /**
     * Reads all definitions.
     *
     * @param folder with WordNet's files
     * @param seed of the order, which is random
     * @return the definitions, each once
     */
    static List<String> read(Path folder, long seed) throws IOException {
        Set<String> definitions = new LinkedHashSet<>();
        for (String name : FILES) {
            Path file = folder.resolve(name);
            try {
                for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                    String definition = definition(line);
                    if (definition.split(" +").length >= LEAST_WORDS) {
                        definitions.add(definition);
                    }
                }
            } catch (NoSuchFileException e) {
                throw new NoSuchFileException(
                        file.toString(),
                        null,
                        "expected WordNet's files data.noun, data.verb, data.adj and data.adv there (on Debian:"
                                + " apt-get install wordnet-base; then /usr/share/wordnet), got none");
            }
        }
        List<String> shuffled = new ArrayList<>(definitions);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }

    /** Of a line of a data file; empty for lines of the licence at its head, which begin with blanks. */
    static String definition(String line) {
        int bar = line.indexOf(" | ");
        if (line.startsWith("  ") || bar < 0) {
            return "";
        }
        String gloss = line.substring(bar + 3).strip();
        int examples = gloss.indexOf("; \"");
        String definition = examples < 0 ? gloss : gloss.substring(0, examples);
        return definition.replaceAll("[;:,\\s]+$", "");
    }
}
