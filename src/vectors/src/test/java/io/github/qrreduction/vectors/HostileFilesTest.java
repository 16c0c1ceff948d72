package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to take memory, to break the reader, or to play with the terminal that shows the message. */
class HostileFilesTest {
    private static final int BOMB = 200_000_000;
    /** A fraction of what the bombs hold or claim. */
    private static final String HEAP = "-Xmx48m";

    private static final byte[] HEADER = NpyHeader.toBytes(ElementType.FLOAT32, 2, 3);

    @TempDir
    private Path folder;

    /** Reads each file, and prints how it was refused. */
    static final class Reading {
        private Reading() {}

        public static void main(String[] args) throws IOException {
            for (String file : args) {
                try {
                    Reduction.load(Path.of(file));
                    System.out.println("read");
                } catch (IllegalArgumentException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    /** A matrix of 24 bytes with 200 MB of zeros behind it, in 200 KB; and a header that claims what is not there. */
    @Test
    void zipBombsAndLyingHeadersTakeNoMemory() throws IOException, InterruptedException {
        Path left = folder.resolve("left.npz");
        try (OutputStream out = Files.newOutputStream(left)) {
            zip(out, "components.npy", HEADER, BOMB);
        }
        Path claims = folder.resolve("claims.npz");
        try (OutputStream out = Files.newOutputStream(claims)) {
            zip(out, "components.npy", NpyHeader.toBytes(ElementType.FLOAT64, 20_000, 50_000), 24);
        }
        Path says = folder.resolve("says.npz");
        byte[] small = Files.readAllBytes(left);
        // The directory says that the entry is as long as the matrix needs.
        int directory = new String(small, StandardCharsets.ISO_8859_1).lastIndexOf("PK\1\2");
        ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN).putInt(directory + 24, HEADER.length + 24);
        Files.write(says, small);
        assertThat(Files.size(left)).isLessThan(BOMB / 500);

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reading.class.getName(),
                        left.toString(),
                        claims.toString(),
                        says.toString())
                .redirectErrorStream(true)
                .start();

        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed.lines())
                .satisfiesExactly(
                        l -> assertThat(l).startsWith(left + ": components.npy: expected 24 bytes of values"),
                        l -> assertThat(l).startsWith(claims + ": components.npy: expected 8000000000 bytes of values"),
                        l -> assertThat(l).startsWith(says + ": expected a zip file, got one that cannot be read"));
    }

    private static void zip(OutputStream out, String name, byte[] header, int zeros) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.putNextEntry(new ZipEntry(name));
        zip.write(header);
        byte[] chunk = new byte[1_000_000];
        for (int n = zeros; n > 0; n -= chunk.length) {
            zip.write(chunk, 0, Math.min(n, chunk.length));
        }
        zip.finish();
    }

    /** A reader that calls itself for each bracket would end in a StackOverflowError. */
    @ParameterizedTest
    @ValueSource(strings = {"{", "[", "{\"a\":", "{\"a\":{\"shape\":[", "{\"__metadata__\":{\"a\":{", "(", "\"\\\\"})
    void headersOfAMillionBracketsAreRefused(String opening) {
        byte[] text = opening.repeat(1_000_000).getBytes(StandardCharsets.UTF_8);
        ByteBuffer safetensors = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        safetensors.putLong(text.length).put(text);
        ByteBuffer npy = ByteBuffer.allocate(12 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0})
                .putInt(text.length)
                .put(text);

        for (String format : new String[] {"safetensors", "npy"}) {
            byte[] bytes = format.equals("npy") ? npy.array() : safetensors.array();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TensorFile.load(new ByteArrayInputStream(bytes), format))
                    .withMessageContaining("expected ")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000));
        }
    }

    /** Escape sequences can recolour a terminal, and line breaks can fake another line of a log. */
    @Test
    void messagesAreOneLineOfPrintableCharacters() throws IOException {
        String name = "\u001b[31m\r\nINFO all is well\u0007\u0085\u202e";
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        zip(zip, name, HEADER, 24);
        ByteArrayOutputStream npz = new ByteArrayOutputStream();
        TensorFile.of(java.util.Map.of(name, Tensor.of(new float[2], 1, 2), "b", Tensor.of(new float[2], 1, 2)))
                .save(npz, "npz");
        String json = "{\"" + name + "\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer safetensors = ByteBuffer.allocate(9 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        safetensors.putLong(text.length).put(text);

        refusedInOneLine(zip.toByteArray(), "npz");
        refusedInOneLine(npz.toByteArray(), "npz");
        refusedInOneLine(safetensors.array(), "safetensors");
        refusedInOneLine(
                ("a," + name.replace("\r\n", "") + "\n1,x" + name + "\n").getBytes(StandardCharsets.UTF_8), "csv");
        refusedInOneLine((name.replace("\r\n", "") + " 1\nb x\u001b[31m\n").getBytes(StandardCharsets.UTF_8), "vec");
    }

    private void refusedInOneLine(byte[] bytes, String format) throws IOException {
        Path file = Files.write(folder.resolve("hostile." + format), bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    if (format.equals("csv") || format.equals("vec")) {
                        try (VectorFile vectors = VectorFile.open(file)) {
                            vectors.forEach(v -> {});
                        }
                    } else {
                        Reduction.load(file);
                    }
                })
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith(file + ": ")
                        .doesNotMatch("(?s).*[\\p{Cntrl}\\u0080-\\u009f\\u2028-\\u202e].*"));
    }
}
