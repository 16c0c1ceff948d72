package io.github.qrreduction.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code qr-reduce}.
 *
 * <p>Exit codes: 0 for success, 1 where a file or its content is refused, 2 for options that make no sense. Errors are
 * one line on standard error that says what to do.
 */
@Command(
        name = "qr-reduce",
        description = "Fewer numbers for vectors.",
        subcommands = {Report.class, Fit.class, Apply.class, Export.class, Inspect.class, Completion.class},
        mixinStandardHelpOptions = true,
        versionProvider = QrReduce.Version.class,
        scope = CommandLine.ScopeType.INHERIT,
        footer = {
            "",
            "Examples:",
            "  qr-reduce fit vectors.npy -k 16 --method pca -o r.safetensors",
            "  qr-reduce apply r.safetensors vectors.npy -o small.npy"
        })
public final class QrReduce implements Runnable {

    /** Of the help: examples stand in one line. */
    private static final int WIDTH = 100;

    @Spec
    private CommandSpec spec;

    private final InputStream in;
    private final OutputStream out;

    private QrReduce(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param args options and file names
     */
    public static void main(String[] args) {
        // Not System.out, which keeps failures to itself.
        System.exit(run(commandLine(System.in, new FileOutputStream(FileDescriptor.out)), args));
    }

    /**
     * The command.
     *
     * @param in standard input, for vectors
     * @param out standard output, for vectors
     */
    static CommandLine commandLine(InputStream in, OutputStream out) {
        return new CommandLine(new QrReduce(in, out))
                .setUsageHelpWidth(WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(QrReduce::badOptions)
                .setExecutionExceptionHandler((e, line, parsed) -> failed(e, line));
    }

    /** The command that another one belongs to. */
    static QrReduce of(CommandSpec spec) {
        return (QrReduce) spec.root().userObject();
    }

    /** Without a command. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected a command, got none");
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
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
        String message = e.getMessage().replaceFirst("^Error: ", "");
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            message += "; did you mean " + unmatched.getSuggestions().get(0) + "?";
        }
        complain(line, message + " (" + line.getCommandSpec().qualifiedName() + " --help shows the options)");
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
