package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.qrreduction.testutil.Damage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files of every format, as files and as streams: a clear error, or as many numbers as there are bytes for. */
class FormatFuzzTest {
    private static final int FILES = 1_000;
    /** Streams cost no file system: the bulk of the damage. */
    private static final int STREAMS = 20_000;

    private static final long SEED = 77;
    private static final int HEAD = 200;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "safetensors"})
    void damagedTensors(String format) throws IOException {
        Tensor matrix = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Reduction r = Reduction.of(new float[][] {{1, 2, 3}, {4, 5, 6}}, null, null);
        if (format.equals("npz")) {
            r = Reduction.of(r.matrix(), new float[2], new float[3]);
        } else if (format.equals("safetensors")) {
            r = Reduction.of(r.matrix(), new float[2], new float[3])
                    .normalizing(true, false)
                    .withMetadata(Map.of("method", "pca"));
        }
        assertThat(r.parts().matrix()).isEqualTo(matrix);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        r.save(whole, format);
        attack(whole.toByteArray(), format, new Reading() {
            @Override
            public void read(Path file) throws IOException {
                check(TensorFile.load(file));
                Reduction.load(file);
            }

            @Override
            public void read(ByteArrayInputStream in) throws IOException {
                check(TensorFile.load(in, format));
            }
        });
    }

    private static void check(TensorFile file) {
        for (Tensor t : file.tensors().values()) {
            assertThat(t.count()).isLessThan(1000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "fvecs", "csv", "tsv", "vec", "txt"})
    void damagedVectors(String format) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        VectorWriter out = VectorWriter.create(whole, format, 3, 5);
        for (int i = 0; i < 5; i++) {
            out.write(out.holdsNames() ? "w\u00e4\"" + i : null, new float[] {i, -1.5f, 1e-3f});
        }
        out.finish();
        attack(whole.toByteArray(), format, new Reading() {
            @Override
            public void read(Path file) throws IOException {
                try (VectorFile vectors = VectorFile.open(file)) {
                    check(vectors);
                }
            }

            @Override
            public void read(ByteArrayInputStream in) throws IOException {
                try (VectorFile vectors = VectorFile.open(in, format)) {
                    check(vectors);
                }
            }
        });
    }

    private static void check(VectorFile vectors) {
        long rows = 0;
        for (float[] v : vectors) {
            assertThat(v).hasSize(vectors.dimension());
            rows++;
        }
        assertThat(rows * vectors.dimension()).isLessThan(1000);
    }

    private interface Reading {
        void read(Path file) throws IOException;

        void read(ByteArrayInputStream in) throws IOException;
    }

    private void attack(byte[] whole, String format, Reading reading) throws IOException {
        Random random = new Random(SEED);
        Path file = folder.resolve("damaged." + format);
        int refused = 0;
        for (int i = 0; i < FILES + STREAMS; i++) {
            byte[] damaged =
                    Damage.of(whole, random.nextBoolean() ? Math.min(HEAD, whole.length) : whole.length, random);
            try {
                if (i < FILES) {
                    Files.write(file, damaged);
                    reading.read(file);
                } else {
                    reading.read(new ByteArrayInputStream(damaged));
                }
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).contains("expected ").doesNotEndWith("null");
                if (i < FILES) {
                    assertThat(e.getMessage()).startsWith(file + ": ");
                }
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                fail("seed " + SEED + ", round " + i + ": " + HexFormat.of().formatHex(damaged), e);
            }
        }
        // Otherwise the damage never hit what is checked.
        assertThat(refused).isGreaterThan((FILES + STREAMS) / 5);
    }
}
