package io.github.qrreduction.cli;

import io.github.qrreduction.testutil.Repository;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command as {@code ./mvnw package} leaves it, started in a folder, with this JVM's Java. */
final class Script {

    private static final boolean WINDOWS = File.separatorChar == '\\';

    private final Path folder;
    private String options = "";

    Script(Path folder) {
        this.folder = folder;
    }

    /** Options of its JVM. */
    Script withOptions(String options) {
        this.options = options;
        return this;
    }

    static Path path() {
        return Repository.path("target", "qr-reduce", "bin", WINDOWS ? "qr-reduce.bat" : "qr-reduce");
    }

    /** How it ended. */
    record Result(int exitCode, String out, String err) {

        List<String> errLines() {
            return err.lines().toList();
        }
    }

    Result run(Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(path().toString()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return run(command);
    }

    /** A line for bash, in which {@code qr-reduce} is the command. */
    Result shell(String line) throws IOException, InterruptedException {
        return run(List.of("bash", "-c", line));
    }

    Process start(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(path().toString()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return builder(command).start();
    }

    private Result run(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", null);
        Path err = Files.createTempFile("err", null);
        try {
            Process process = builder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("the command did not end: " + command);
            }
            return new Result(process.exitValue(), text(out), text(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace("\r", "");
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("QR_REDUCE_OPTS", options);
        builder.environment()
                .merge("PATH", path().getParent().toString(), (old, own) -> own + File.pathSeparator + old);
        return builder;
    }

    /** A program of Python with NumPy, or null where there is neither. */
    static String python() throws IOException, InterruptedException {
        for (String python : List.of("/usr/bin/python3", "python3", "python")) {
            try {
                Process process = new ProcessBuilder(python, "-c", "import numpy")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (process.waitFor() == 0) {
                    return python;
                }
            } catch (IOException e) {
                // Not this one.
            }
        }
        return null;
    }
}
