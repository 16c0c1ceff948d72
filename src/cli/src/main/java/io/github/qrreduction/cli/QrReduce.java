package io.github.qrreduction.cli;

import java.io.PrintWriter;
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
        subcommands = {Report.class, Fit.class, Apply.class, Inspect.class, Completion.class},
        mixinStandardHelpOptions = true,
        versionProvider = QrReduce.Version.class,
        scope = CommandLine.ScopeType.INHERIT,
        footer = {"", "Example:", "  qr-reduce inspect r.safetensors"})
public final class QrReduce {

    /** Of the help: examples stand in one line. */
    private static final int WIDTH = 100;

    private QrReduce() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param args options and file names
     */
    public static void main(String[] args) {
        System.exit(run(commandLine(), args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new QrReduce())
                .setUsageHelpWidth(WIDTH)
                .setParameterExceptionHandler(QrReduce::badOptions)
                .setExecutionExceptionHandler((e, line, parsed) -> failed(e, line));
    }

    /** Errors of the JVM, memory that ran out for one, pass by picocli's handlers. */
    static int run(CommandLine line, String... args) {
        try {
            return line.execute(args);
        } catch (Error e) {
            return failed(e, line);
        }
    }

    private static int badOptions(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        complain(line, e.getMessage() + " (" + line.getCommandSpec().qualifiedName() + " --help shows the options)");
        return CommandLine.ExitCode.USAGE;
    }

    static int failed(Throwable e, CommandLine line) {
        Failure.line(e).ifPresent(message -> complain(line, message));
        if (Boolean.getBoolean(Failure.TRACE)) {
            e.printStackTrace(line.getErr());
            line.getErr().flush();
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
            return new String[] {"qr-reduce " + number()};
        }

        static String number() {
            String version = QrReduce.class.getPackage().getImplementationVersion();
            return version == null ? "(not from a jar)" : version;
        }
    }
}
