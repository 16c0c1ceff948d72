package io.github.qrreduction.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Damaged files are refused in the documented way, or are still files: of the bytes that are there, nothing more. */
class NpyFuzzTest {
    private static final int ROUNDS = 600;
    private static final long SEED = 20241;
    /** The values of the fixtures take at most 96 bytes; damage cannot make more of them, except by inflating. */
    private static final long MOST_VALUES = 1000;

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
                if (name.endsWith(".npz")) {
                    Map<String, INDArray> arrays = NpyFiles.readZip(file, Map.of("components", 2), Map.of("bias", 1));
                    assertThat(arrays.get("components").rank()).isEqualTo(2);
                    assertThat(arrays.get("components").length()).isLessThan(MOST_VALUES);
                } else {
                    INDArray array = NpyFiles.read(file, 2);
                    assertThat(array.rank()).isEqualTo(2);
                    assertThat(array.length() * array.dataType().width()).isLessThan(damaged.length);
                }
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).startsWith(file + ": ").doesNotEndWith("null");
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                fail(HexFormat.of().formatHex(damaged), e);
            }
        }
        // Otherwise the damage never hit what is checked.
        assertThat(refused).isGreaterThan(ROUNDS / 4);
    }

    /** Flips some bits, or cuts, doubles or overwrites a stretch; half of the damage falls into the first 130 bytes. */
    private static byte[] damage(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int reach = random.nextBoolean() ? Math.min(130, bytes.length) : bytes.length;
        int from = random.nextInt(reach);
        int to = from + random.nextInt(Math.min(12, bytes.length - from) + 1);
        switch (random.nextInt(5)) {
            case 0 -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 1 -> bytes = Arrays.copyOf(bytes, from);
            case 2 -> {
                for (int i = from; i < to; i++) {
                    bytes[i] = (byte) (random.nextBoolean() ? '9' : random.nextInt());
                }
            }
            case 3 -> {
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
                System.arraycopy(bytes, to, shorter, from, bytes.length - to);
                bytes = shorter;
            }
            default -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + to - from);
                System.arraycopy(bytes, from, longer, to, bytes.length - from);
                bytes = longer;
            }
        }
        return bytes;
    }
}
