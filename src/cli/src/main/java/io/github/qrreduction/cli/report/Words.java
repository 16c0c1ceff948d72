package io.github.qrreduction.cli.report;

import io.github.qrreduction.compare.Comparison;
import io.github.qrreduction.compare.ComparisonRow;
import io.github.qrreduction.compare.ReductionMethod;
import io.github.qrreduction.compare.Storage;
import io.github.qrreduction.compare.VectorSample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a comparison says in sentences, the same in the table and on the page. */
final class Words {
    private static final int FEW = 2000;

    private final Comparison comparison;
    private final String argument;
    private final double recall;

    Words(Comparison comparison, String argument, double recall) {
        this.comparison = comparison;
        this.argument = argument;
        this.recall = recall;
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** As it was given: 95 %, 97.5 %. */
    private String wanted() {
        return trimmed(100 * recall, 2) + " %";
    }

    /** Without zeros behind the point. */
    private static String trimmed(double value, int digits) {
        String text = String.format(Locale.ROOT, "%." + digits + "f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    /** What was measured on what. */
    String measured(String source) {
        VectorSample sample = comparison.sample();
        String of = sample.size() == sample.total()
                ? "all of them"
                : "a sample of " + sample.size() + " of " + sample.total();
        return source + ": " + sample.total() + " vectors of " + sample.dimension()
                + " numbers. Measured on " + of + ": reductions were fitted to " + comparison.fitted() + ", and "
                + comparison.heldOut().length + " that they have not seen were searched"
                + (comparison.seeds() > 1 ? "; mean of " + comparison.seeds() + " such splits." : ".");
    }

    /** The recommendation for a search by reduced vectors alone. */
    String recommendation() {
        return comparison
                .smallest(recall)
                .map(row -> "For a recall@10 of at least " + wanted() + ", the smallest is " + way(row) + ": "
                        + smaller(row) + ", recall " + percent(row.recall()) + ".")
                .orElseGet(() -> none(Comparator.comparingDouble(ComparisonRow::recall), false));
    }

    /** The recommendation where full vectors are at hand to score again. */
    String rescored() {
        int candidates = comparison.candidates();
        Optional<ComparisonRow> row = comparison.smallestRescored(recall);
        return row.map(r -> "If the best " + candidates + " are scored again with the full vectors, " + way(r)
                        + " is enough: " + smaller(r) + ", recall " + percent(r.rescored()) + ".")
                .orElseGet(() -> none(Comparator.comparingDouble(ComparisonRow::rescored), true));
    }

    /** What to do next: by reduced vectors alone if a smaller size reaches the recall, else scored again. */
    Optional<ComparisonRow> chosen() {
        return comparison
                .smallest(recall)
                .filter(this::reduces)
                .or(() -> comparison.smallestRescored(recall).filter(this::reduces));
    }

    /** Whether {@link #chosen} is that of {@link #rescored}. */
    boolean choosesRescored() {
        return chosen().isPresent()
                && comparison.smallest(recall).filter(this::reduces).isEmpty();
    }

    boolean reduces(ComparisonRow row) {
        return row.size() < comparison.sample().dimension();
    }

    Optional<String> next() {
        return chosen().map(row -> "Next, for " + row.method() + " to " + row.size() + " numbers");
    }

    /** That make the vectors which {@link #chosen} names. */
    List<String> commands() {
        return chosen().map(row -> List.of(
                        "qr-reduce fit " + argument + " -k " + row.size() + " --method " + row.method()
                                + " -o r.safetensors",
                        "qr-reduce apply r.safetensors " + argument + " -o small.npy"))
                .orElse(List.of());
    }

    /** What the commands do not do. */
    Optional<String> quantisation() {
        return chosen().or(() -> comparison.smallestRescored(recall)).flatMap(row -> switch (row.storage()) {
            case FLOAT32 -> Optional.empty();
            case INT8 -> Optional.of("Your store's scalar quantisation makes the int8.");
            case BIT, BIT_UNROTATED ->
                Optional.of("Your store's binary quantisation makes the bit, once a program in Java has rotated the"
                        + " vectors: see docs/command.md.");
        });
    }

    private String none(Comparator<ComparisonRow> order, boolean rescored) {
        ComparisonRow best = comparison.rows().stream()
                .filter(r -> r.storage() != Storage.BIT_UNROTATED)
                .max(order)
                .orElseThrow();
        return (rescored ? "Even if the best " + comparison.candidates() + " are scored again, nothing" : "Nothing")
                + " that was measured reaches " + wanted() + "; the nearest is " + way(best) + ", with "
                + percent(rescored ? best.rescored() : best.recall()) + ".";
    }

    /** Such as "pca-uncentred to 64 numbers, int8". */
    private String way(ComparisonRow row) {
        boolean whole = row.size() == comparison.sample().dimension() && row.method() == ReductionMethod.TRUNCATION;
        return (whole ? "all " + row.size() : row.method() + " to " + row.size()) + " numbers as " + row.storage();
    }

    private String smaller(ComparisonRow row) {
        int full = Storage.FLOAT32.bytes(comparison.sample().dimension());
        return row.bytes() + (row.bytes() == 1 ? " byte" : " bytes") + " a vector instead of " + full
                + (row.bytes() < full ? " (" + trimmed(full / (double) row.bytes(), 1) + " times smaller)" : "");
    }

    String meaning() {
        return "recall@10: of a vector's true ten nearest by cosine, the share among the ten found by reduced vectors. "
                + "rescored: their share among the best " + comparison.candidates()
                + " found, which a search gets by fetching those full vectors and scoring them again. The query is "
                + "float32; storage is what is kept of each vector.";
    }

    List<String> notes() {
        VectorSample sample = comparison.sample();
        List<String> notes = new ArrayList<>(comparison.notes());
        if (sample.zeros() > 0) {
            notes.add(sample.zeros() + (sample.zeros() == 1 ? " vector" : " vectors")
                    + " of zeros left out: they have no direction.");
        }
        if (comparison.heldOut().length < FEW) {
            notes.add("Few vectors were searched: expect differences of some points by chance.");
        }
        if (sample.total() > sample.size()) {
            notes.add("In all " + sample.total() + " vectors neighbours lie closer together, so recall is lower "
                    + "than in the sample; the order of the methods is what to look at.");
        }
        return notes;
    }
}
