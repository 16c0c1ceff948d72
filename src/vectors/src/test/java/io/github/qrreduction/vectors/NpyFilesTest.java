package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** NumPy's own files, made by fixtures/npy/make.py, and files with faults. */
class NpyFilesTest {
    private static final String HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }";

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}, {1} order, version {2}")
    @CsvSource({
        "f2,c,1", "f2,f,1", "f2,c,2", "f2,f,2", "f2,c,3", "f2,f,3", "f4,c,1", "f4,f,1", "f4,c,2", "f4,f,2", "f4,c,3",
        "f4,f,3", "f8,c,1", "f8,f,1", "f8,c,2", "f8,f,2", "f8,c,3", "f8,f,3"
    })
    void readsWhatNumPyWrites(String type, String order, int version) throws IOException {
        Tensor array = read(fixture("matrix-" + type + "-" + order + "-v" + version + ".npy"));

        assertThat(array).isEqualTo(matrix(type));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"matrix-f2-c-v1", "matrix-f4-c-v1", "matrix-f8-c-v1", "special-f2", "special-f4", "special-f8"})
    void writesWhatNumPyWritesByteForByte(String name) throws IOException {
        Path copy = folder.resolve("copy.npy");

        TensorFile.load(fixture(name + ".npy")).save(copy);

        assertThat(copy).hasSameBinaryContentAs(fixture(name + ".npy"));
    }

    @ParameterizedTest
    @CsvSource({"stored,f2", "stored,f4", "stored,f8", "deflated,f2", "deflated,f4", "deflated,f8"})
    void readsNumPysZips(String method, String type) throws IOException {
        Map<String, Tensor> arrays =
                TensorFile.load(fixture(method + "-" + type + ".npz")).tensors();

        assertThat(arrays).containsOnlyKeys("components", "bias");
        assertThat(arrays.get("components")).isEqualTo(matrix(type));
        assertThat(arrays.get("bias")).isEqualTo(tensor(type, new double[] {1.5, 2.5, 3.5}, 3));
    }

    @Test
    void readsZipsWithoutWhatIsOptional() throws IOException {
        assertThat(TensorFile.load(fixture("no-bias.npz")).tensors()).containsOnlyKeys("components");
        assertThat(TensorFile.load(fixture("fortran.npz")).tensors().get("components"))
                .isEqualTo(matrix("f8"));
    }

    @Test
    void equalArraysMakeEqualZips() throws IOException {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("components", matrix("f8"));
        arrays.put("bias", tensor("f8", new double[] {1.5, 2.5, 3.5}, 3));
        Path one = folder.resolve("one.npz");
        Path two = folder.resolve("two.npz");
        TensorFile.of(arrays).save(one);
        TensorFile.of(arrays).save(two);

        assertThat(one).hasSameBinaryContentAs(two);
        assertThat(TensorFile.load(one).tensors()).isEqualTo(arrays);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '%',
            quoteCharacter = '"',
            value = {
                "bad-big-endian % '>f8', big-endian",
                "bad-object % '|O', Python objects",
                "bad-integer % '<i8', integers or booleans",
                "bad-bool % '|b1', integers or booleans",
                "bad-complex % '<c16', complex numbers",
                "bad-string % '<U4'"
            })
    void otherTypesAreRefused(String name, String got) {
        refused(
                fixture(name + ".npy"),
                ": expected dtype '<f2', '<f4' or '<f8' (little-endian float16, float32 or " + "float64), got " + got);
    }

    @Test
    void structuredTypesAreRefused() {
        Path file = fixture("bad-structured.npy");
        refused(
                file,
                ": expected dtype '<f2', '<f4' or '<f8', got a structured dtype: "
                        + "{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (2, 3), }");
    }

    @Test
    void otherShapesAreRefused() {
        shapeRefused("bad-rank0.npy", "[]");
        shapeRefused("bad-rank1.npy", "[3]");
        shapeRefused("bad-rank3.npy", "[1, 3, 4]");
        shapeRefused("bad-tall.npy", "[4, 3]");
        refused(
                fixture("bad-empty.npy"),
                ": expected dimensions of at least 1 and at most 2147483647 values in all, got "
                        + "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4), }");
    }

    private static void shapeRefused(String name, String shape) {
        Path file = fixture(name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReductionFile.load(file))
                .withMessage(file + ": expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got shape " + shape);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bad-missing | expected the entries components.npy and, if any, bias.npy, mean.npy,"
                        + " got [bias.npy]; load(path, name) takes one by its name",
                "bad-extra | expected a mean of length nIn = 4, got shape [3]",
                "bad-foreign | expected entries that end in .npy, got [components.txt]",
                "bad-duplicate | expected every name once, got [components.npy, components.npy]",
                "bad-bias-rank | expected a bias of length nOut = 3, got shape [3, 4]",
                "bad-bias-length | expected a bias of length nOut = 3, got shape [2]"
            })
    void zipsOfOtherArraysAreRefused(String name, String reason) {
        Path file = fixture(name + ".npz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReductionFile.load(file))
                .withMessage(file + ": " + reason);
    }

    @Test
    void zipsThatCannotBeReadAreRefused() throws IOException {
        Path objects = fixture("bad-object.npz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(objects))
                .withMessageStartingWith(objects + ": components.npy: expected dtype ");
        // The JDK refuses other compression methods when it opens the file or when it reads the entry.
        Path bzip2 = fixture("bad-bzip2.npz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(bzip2))
                .withMessageStartingWith(bzip2 + ": ")
                .withMessageContaining("compression method");
        Path text = Files.writeString(folder.resolve("text.npz"), "no zip");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(text))
                .withMessageStartingWith(text + ": expected a zip file, got one that cannot be read: ");
        Path empty = Files.createFile(folder.resolve("empty.npz"));
        assertThatIllegalArgumentException().isThrownBy(() -> TensorFile.load(empty));
    }

    @Test
    void aWrongChecksumIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(fixture("no-bias.npz"));
        // The last value of the only entry stands before the central directory.
        int directory = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
        bytes[directory - 1] ^= 1;
        Path file = Files.write(folder.resolve("crc.npz"), bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(file))
                .withMessageStartingWith(file + ": components.npy: expected 224 bytes with CRC-32 ");
    }

    @Test
    void truncatedFilesAndBytesLeftOverAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(fixture("matrix-f8-c-v1.npy"));
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        refused(write(longer), ": expected 96 bytes of values for shape [3, 4] of FLOAT64, got 97");
        for (int length = 0; length < whole.length; length++) {
            Path file = write(Arrays.copyOf(whole, length));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TensorFile.load(file))
                    .withMessageStartingWith(file + ": expected ");
        }
        refused(write(Arrays.copyOf(whole, 130)), ": expected 96 bytes of values for shape [3, 4] of FLOAT64, got 2");
        refused(write(Arrays.copyOf(whole, 100)), ": expected a header of 118 bytes, got 90");
        refused(write(Arrays.copyOf(whole, 7)), ": expected a header, got the end of the file");
    }

    @Test
    void otherMagicAndVersionsAreRefused() throws IOException {
        refused(
                write("%PDF-1.7 and more".getBytes(StandardCharsets.US_ASCII)),
                ": expected the magic string \\x93NUMPY, got \"%PDF-1\"");
        byte[] bytes = Files.readAllBytes(fixture("matrix-f8-c-v1.npy"));
        bytes[6] = 4;
        refused(write(bytes), ": expected format version 1.0, 2.0 or 3.0, got 4.0");
        bytes[6] = 1;
        bytes[7] = 1;
        refused(write(bytes), ": expected format version 1.0, 2.0 or 3.0, got 1.1");
        byte[] two = Files.readAllBytes(fixture("matrix-f8-c-v2.npy"));
        two[11] = (byte) 0xff;
        refused(write(two), ": expected a header of at most 65535 bytes, got one of 4278190196");
    }

    /** A lying header must cost nothing: these claim up to a billion values that are not there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(1000000000, 1)",
                "(46341, 46341)",
                "(999999999999, 999999999999)",
                "(4294967296, 4294967296)",
                "(9999999999999999999999, 1)",
                "(2147483648, 1)",
                "(-1, 4)",
                "(3, 4, 0)",
                "(0, 4)"
            })
    void shapesThatAreNotThereAreRefused(String shape) throws IOException {
        Path file = write(npy(HEADER.replace("(3, 4)", shape), 96));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(file))
                .withMessageStartingWith(file + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "None",
                "{'descr': '<f8', 'fortran_order': False}",
                "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), 'more': '1'}",
                "{'descr': '<f8', 'fortran_order': 0, 'shape': (3, 4), }",
                "{'descr': '<f8', 'fortran_order': 'False', 'shape': (3, 4), }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': [3, 4], }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3 4), }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4, }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (,), }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (12), }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (1+2, 4), }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), } 1",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }\n",
                "{'descr': '<f8, 'fortran_order': False, 'shape': (3, 4), }",
                "{'descr': '\\x3cf8', 'fortran_order': False, 'shape': (3, 4), }",
                "{'descr': __import__('os'), 'fortran_order': False, 'shape': (3, 4), }"
            })
    void otherHeadersAreRefused(String header) throws IOException {
        Path file = write(npy(header, 96));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(file))
                .withMessageStartingWith(file + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)}",
                "{\"shape\":(3,4,),\"fortran_order\":False,\"descr\":\"<f8\"}",
                "{ 'shape' : ( 3 , 4 ) , 'descr' : '<f8' , 'fortran_order' : False , }"
            })
    void theSameLiteralInOtherWordsIsRead(String header) throws IOException {
        assertThat(read(write(npy(header, 96))).shape()).containsExactly(3, 4);
    }

    @Test
    void missingFilesAreTheFileSystemsFailure() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> TensorFile.load(folder.resolve("none.npy")));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> TensorFile.load(folder.resolve("none.npz")));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> TensorFile.of(Map.of("a", matrix("f8"))).save(folder.resolve("none/x.npy")));
    }

    private void refused(Path file, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(file))
                .withMessage(file + reason);
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("faulty.npy"), bytes);
    }

    /** A version 1.0 file with the given header and that many zero bytes of values. */
    private static byte[] npy(String header, int dataBytes) {
        byte[] text = (header + " \n").getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[10 + text.length + dataBytes];
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        System.arraycopy(start, 0, bytes, 0, start.length);
        System.arraycopy(text, 0, bytes, start.length, text.length);
        return bytes;
    }

    private static Tensor read(Path file) throws IOException {
        return TensorFile.load(file).tensors().get(TensorFile.UNNAMED);
    }

    private static Tensor matrix(String type) {
        return tensor(type, new double[] {.5, 1.5, 2.5, 3.5, 10.5, 11.5, 12.5, 13.5, 20.5, 21.5, 22.5, 23.5}, 3, 4);
    }

    private static Tensor tensor(String type, double[] values, int... shape) {
        float[] floats = Tensor.of(values, shape).floats();
        return switch (type) {
            case "f2" -> Tensor.ofFloat16(floats, shape);
            case "f4" -> Tensor.of(floats, shape);
            default -> Tensor.of(values, shape);
        };
    }

    private static Path fixture(String name) {
        try {
            return Path.of(
                    NpyFilesTest.class.getResource("/fixtures/npy/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
