package io.github.qrreduction.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A run of the command in this JVM.
 *
 * @param exitCode 0, 1 or 2
 * @param out words on standard output
 * @param bytes vectors on standard output
 * @param err words on standard error
 */
record Run(int exitCode, String out, byte[] bytes, String err) {

    /** Runs with some arguments, files among them. */
    static Run of(Object... arguments) {
        return with(new byte[0], arguments);
    }

    /** Runs with bytes on standard input. */
    static Run with(byte[] standardInput, Object... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = QrReduce.commandLine(new ByteArrayInputStream(standardInput), bytes)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        int code = QrReduce.run(line, Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        return new Run(code, out.toString(), bytes.toByteArray(), err.toString());
    }

    List<String> errLines() {
        return err.lines().toList();
    }

    List<String> outLines() {
        return out.lines().toList();
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
