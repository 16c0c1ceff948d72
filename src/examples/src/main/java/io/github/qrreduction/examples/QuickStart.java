package io.github.qrreduction.examples;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.QRReductionLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The first program to run: handwritten digits, 64 pixels each, become a few numbers, from which a classifier tells
 * them apart. Three networks start from the same principal components: one keeps them as they are, one trains them and
 * keeps them orthonormal (a {@link QRReductionLayer} with {@link Orthonormality#RETRACTION}), one trains them freely
 * (DL4J's DenseLayer). A fourth sees all pixels.
 */
@Command(
        name = "QuickStart",
        description = "Reduces handwritten digits to a few numbers: by PCA, by a QRReductionLayer, by a DenseLayer.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class QuickStart implements Callable<Integer> {

    private static final int BATCH = 32;
    private static final double LEARNING_RATE = 0.01;
    private static final long SEED = 42;

    @Option(
            names = "--components",
            paramLabel = "N",
            defaultValue = "4",
            description = "Numbers that 64 pixels become, 2 to 64 (default: ${DEFAULT-VALUE}).")
    private int components;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "40",
            description = "Passes over the digits, 1 to 10000 (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "target/quickstart",
            description = "Folder for the picture, made if need be (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    /** Runs the program; {@code --help} lists its options. */
    public static void main(String[] args) {
        Program.main(new QuickStart(), args);
    }

    @Override
    public Integer call() throws IOException {
        Program.require(
                spec, components >= 2 && components <= Digits.PIXELS, "--components", "between 2 and 64", components);
        Program.require(spec, epochs >= 1 && epochs <= 10_000, "--epochs", "between 1 and 10000", epochs);
        Program.makeFolder(spec, "--output", output);
        print("Handwritten digits: %d pixels -> %d numbers -> 10 classes%n", Digits.PIXELS, components);
        print(
                "1437 digits to train on, 360 to test on; Adam(%s), %d %s%n%n",
                LEARNING_RATE, epochs, epochs == 1 ? "epoch" : "epochs");

        Digits digits = Digits.load();
        PrincipalComponents pca = PrincipalComponents.fit(digits.train().getFeatures(), components);
        QRReductionLayer orthonormal = new QRReductionLayer.Builder()
                .nIn(Digits.PIXELS)
                .nOut(components)
                .orthonormality(Orthonormality.RETRACTION)
                .build();
        DenseLayer free = new DenseLayer.Builder()
                .nIn(Digits.PIXELS)
                .nOut(components)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();

        Map<String, MultiLayerNetwork> networks = new LinkedHashMap<>();
        networks.put("PCA", network(new FrozenLayer(orthonormal.clone()), classifier(components)));
        networks.put("QRReductionLayer", network(orthonormal, classifier(components)));
        networks.put("DenseLayer", network(free, classifier(components)));
        networks.values().forEach(net -> pca.copyTo(net, 0)); // one start for all three
        networks.put("All 64 pixels", network(classifier(Digits.PIXELS)));
        train(networks, digits.trainBatches(BATCH));

        report(networks, digits);

        Path picture = output.resolve("digits.png");
        Chart.save(
                picture,
                scatter("PCA", networks.get("PCA"), digits),
                scatter("QRReductionLayer", networks.get("QRReductionLayer"), digits));
        print("%nPicture: %s%n", picture);
        return 0;
    }

    private static OutputLayer classifier(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(Digits.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerNetwork network(Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .updater(new Adam(LEARNING_RATE))
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private void train(Map<String, MultiLayerNetwork> networks, DataSetIterator batches) {
        try (ProgressBar bar = Program.progress("Training", (long) epochs * networks.size(), "epochs")) {
            for (MultiLayerNetwork net : networks.values()) {
                for (int epoch = 0; epoch < epochs; epoch++) {
                    net.fit(batches);
                    bar.step();
                }
            }
        }
    }

    private void report(Map<String, MultiLayerNetwork> networks, Digits digits) {
        print("%-18s%12s%16s%16s%18s%n", "", "classifier", "nearest digit", "variance kept", "||Q Q^T - I||");
        networks.forEach((name, net) -> {
            Components c = reduction(net);
            print(
                    "%-18s%10.1f %%%14.1f %%%14.1f %%%18.1e%n",
                    name,
                    100 * net.evaluate(digits.testBatches(BATCH)).accuracy(),
                    100 * nearestDigit(c, digits.train(), digits.test()),
                    100
                            * Arrays.stream(c.explainedVariance(digits.testBatches(BATCH))
                                            .ratio())
                                    .sum(),
                    c.orthonormalityError());
        });
        print("%nclassifier       test digits that the network names rightly; one digit is 0.3 %%%n");
        print("nearest digit    test digits whose nearest training digit, by these numbers, is of the same class%n");
        print("variance kept    share of the pixels' variance that the numbers hold%n");
        print("||Q Q^T - I||    orthonormality error; with 0, a step of 1 in these numbers is a step of 1 in pixels%n");
    }

    /** What a network sees of a digit: its first layer's components, or all pixels. */
    private static Components reduction(MultiLayerNetwork net) {
        return net.getnLayers() == 1 ? Components.of(Nd4j.eye(Digits.PIXELS)) : Components.of(net, 0);
    }

    /** The share of the test digits whose nearest training digit, after the reduction, is of their own class. */
    private static double nearestDigit(Components c, DataSet train, DataSet test) {
        INDArray z = c.transform(train.getFeatures());
        INDArray queries = c.transform(test.getFeatures());
        int[] classes = Digits.classes(train);
        int[] expected = Digits.classes(test);
        int right = 0;
        for (int i = 0; i < expected.length; i++) {
            INDArray distances = z.subRowVector(queries.getRow(i)).norm2(1);
            if (classes[Nd4j.argMin(distances).getInt(0)] == expected[i]) {
                right++;
            }
        }
        return (double) right / expected.length;
    }

    /** The test digits in the plane in which the reduced training digits vary most. */
    private Chart scatter(String name, MultiLayerNetwork net, Digits digits) {
        Components plane = reduction(net)
                .rotatedToPrincipalAxes(digits.trainBatches(BATCH))
                .truncate(2);
        double[][] z = plane.transform(digits.test().getFeatures()).toDoubleMatrix();
        String title = name + ": " + components + " numbers, first two principal axes";
        return new Chart(title, "", "", 660, 600).digits(z, Digits.classes(digits.test()));
    }

    private void print(String format, Object... args) {
        spec.commandLine().getOut().printf(Locale.ROOT, format, args).flush();
    }
}
