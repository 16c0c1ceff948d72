package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qrreduction.testutil.Damage;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With nothing on the class path but this module. */
class JdkAloneTest {
    private static final String PROGRAM = """
            import io.github.qrreduction.vectors.*;
            import java.nio.file.Path;
            import java.util.*;

            public class Serving {
                public static void main(String[] args) throws Exception {
                    Random random = new Random(1);
                    float[][] rows = new float[200][8];
                    for (float[] row : rows) {
                        for (int i = 0; i < 8; i++) {
                            row[i] = (float) random.nextGaussian();
                        }
                    }
                    float[][] q = new float[4][8];
                    for (int j = 0; j < 4; j++) {
                        q[j][j] = 1;
                    }
                    for (String format : List.of("npy", "npz", "safetensors")) {
                        Path file = Path.of(args[0], "r." + format);
                        Reduction.of(q, null, null).save(file);
                        Reduction r = Reduction.load(file);
                        double recall = Recall.at(10, rows, r.apply(rows));
                        System.out.println(format + " " + (recall > 0.2 && recall < 0.9)
                                + " " + Arrays.equals(r.inverse(r.apply(rows[0])), r.inverse(r.apply(r.inverse(
                                        r.apply(rows[0]))))));
                    }
                    for (String format : List.of("npy", "fvecs", "csv", "tsv", "vec", "txt")) {
                        Path file = Path.of(args[0], "v." + format);
                        try (VectorWriter out = VectorWriter.create(file, 8)) {
                            for (float[] row : rows) {
                                out.write(row);
                            }
                            out.finish();
                        }
                        int same = 0;
                        try (VectorFile in = VectorFile.open(file)) {
                            for (float[] row : in) {
                                same += Arrays.equals(row, rows[same]) ? 1 : 0;
                            }
                        }
                        System.out.println(format + " " + same);
                    }
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void loadsAppliesSavesAndMeasures() throws IOException, InterruptedException, URISyntaxException {
        Path source = Files.writeString(folder.resolve("Serving.java"), PROGRAM);

        assertThat(java(source.toString(), folder.toString())).isEqualTo("""
                        npy true true
                        npz true true
                        safetensors true true
                        npy 200
                        fvecs 200
                        csv 200
                        tsv 200
                        vec 200
                        txt 200
                        """);
    }

    private static Path classes() throws URISyntaxException {
        return Path.of(Reduction.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private static String java(String... arguments) throws IOException, InterruptedException, URISyntaxException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-cp",
                classes().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.replace("\r", "");
    }

    @Test
    void theJarStaysSmall() throws IOException, URISyntaxException {
        assumeTrue(Files.isDirectory(classes()), "measured where the classes are in a folder");
        Map<String, byte[]> entries = new TreeMap<>();
        try (Stream<Path> files = Files.walk(classes())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.put(classes().relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        assertThat(Damage.zip(entries).length).isLessThan(120_000);
    }
}
