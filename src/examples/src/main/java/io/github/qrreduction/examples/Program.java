package io.github.qrreduction.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the programs do in the same way: command line, errors of one sentence, progress. */
public final class Program {

    private static final int LINE = 79;

    private Program() {}

    /** Runs a program; the JVM exits with its code unless that is 0. */
    public static void main(Callable<Integer> program, String... args) {
        // Pictures are drawn into files, so no display is needed.
        System.setProperty("java.awt.headless", "true");
        int code = commandLine(program)
                .setExecutionStrategy(parsed -> {
                    if (!parsed.isUsageHelpRequested()) {
                        useOneThread();
                    }
                    return new CommandLine.RunLast().execute(parsed);
                })
                .execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** The command: exit code 0; 1 if a file could not be read or written; 2 for options that make no sense. */
    public static CommandLine commandLine(Callable<Integer> program) {
        return new CommandLine(program)
                .setParameterExceptionHandler((e, args) -> {
                    e.getCommandLine().getErr().println(e.getMessage());
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (!(e instanceof IOException)) {
                        throw e;
                    }
                    command.getErr().println("a file could not be read or written: " + e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    /**
     * Refuses an option, as in "--epochs: expected between 1 and 9, got 0".
     */
    public static void require(CommandSpec spec, boolean condition, String name, String expected, Object got) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), name + ": expected " + expected + ", got " + got);
        }
    }

    /** Makes the folder for the output. */
    public static void makeFolder(CommandSpec spec, String name, Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            require(spec, false, name, "a folder that can be written to", folder);
        }
    }

    /** A bar on a terminal; elsewhere, in a log or a pipe, nothing. */
    public static ProgressBar progress(String task, long max, String unit) {
        return ProgressBar.builder()
                .setTaskName(task)
                .setInitialMax(max)
                .setUnit(" " + unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(
                        Ansi.AUTO.enabled()
                                ? new ConsoleProgressBarConsumer(System.out, LINE)
                                : new DelegatingProgressBarConsumer(line -> {}, LINE))
                .build();
    }

    /** Matrices as small as the examples' are not worth a second thread: on two, each mostly waits for the other. */
    private static void useOneThread() {
        Nd4j.factory().blas().setMaxThreads(1);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }
}
