package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.exception.ND4JIllegalStateException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailureTest {

    private static final String FAULT =
            "; this is a fault of qr-reduce, please report it with what QR_REDUCE_OPTS=-Dqr-reduce.trace=true prints";

    @Test
    void whatIsRefusedIsSaidInItsOwnWords() {
        assertThat(Failure.line(new IllegalArgumentException("expected a, got b")))
                .contains("expected a, got b");
        assertThat(Failure.line(new UncheckedIOException(new IOException("r.npz: no room"))))
                .contains("r.npz: no room");
        assertThat(Failure.line(new ND4JIllegalStateException("expected c, got d")))
                .contains("expected c, got d");
    }

    @Test
    void aFileWithoutPermissionIsNamed() {
        assertThat(Failure.line(new AccessDeniedException("r.npz")))
                .contains("r.npz: expected a file that may be read, access is denied");
        assertThat(Failure.line(new AccessDeniedException("r.npz", null, "expected a, got c")))
                .contains("r.npz: expected a, got c");
    }

    @Test
    void aFaultOfTheProgramSaysThatItIsOne() {
        assertThat(Failure.line(new IllegalStateException("broken")))
                .contains("expected to end well, got java.lang.IllegalStateException: broken" + FAULT);
        assertThat(Failure.line(new NullPointerException()))
                .contains("expected to end well, got java.lang.NullPointerException" + FAULT);
        assertThat(Failure.line(new IllegalArgumentException()))
                .contains("expected to end well, got java.lang.IllegalArgumentException" + FAULT);
        assertThat(Failure.line(new NoClassDefFoundError("picocli/Missing")))
                .contains("expected to end well, got java.lang.NoClassDefFoundError: picocli/Missing" + FAULT);
    }

    @Test
    void nativeCodeThatDoesNotLoadIsSaidToBeMissing() {
        LinkageError error = new UnsatisfiedLinkError("no jnind4jcpu in java.library.path");
        error.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("org.bytedeco.javacpp.Loader", "loadLibrary", "Loader.java", 1)
        });
        String line = "expected ND4J's native code for this platform in lib, got none that loads; build qr-reduce on"
                + " this platform, see docs/command.md";
        assertThat(Failure.line(error)).contains(line);
        assertThat(Failure.line(new IllegalStateException(new IllegalStateException(error))))
                .contains(line);
    }

    @Test
    void memoryThatRanOutIsSaidWithTheWayToMore() {
        assertThat(Failure.line(new OutOfMemoryError()).orElseThrow())
                .matches("expected enough memory, got \\d+ MB; set QR_REDUCE_OPTS=-Xmx8g or more, or take fewer rows");
    }

    @Test
    void whoEndsTheCommandIsToldNothing() {
        assertThat(Failure.line(new CancellationException())).isEmpty();
    }

    @Test
    void errorsOfTheJvmAreOneLineToo() {
        StringWriter err = new StringWriter();
        CommandLine line = QrReduce.commandLine(InputStream.nullInputStream(), OutputStream.nullOutputStream())
                .addSubcommand(new Failing());
        line.setErr(new PrintWriter(err));

        assertThat(QrReduce.run(line, "failing")).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly("qr-reduce: expected to end well, got java.lang.AssertionError: two lines" + FAULT);
    }

    @Test
    void theStackTraceIsThereForThoseWhoAsk() {
        StringWriter err = new StringWriter();
        CommandLine line = QrReduce.commandLine(InputStream.nullInputStream(), OutputStream.nullOutputStream())
                .setErr(new PrintWriter(err));
        System.setProperty(Failure.TRACE, "true");
        try {
            assertThat(QrReduce.failed(new IllegalStateException("broken"), line))
                    .isEqualTo(1);
        } finally {
            System.clearProperty(Failure.TRACE);
        }
        assertThat(err.toString()).contains("\tat " + FailureTest.class.getName());
    }

    @Command(name = "failing")
    private static final class Failing implements Runnable {
        @Override
        public void run() {
            throw new AssertionError("two\nlines");
        }
    }
}
