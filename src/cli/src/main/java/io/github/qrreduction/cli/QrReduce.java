package io.github.qrreduction.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * The command {@code qr-reduce}.
 *
 * <p>Exit codes: 0 for success, 1 where a file or its content is refused, 2 for options that make no sense. Errors are
 * one line on standard error that says what to do.
 */
@Command(
        name = "qr-reduce",
        description = "Fewer numbers for vectors.",
        subcommands = Inspect.class,
        mixinStandardHelpOptions = true,
        versionProvider = QrReduce.Version.class,
        footer = {"", "Example:", "  qr-reduce inspect components.npz"})
public final class QrReduce {

    private QrReduce() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param args options and file names
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new QrReduce())
                .setParameterExceptionHandler(QrReduce::badOptions)
                .setExecutionExceptionHandler((e, line, parsed) -> failed(e, line));
    }

    private static int badOptions(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        complain(line, e.getMessage() + " (" + line.getCommandSpec().qualifiedName() + " --help shows the options)");
        return CommandLine.ExitCode.USAGE;
    }

    /** What is not the user's matter is thrown on, with its stack trace. */
    static int failed(Exception e, CommandLine line) throws Exception {
        if (e instanceof AccessDeniedException denied && denied.getReason() == null) {
            complain(line, denied.getFile() + ": expected a file that may be read, access is denied");
        } else if (e instanceof IOException || e instanceof IllegalArgumentException) {
            complain(line, e.getMessage());
        } else {
            throw e;
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static void complain(CommandLine line, String message) {
        PrintWriter err = line.getErr();
        err.println("qr-reduce: " + message.replaceAll("\\s*\\R\\s*", " "));
        err.flush();
    }

    /** The version of the jar. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = QrReduce.class.getPackage().getImplementationVersion();
            return new String[] {"qr-reduce " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
