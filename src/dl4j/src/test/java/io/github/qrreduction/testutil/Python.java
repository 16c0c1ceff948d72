package io.github.qrreduction.testutil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of src/test/resources/python, run by the system's Python. */
public final class Python {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final String PROGRAMS = "src/dl4j/src/test/resources/python";

    private Python() {}

    /** Skips the test, with a reason, where a package is missing. */
    public static void assumePackage(String name) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON), "no " + PYTHON + " here");
        assumeTrue(
                new ProcessBuilder(
                                        PYTHON.toString(),
                                        "-c",
                                        "import importlib.util as u, sys; sys.exit(u.find_spec('" + name
                                                + "') is None)")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0,
                "no Python package " + name + " here: Debian has it as python3-" + name);
    }

    /** Runs a program, which must end well. What it has printed. */
    public static String run(String program, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                PYTHON.toString(), Repository.path(PROGRAMS).resolve(program).toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
