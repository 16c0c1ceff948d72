package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.qrreduction.testutil.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files are refused in the documented way, or are still files: of the bytes that are there, nothing more. */
class NpyFuzzTest {
    private static final int ROUNDS = 600;
    private static final long SEED = 20241;
    /** The values of the fixtures take at most 96 bytes; damage cannot make more of them, except by inflating. */
    private static final int MOST_VALUES = 1000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "matrix-f8-c-v1.npy",
                "matrix-f4-f-v2.npy",
                "matrix-f2-c-v3.npy",
                "stored-f8.npz",
                "deflated-f4.npz"
            })
    void damageIsRefusedOrHarmless(String name) throws IOException {
        byte[] whole;
        try (var in = NpyFuzzTest.class.getResourceAsStream("/fixtures/npy/" + name)) {
            whole = in.readAllBytes();
        }
        Random random = new Random(SEED);
        Path file = folder.resolve(name);
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] damaged = damage(whole, random);
            Files.write(file, damaged);
            try {
                for (Tensor t : TensorFile.load(file).tensors().values()) {
                    assertThat(t.count()).isLessThan(MOST_VALUES);
                    if (name.endsWith(".npy")) {
                        assertThat(t.count() * t.type().width()).isLessThan(damaged.length);
                    }
                }
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).startsWith(file + ": ").doesNotEndWith("null");
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                fail("seed " + SEED + ", round " + i + ": " + HexFormat.of().formatHex(damaged), e);
            }
        }
        // Otherwise the damage never hit what is checked.
        assertThat(refused).isGreaterThan(ROUNDS / 4);
    }

    /** Half of the damage falls into the first 130 bytes. */
    private static byte[] damage(byte[] whole, Random random) {
        return Damage.of(whole, random.nextBoolean() ? Math.min(130, whole.length) : whole.length, random);
    }
}
