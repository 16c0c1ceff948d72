package io.github.qrreduction.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What is read must not be replaced by what is written. */
final class Inputs {

    private Inputs() {}

    /**
     * Refuses an output that is an input, by whatever names.
     *
     * @param output null for standard output
     * @param input null for standard input
     */
    static void requireOther(CommandSpec spec, Path output, Path input) throws IOException {
        if (output != null && input != null && Files.exists(output) && Files.isSameFile(output, input)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected an output that is no input, got " + output + " for both; name another file");
        }
    }
}
