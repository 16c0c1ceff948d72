package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.ReductionFile;
import io.github.qrreduction.vectors.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a saved reduction is. */
@Command(
        name = "inspect",
        description = "Says what a saved reduction is: its sizes, its type, what it holds, what made it.",
        footer = {"", "Example:", "  qr-reduce inspect r.safetensors"})
final class Inspect implements Callable<Integer> {

    /** Entries whose last digits say nothing. */
    private static final Set<String> MEASURED = Set.of("temperature", "reducedTemperature", "startLoss", "loss");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "A reduction: .safetensors, .npz or .npy.")
    private Path file;

    @Override
    public Integer call() throws IOException {
        ReductionFile reduction = ReductionFile.load(file);
        Tensor matrix = reduction.matrix();
        PrintWriter out = spec.commandLine().getOut();
        out.println("reduces    " + matrix.size(1) + " numbers to " + matrix.size(0));
        out.println("type       " + matrix.type());
        out.println("bias       " + (reduction.bias().isPresent() ? "yes" : "no"));
        out.println("mean       " + (reduction.mean().isPresent() ? "yes" : "no"));
        if (reduction.normalizesBefore()) {
            out.println("unit length before");
        }
        if (reduction.normalizesAfter()) {
            out.println("unit length after");
        }
        out.println(String.format(Locale.ROOT, "orthonormality error %.1e", orthonormalityError(matrix)));
        reduction
                .metadata()
                .forEach((key, value) -> out.println(key + ": " + (MEASURED.contains(key) ? rounded(value) : value)));
        out.flush();
        return 0;
    }

    private static String rounded(String value) {
        try {
            return new BigDecimal(value).round(new MathContext(4)).toPlainString();
        } catch (NumberFormatException e) {
            return value;
        }
    }

    /** ||QQ^T - I||_F, in float64 and on all cores: 0 for orthonormal components. */
    private static double orthonormalityError(Tensor matrix) {
        int n = matrix.size(1);
        double[] values = matrix.doubles();
        double[][] rows = new double[matrix.size(0)][];
        Arrays.setAll(rows, j -> Arrays.copyOfRange(values, j * n, (j + 1) * n));
        double squares = IntStream.range(0, rows.length)
                .parallel()
                .mapToDouble(i -> {
                    double sum = square(dot(rows[i], rows[i]) - 1);
                    for (int j = 0; j < i; j++) {
                        sum += 2 * square(dot(rows[i], rows[j]));
                    }
                    return sum;
                })
                .sum();
        return Math.sqrt(squares);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double square(double value) {
        return value * value;
    }
}
