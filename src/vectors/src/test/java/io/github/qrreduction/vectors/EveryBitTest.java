package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a file into tensors and back, in every format. */
class EveryBitTest {
    @TempDir
    private Path dir;

    @ParameterizedTest
    @CsvSource({"FLOAT16, 2", "FLOAT32, 4", "FLOAT64, 8"})
    void everyBitSurvives(ElementType type, int width) throws IOException {
        // In float16 every value there is; in the others random bits: all exponents, subnormals, infinities.
        int rows = 16;
        int columns = (0x10000 - 2 * 0x3ff) / rows;
        ByteBuffer values = ByteBuffer.allocate(rows * columns * width).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(1);
        for (int i = 0; values.hasRemaining(); i++) {
            switch (type) {
                case FLOAT16 -> {
                    // After +inf and -inf come the NaN, which have no one bit pattern.
                    if ((i & 0x7fff) <= 0x7c00) {
                        values.putShort((short) i);
                    }
                }
                case FLOAT32 -> {
                    int bits = random.nextInt();
                    values.putInt(Float.isNaN(Float.intBitsToFloat(bits)) ? 1 : bits);
                }
                default -> {
                    long bits = random.nextLong();
                    values.putLong(Double.isNaN(Double.longBitsToDouble(bits)) ? 1 : bits);
                }
            }
        }
        String dict =
                "{'descr': '<f" + width + "', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
        byte[] header = ("\u0093NUMPY\1\0v\0" + String.format("%-117s\n", dict)).getBytes(StandardCharsets.ISO_8859_1);
        Path original = dir.resolve("original.npy");
        byte[] bytes = ByteBuffer.allocate(header.length + values.capacity())
                .put(header)
                .put(values.array())
                .array();
        Files.write(original, bytes);
        Path copy = dir.resolve("copy.npy");
        Path zip = dir.resolve("copy.npz");
        Path safetensors = dir.resolve("copy.safetensors");

        ReductionFile read = ReductionFile.load(original);
        read.save(copy);
        read.save(zip);
        ReductionFile.load(zip).save(dir.resolve("from-zip.npy"));
        read.save(safetensors);
        ReductionFile.load(safetensors).save(dir.resolve("from-safetensors.npy"));

        assertThat(read.matrix().type()).isEqualTo(type);
        assertThat(copy).hasSameBinaryContentAs(original);
        assertThat(dir.resolve("from-zip.npy")).hasSameBinaryContentAs(original);
        assertThat(dir.resolve("from-safetensors.npy")).hasSameBinaryContentAs(original);
    }
}
