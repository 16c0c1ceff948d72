package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.ReductionFile;
import io.github.qrreduction.vectors.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a saved reduction is. */
@Command(
        name = "inspect",
        description = "Says what a saved reduction is: its sizes, its type, what it holds, what made it.",
        footer = {"", "Example:", "  qr-reduce inspect components.npz"})
final class Inspect implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A reduction: .npy, .npz or .safetensors.")
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
        reduction.metadata().forEach((key, value) -> out.println(key + ": " + value));
        out.flush();
        return 0;
    }
}
