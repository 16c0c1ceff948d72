package io.github.qrreduction.testutil;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A main class in a JVM of its own, with this JVM's class path or a part of it. */
public final class ChildJvm {

    private final List<String> options = new ArrayList<>();
    private String classPath = System.getProperty("java.class.path");

    private ChildJvm() {}

    public static ChildJvm with(String... options) {
        ChildJvm jvm = new ChildJvm();
        jvm.options.addAll(List.of(options));
        return jvm;
    }

    /** The entries of the class path that are left. */
    public static String classPath(Predicate<String> kept) {
        String surefire = System.getProperty("surefire.test.class.path");
        String whole = surefire != null ? surefire : System.getProperty("java.class.path");
        return Stream.of(whole.split(File.pathSeparator, -1))
                .filter(kept)
                .collect(Collectors.joining(File.pathSeparator));
    }

    public ChildJvm on(String classPath) {
        this.classPath = classPath;
        return this;
    }

    /** The command, for those who start it in their own way. */
    public List<String> command(String main, Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    public Process start(Class<?> main, Object... arguments) throws IOException {
        return new ProcessBuilder(command(main.getName(), arguments))
                .redirectErrorStream(true)
                .start();
    }

    /** Runs a main class to its end, and gives what it printed. */
    public Result run(Class<?> main, Object... arguments) throws IOException, InterruptedException {
        return result(start(main, arguments));
    }

    /** Runs a source file, as {@code java File.java} does. */
    public Result run(Path source, Object... arguments) throws IOException, InterruptedException {
        return result(new ProcessBuilder(command(source.toString(), arguments))
                .redirectErrorStream(true)
                .start());
    }

    private static Result result(Process process) throws IOException, InterruptedException {
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(10, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("the JVM did not end: " + printed);
        }
        return new Result(process.exitValue(), printed);
    }

    /** How a JVM ended. */
    public record Result(int exitCode, String printed) {}
}
