package io.github.qrreduction.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What EmbeddingCompression prints.
 *
 * @param out where to
 */
record CompressionReport(PrintWriter out) {

    void configuration(int words, int heldOut, int components, int seeds, NeighbourTraining training) {
        print("QR reduction for Deeplearning4j: smaller word vectors%n%n");
        line(
                "Data",
                "GloVe vectors of %d frequent words, %d to train on, %d held out by each seed",
                words,
                words - heldOut,
                heldOut);
        line(
                "Network",
                "QRReductionLayer(%d -> %d, RETRACTION) + LossLayer(LossSimilarity, temperature %s)",
                WordVectors.SIZE,
                components,
                training.temperature());
        line(
                "Training",
                "Adam(learning rate %s, falling to %s), %d steps, batches of %d, from uncentred PCA, %d %s",
                NeighbourTraining.LEARNING_RATE,
                NeighbourTraining.LAST_RATE,
                training.steps(),
                NeighbourTraining.BATCH,
                seeds,
                seeds == 1 ? "seed" : "seeds");
        line("Search", "Lucene's vector index, by cosine");
        print("%n");
        out.flush();
    }

    void results(RecallTable table, double trainingSeconds) {
        print("%nRecall@10: the share of a held-out word's ten nearest held-out words that are among its ten nearest%n"
                + "after the reduction, in %%%n%n");
        print("%-20s%8s", "", "mean");
        for (int seed = 1; seed <= table.gains().length; seed++) {
            print("%8s", "seed " + seed);
        }
        print("%n");
        table.methods().forEach(method -> row(method, table.of(method)));
        row("Gain over best PCA", table.gains());
        print("%n");
        line("Time", "%.0f s of training in all", trainingSeconds);
    }

    private void row(String name, double[] shares) {
        print("%-20s%8.1f", name, 100 * Arrays.stream(shares).average().orElseThrow());
        Arrays.stream(shares).forEach(s -> print("%8.1f", 100 * s));
        print("%n");
    }

    void wordsTitle() {
        print("%nSome held-out words with their nearest of all words; those after a reduction that were not among the%n"
                + "ten before are in brackets%n");
    }

    void neighbours(String word, String method, List<String> before, List<String> now) {
        String list =
                now.stream().map(w -> before.contains(w) ? w : "(" + w + ")").collect(Collectors.joining(" "));
        print("%-12s%-10s%s%n", word, method, list);
    }

    void picture(Path file) {
        print("%n");
        line("Picture", "%s", file);
        out.flush();
    }

    void blank() {
        print("%n");
    }

    private void line(String label, String format, Object... args) {
        print("%-12s%s%n", label, String.format(Locale.ROOT, format, args));
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
