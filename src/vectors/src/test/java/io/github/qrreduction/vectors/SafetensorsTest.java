package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The format byte by byte, as its specification has it. */
class SafetensorsTest {
    private static final String ONE = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir
    private Path folder;

    private static byte[] file(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    private static TensorFile load(byte[] bytes) throws IOException {
        return TensorFile.load(new ByteArrayInputStream(bytes), "safetensors");
    }

    @Test
    void writesTheseBytes() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("h", Tensor.ofFloat16(new float[] {1}, 1));
        tensors.put("f", Tensor.of(new float[] {1, -2}, 1, 2));
        tensors.put("d", Tensor.of(new double[] {3}));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TensorFile.of(tensors, Map.of("k\"", "v\n\u00e4")).save(out, "safetensors");

        String header = "{\"__metadata__\":{\"k\\\"\":\"v\\u000a\u00e4\"},"
                + "\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]},"
                + "\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[16,18]}}";
        int length = (header.getBytes(StandardCharsets.UTF_8).length + 7) / 8 * 8;
        byte[] padded = file(header + " ".repeat(length - header.getBytes(StandardCharsets.UTF_8).length), 18);
        ByteBuffer.wrap(padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(8 + length)
                .putDouble(3)
                .putFloat(1)
                .putFloat(-2)
                .putShort((short) 0x3c00);
        assertThat(out.toByteArray()).isEqualTo(padded);
    }

    @Test
    void readsBfloat16AsFloat32() throws IOException {
        byte[] bytes = file("{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4);
        bytes[bytes.length - 3] = 0x3f;
        bytes[bytes.length - 4] = (byte) 0x80;
        bytes[bytes.length - 1] = (byte) 0xc0;
        assertThat(load(bytes).tensors().get("a")).isEqualTo(Tensor.of(new float[] {1, -2}, 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}     ",
                "{ \"a\" : { \"data_offsets\" : [ 0 , 8 ] ,\n\"shape\":[2],\t\"dtype\":\"F32\" } ,"
                        + " \"__metadata__\":{} }",
                "{\"\\u0061\":{\"dtype\":\"F\\u00332\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"__metadata__\":{\"\":\"\\ud83d\\ude00\\b\\f\\n\\r\\t\\/\\\\\\\"\"},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
            })
    void theSameHeaderInOtherWordsIsRead(String header) throws IOException {
        assertThat(load(file(header, 8)).tensors()).isEqualTo(Map.of("a", Tensor.of(new float[2], 2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[] | malformed header: expected '{' at 0, got \"[]\"",
                "' {}' | malformed header: expected '{' at 0, got \"' {}'\"",
                "{} x | malformed header: expected spaces up to the end at 3, got \"x\"",
                "{\"a\":1} | malformed header: expected '{' at 5, got \"1}\"",
                "{\"a | malformed header: expected a string that ends at 3, got the end",
                "{\"a\\x\" | malformed header: expected an escape of JSON at 5, got \"\"\"",
                "{\"\\ud83d\":1} | malformed header: expected surrogates in pairs at 9, got \":1}\"",
                "{\"\\u00g0\" | malformed header: expected four hexadecimal digits at 7, got \"0\"\"",
                "{\"__metadata__\":{\"a\":1}} | malformed header: expected '\"' at 21, got \"1}}\"",
                "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}} | expected every key of __metadata__ once, got"
                        + " \"a\" twice",
                "{\"__metadata__\":{},\"__metadata__\":{}} | expected every name once, got \"__metadata__\" twice"
            })
    void otherHeadersAreRefused(String header, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(file(header, 0)))
                .withMessage(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"dtype\":\"F32\",\"shape\":[2] | \"a\": expected the fields dtype, shape and data_offsets, each once,"
                        + " got 2 fields",
                "\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8] | \"a\": expected the fields"
                        + " dtype, shape and data_offsets, each once, got 4 fields",
                "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":\"\" | \"a\": expected the fields dtype,"
                        + " shape and data_offsets, each once, got x",
                "\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8] | \"a\": expected dtype F64, F32, F16"
                        + " or BF16, got"
                        + " I64",
                "\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8] | \"a\": expected one of the dtypes"
                        + " [BF16, BOOL,"
                        + " C64, F16, F32, F64, F8_E4M3, F8_E5M2, F8_E8M0, I16, I32, I64, I8, U16, U32, U64,"
                        + " U8], got f32",
                "\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0] | \"a\": expected dimensions of at"
                        + " least 1 and at"
                        + " most 2147483647 values in all, got shape [0]",
                "\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,8] | \"a\": expected dimensions"
                        + " of at least"
                        + " 1 and at most 2147483647 values in all, got shape [65536, 65536]",
                "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4] | \"a\": expected data_offsets of 8"
                        + " bytes for shape"
                        + " [2] of F32, got [0, 4]",
                "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0] | \"a\": expected data_offsets of 8"
                        + " bytes for shape"
                        + " [2] of F32, got [8, 0]",
                "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0] | \"a\": expected data_offsets of 8 bytes"
                        + " for shape"
                        + " [2] of F32, got [0]",
                "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12] | expected values without holes or"
                        + " overlap, got"
                        + " \"a\" from 4 where 0 bytes are taken",
                "\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8] | malformed header: expected an"
                        + " integer of at most"
                        + " 18 digits at 29, got \"-2],\"data_offsets\":[0,8]}}\"",
                "\"dtype\":\"F32\",\"shape\":[02],\"data_offsets\":[0,8] | malformed header: expected an"
                        + " integer of at most"
                        + " 18 digits at 29, got \"02],\"data_offsets\":[0,8]}}\"",
                "\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8] | malformed header: expected an"
                        + " integer of at most"
                        + " 18 digits at 29, got \"2.0],\"data_offsets\":[0,8]}}\""
            })
    void tensorsThatDoNotFitAreRefused(String fields, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(file("{\"a\":{" + fields + "}}", 8)))
                .withMessage(reason);
    }

    @Test
    void overlapsAndNamesTwiceAreRefused() {
        String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(file("{" + a + "," + a + "}", 16)))
                .withMessage("expected every name once, got \"a\" twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(file("{" + a + "," + a.replace("\"a\"", "\"b\"") + "}", 16)))
                .withMessage("expected values without holes or overlap, got \"b\" from 0 where 8 bytes are taken");
    }

    @Test
    void sizesThatLieAreRefusedBeforeAnythingIsAllocated() throws IOException {
        Path file = folder.resolve("a.safetensors");
        refused(Files.write(file, file(ONE, 9)), "expected 8 bytes of values behind the header, got 9");
        refused(Files.write(file, file(ONE, 7)), "expected 8 bytes of values behind the header, got 7");
        refused(Files.write(file, new byte[5]), "expected 8 bytes with the header's length, got 5");
        refused(Files.write(file, new byte[8]), "expected a header of 2 to 100000000 bytes, got one of 0");
        byte[] huge = file(ONE, 8);
        huge[7] = (byte) 0xff;
        refused(
                Files.write(file, huge),
                "expected a header of 2 to 100000000 bytes, got one of "
                        + Long.toUnsignedString((0xffL << 56) + ONE.length()));
        huge[7] = 0;
        huge[2] = 1;
        refused(
                Files.write(file, huge),
                "expected a header of " + (65536 + ONE.length()) + " bytes, got " + (ONE.length() + 8));
        byte[] latin = file(ONE, 8);
        latin[10] = (byte) 0xe4;
        refused(Files.write(file, latin), "expected a header in UTF-8, got other bytes");
    }

    private static void refused(Path file, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(file))
                .withMessage(file + ": " + reason);
    }

    @Test
    void namesThatTheHeaderCannotHoldAreRefused() {
        Tensor one = Tensor.of(new float[1], 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        TensorFile.of(Map.of("__metadata__", one)).save(new ByteArrayOutputStream(), "safetensors"))
                .withMessage("expected another name for a tensor, got __metadata__");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.of(Map.of("\ud83d", one)).save(new ByteArrayOutputStream(), "safetensors"))
                .withMessage("expected names and metadata of whole characters, got half a surrogate pair");
    }
}
