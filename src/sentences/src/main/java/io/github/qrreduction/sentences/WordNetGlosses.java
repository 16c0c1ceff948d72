package io.github.qrreduction.sentences;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The definitions of WordNet's senses: short English sentences. They are read from the files {@code data.noun},
 * {@code data.verb}, {@code data.adj} and {@code data.adv} in the format wndb(5WN): after the bar stands the gloss,
 * which is a definition and often examples in quotes.
 *
 * <p>Definitions of fewer than {@value #LEAST_WORDS} words are left out, as are repetitions.
 */
final class WordNetGlosses {

    private static final List<String> FILES = List.of("data.noun", "data.verb", "data.adj", "data.adv");
    private static final int LEAST_WORDS = 3;

    /** The lexicographers' files by number, lexnames(5WN): senses are filed by what they mean. */
    private static final List<String> KINDS = List.of(
            "adj.all",
            "adj.pert",
            "adv.all",
            "noun.Tops",
            "noun.act",
            "noun.animal",
            "noun.artifact",
            "noun.attribute",
            "noun.body",
            "noun.cognition",
            "noun.communication",
            "noun.event",
            "noun.feeling",
            "noun.food",
            "noun.group",
            "noun.location",
            "noun.motive",
            "noun.object",
            "noun.person",
            "noun.phenomenon",
            "noun.plant",
            "noun.possession",
            "noun.process",
            "noun.quantity",
            "noun.relation",
            "noun.shape",
            "noun.state",
            "noun.substance",
            "noun.time",
            "verb.body",
            "verb.change",
            "verb.cognition",
            "verb.communication",
            "verb.competition",
            "verb.consumption",
            "verb.contact",
            "verb.creation",
            "verb.emotion",
            "verb.motion",
            "verb.perception",
            "verb.possession",
            "verb.social",
            "verb.stative",
            "verb.weather",
            "adj.ppl");

    /**
     * A definition.
     *
     * @param text of it
     * @param kind of what is defined, such as noun.animal
     */
    record Gloss(String text, String kind) {}

    private WordNetGlosses() {}

    /**
     * Reads all definitions.
     *
     * @param folder with WordNet's files
     * @param seed of the order, which is random
     * @return the definitions, each once
     */
    static List<Gloss> read(Path folder, long seed) throws IOException {
        Map<String, Gloss> glosses = new LinkedHashMap<>();
        for (String name : FILES) {
            Path file = folder.resolve(name);
            try {
                for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                    Gloss gloss = gloss(line);
                    if (gloss.text().split(" +").length >= LEAST_WORDS) {
                        glosses.putIfAbsent(gloss.text(), gloss);
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
        List<Gloss> shuffled = new ArrayList<>(glosses.values());
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }

    /** Of a line of a data file; empty for lines of the licence at its head, which begin with blanks. */
    private static Gloss gloss(String line) {
        int bar = line.indexOf(" | ");
        if (line.startsWith("  ") || bar < 0) {
            return new Gloss("", "");
        }
        String kind = KINDS.get(Integer.parseInt(line.split(" ", 3)[1]));
        String whole = line.substring(bar + 3).strip();
        int examples = whole.indexOf("; \"");
        String definition = examples < 0 ? whole : whole.substring(0, examples);
        return new Gloss(definition.replaceAll("[;:,\\s]+$", ""), kind);
    }
}
