package io.github.qrreduction.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What QuickStart prints.
 *
 * @param out where to
 */
record Report(PrintWriter out) {

    void configuration(int components, int epochs, double learningRate) {
        print("QR reduction for Deeplearning4j: quick start%n%n");
        line("Data", "1797 handwritten digits of 8 x 8 pixels, 1437 to train on, 360 to test on");
        line(
                "Network",
                "QRReductionLayer(%1$d -> %2$d) + OutputLayer(%2$d -> %3$d, softmax, MCXENT)",
                Digits.PIXELS,
                components,
                Digits.CLASSES);
        line(
                "Training",
                "Sgd(learning rate %s), %d epochs, batches of %d, seed %d",
                learningRate,
                epochs,
                Training.BATCH,
                Training.SEED);
        line(
                "Compared with",
                "DenseLayer(%d, no bias, identity) in its place, and OutputLayer on all 64 pixels",
                components);
        print("%n");
        out.flush();
    }

    void results(INDArray input, INDArray reduced, List<TrainedNetwork> networks) {
        TrainedNetwork first = networks.get(0);
        print("%n");
        line(
                "Reduced output",
                "%s -> %s, the test digits",
                Arrays.toString(input.shape()),
                Arrays.toString(reduced.shape()));
        line(
                "Loss",
                "%.4f after epoch 1, %.4f after epoch %d, on the training digits",
                first.firstLoss(),
                first.lastLoss(),
                first.losses().length);
        print("%n%-18s%12s%14s%13s%15s%n", "", "parameters", "first loss", "last loss", "test accuracy");
        for (TrainedNetwork t : networks) {
            print(
                    "%-18s%12d%14.4f%13.4f%13.1f %%%n",
                    t.name(), t.network().numParams(), t.firstLoss(), t.lastLoss(), 100 * t.testAccuracy());
        }
        print("One test digit more or less is %.1f %% of accuracy.%n", 100.0 / input.size(0));
    }

    void pictures(Path loss, Path reduction) {
        print("%n");
        line("Pictures", "%s  (loss by epoch)", loss);
        line("", "%s  (test digits in the first two learned dimensions)", reduction);
    }

    void whatNext() {
        print("%nWhat to look at next%n");
        print("  - Fewer numbers:   ./mvnw -q test-compile exec:java -Dexec.args=\"--components 4\"%n");
        print("  - The code:        src/examples/java/io/github/qrreduction/examples/QuickStart.java%n");
        print("  - Your own data:   README.md has the layer in twenty lines, and all its options%n");
        out.flush();
    }

    private void line(String label, String format, Object... args) {
        print("%-18s%s%n", label, String.format(Locale.ROOT, format, args));
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
