package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final String PROPERTY = "qr-reduce.terminal";

    @AfterEach
    void noProperty() {
        System.clearProperty(PROPERTY);
    }

    private static String printed(String terminal) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        System.setProperty(PROPERTY, terminal);
        try {
            try (Progress progress = Progress.of("apply", 100, "vectors")) {
                progress.add(7);
                progress.reach(0.5);
            }
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalShowsABar() {
        assertThat(printed("true")).contains("apply").contains("50%");
    }

    @Test
    void aPipeShowsNothing() {
        assertThat(printed("false")).isEmpty();
    }
}
