package io.github.qrreduction.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

/** What a user reads of a failure: one line that says what to do. */
final class Failure {

    /** The system property that asks for the stack trace below the line. */
    static final String TRACE = "qr-reduce.trace";

    private Failure() {}

    /** The line, or none where the user ended the command and knows it. */
    static Optional<String> line(Throwable e) {
        if (e instanceof CancellationException) {
            return Optional.empty();
        }
        if (e instanceof UncheckedIOException unchecked) {
            return line(unchecked.getCause());
        }
        if (e instanceof AccessDeniedException denied && denied.getReason() == null) {
            return Optional.of(denied.getFile() + ": expected a file that may be read, access is denied");
        }
        if (e instanceof OutOfMemoryError) {
            return Optional.of(
                    "expected enough memory, got " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MB; set QR_REDUCE_OPTS=-Xmx8g or more, or take fewer rows");
        }
        if (isOfNativeCode(e)) {
            return Optional.of("expected ND4J's native code for this platform in lib, got none that loads; build"
                    + " qr-reduce on this platform, see docs/command.md");
        }
        if (e.getMessage() != null && (e instanceof IOException || isRefusal(e))) {
            return Optional.of(e.getMessage());
        }
        return Optional.of("expected to end well, got " + e.getClass().getName()
                + (e.getMessage() == null ? "" : ": " + e.getMessage())
                + "; this is a fault of qr-reduce, please report it with what QR_REDUCE_OPTS=-D" + TRACE
                + "=true prints");
    }

    /** A LinkageError from within ND4J or JavaCPP, maybe as the cause of what they throw. */
    private static boolean isOfNativeCode(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof LinkageError
                    && Stream.of(t.getStackTrace())
                            .anyMatch(f -> f.getClassName().matches("org\\.(nd4j|bytedeco)\\..*"))) {
                return true;
            }
        }
        return false;
    }

    /** By their names: to load the classes would be to load ND4J. */
    private static boolean isRefusal(Throwable e) {
        String name = e.getClass().getName();
        return e instanceof IllegalArgumentException
                || name.startsWith("org.nd4j.")
                || name.startsWith("org.deeplearning4j.");
    }
}
