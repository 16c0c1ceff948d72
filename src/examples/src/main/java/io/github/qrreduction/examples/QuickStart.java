package io.github.qrreduction.examples;

import io.github.qrreduction.QRReductionLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The first program to run: reduces handwritten digits from 64 pixels to 16 numbers with a {@link QRReductionLayer}
 * that is trained together with a classifier, and compares it with DL4J's own layers.
 *
 * <p>Exit codes: 0; 1 if training diverged or a picture could not be written; 2 for options that make no sense.
 */
@Command(
        name = "QuickStart",
        description = "Trains a QRReductionLayer on handwritten digits and compares it with DL4J's own layers.%n",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class QuickStart implements Callable<Integer> {

    @Option(
            names = "--components",
            paramLabel = "N",
            defaultValue = "16",
            description = "Numbers that 64 pixels are reduced to, 2 to 64 (default: ${DEFAULT-VALUE}).")
    private int components;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "40",
            description = "Passes over the training digits, 1 to 10000 (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.2",
            description = "Learning rate of SGD, above 0 (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "target/quickstart",
            description = "Folder for the pictures, made if need be (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    private final Runnable beforeTraining;

    private QuickStart(Runnable beforeTraining) {
        this.beforeTraining = beforeTraining;
    }

    /** Runs the command; the JVM exits with its code unless that is 0. */
    public static void main(String[] args) {
        // Pictures are drawn into files, so no display is needed.
        System.setProperty("java.awt.headless", "true");
        int code = commandLine(OneThread::use).execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /**
     * The command, with errors that are one sentence instead of a stack trace.
     *
     * @param beforeTraining prepares the process, once the options are known to be good
     */
    static CommandLine commandLine(Runnable beforeTraining) {
        return new CommandLine(new QuickStart(beforeTraining)).setParameterExceptionHandler((e, args) -> {
            e.getCommandLine().getErr().println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        });
    }

    @Override
    public Integer call() {
        checkOptions();
        try {
            run(new Report(spec.commandLine().getOut()));
            return CommandLine.ExitCode.OK;
        } catch (ArithmeticException e) {
            spec.commandLine().getErr().println(e.getMessage());
        } catch (IOException e) {
            spec.commandLine().getErr().println("the pictures could not be written: " + e.getMessage());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void run(Report report) throws IOException {
        report.configuration(components, epochs, learningRate);
        beforeTraining.run();

        Digits digits = Digits.load();
        Training training = new Training(digits, epochs, learningRate, Progress.onTerminalOr(report.out()));
        TrainedNetwork reduced = training.train(
                "QRReductionLayer",
                new QRReductionLayer.Builder()
                        .nIn(Digits.PIXELS)
                        .nOut(components)
                        .build(),
                classifier(components));
        TrainedNetwork dense = training.train(
                "DenseLayer",
                new DenseLayer.Builder()
                        .nIn(Digits.PIXELS)
                        .nOut(components)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build(),
                classifier(components));
        TrainedNetwork direct = training.train("All 64 pixels", classifier(Digits.PIXELS));
        List<TrainedNetwork> all = List.of(reduced, dense, direct);

        INDArray x = digits.test().getFeatures();
        INDArray z = reduced.network().feedForwardToLayer(0, x).get(1);
        report.results(x, z, all);

        Path lossPicture = output.resolve("loss.png");
        Path reductionPicture = output.resolve("digits.png");
        LossPicture.write(all, lossPicture);
        ReductionPicture.write(z, digits.test().getLabels().argMax(1).toIntVector(), reductionPicture);
        report.pictures(lossPicture, reductionPicture);
        report.whatNext();
    }

    private static OutputLayer classifier(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(Digits.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private void checkOptions() {
        require(
                components >= 2 && components <= Digits.PIXELS,
                "--components must be between 2 and 64, got " + components);
        require(epochs >= 1 && epochs <= 10_000, "--epochs must be between 1 and 10000, got " + epochs);
        require(
                learningRate > 0 && Double.isFinite(learningRate),
                "--learning-rate must be above 0 and finite, got " + learningRate);
        try {
            Files.createDirectories(output);
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(), "--output must be a folder that can be written to, got " + output);
        }
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
