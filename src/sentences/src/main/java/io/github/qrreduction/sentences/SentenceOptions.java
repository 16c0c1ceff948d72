package io.github.qrreduction.sentences;

import io.github.qrreduction.examples.NamedVectors;
import io.github.qrreduction.examples.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which sentences, and which model; the same for both programs. */
final class SentenceOptions {

    private static final int MOST = 1_000_000;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "minilm",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private SentenceModel model;

    @Option(
            names = "--sentences",
            paramLabel = "FILE",
            description =
                    "Text in UTF-8, one sentence a line (default: 5000 definitions of WordNet, which come along).")
    private Path sentences;

    @Option(
            names = "--wordnet",
            paramLabel = "DIR",
            description = "WordNet's folder, such as /usr/share/wordnet: all its definitions, in random order.")
    private Path wordnet;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "" + MOST,
            description = "The first N sentences only (default: all).")
    private int count;

    @Option(
            names = "--shuffle",
            paramLabel = "SEED",
            defaultValue = "42",
            description = "Seed of the order of WordNet's definitions (default: ${DEFAULT-VALUE}).")
    private long seed;

    private List<String> kinds = List.of();

    void check(CommandSpec spec) {
        Program.require(spec, count >= 1 && count <= MOST, "--count", "between 1 and " + MOST, count);
        Program.require(
                spec,
                sentences == null || wordnet == null,
                "--sentences",
                "left out where --wordnet is given",
                sentences);
    }

    SentenceModel model() {
        return model;
    }

    List<String> read() throws IOException {
        List<String> all;
        if (wordnet != null) {
            List<WordNetGlosses.Gloss> glosses = WordNetGlosses.read(wordnet, seed);
            kinds = glosses.stream()
                    .map(WordNetGlosses.Gloss::kind)
                    .limit(count)
                    .toList();
            all = glosses.stream().map(WordNetGlosses.Gloss::text).toList();
        } else if (sentences != null) {
            all = Files.readAllLines(sentences).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
        } else {
            all = NamedVectors.glosses().names();
        }
        return all.subList(0, Math.min(count, all.size()));
    }

    /** What the definitions that were read from WordNet define; of other sentences empty. */
    List<String> kinds() {
        return kinds;
    }

    float[][] embed(List<String> texts) {
        try (ProgressBar bar = Program.progress("Embedding", texts.size(), "sentences")) {
            return model.passages(texts, bar::stepTo);
        }
    }
}
