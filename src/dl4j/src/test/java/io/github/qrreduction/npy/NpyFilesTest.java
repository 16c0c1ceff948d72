package io.github.qrreduction.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.Components;
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
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** NumPy's own files, made by fixtures/npy/make.py, and files with faults. */
class NpyFilesTest {
    private static final Map<String, Integer> MATRIX = Map.of("components", 2);
    private static final Map<String, Integer> BIAS = Map.of("bias", 1);
    private static final String HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }";

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}, {1} order, version {2}")
    @CsvSource({
        "f2,c,1", "f2,f,1", "f2,c,2", "f2,f,2", "f2,c,3", "f2,f,3", "f4,c,1", "f4,f,1", "f4,c,2", "f4,f,2", "f4,c,3",
        "f4,f,3", "f8,c,1", "f8,f,1", "f8,c,2", "f8,f,2", "f8,c,3", "f8,f,3"
    })
    void readsWhatNumPyWrites(String type, String order, int version) throws IOException {
        INDArray array = NpyFiles.read(fixture("matrix-" + type + "-" + order + "-v" + version + ".npy"), 2);

        assertThat(array).isEqualTo(matrix().castTo(type(type)));
        assertThat(array.dataType()).isEqualTo(type(type));
        assertThat(array.ordering()).isEqualTo('c');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"matrix-f2-c-v1", "matrix-f4-c-v1", "matrix-f8-c-v1", "special-f2", "special-f4", "special-f8"})
    void writesWhatNumPyWritesByteForByte(String name) throws IOException {
        Path copy = folder.resolve("copy.npy");

        NpyFiles.write(copy, NpyFiles.read(fixture(name + ".npy"), 2));

        assertThat(copy).hasSameBinaryContentAs(fixture(name + ".npy"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "f"})
    void whatIsReadOutlivesTheWorkspaceThatItIsReadIn(String order) throws IOException {
        INDArray read;
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("NPY_TEST")) {
            read = NpyFiles.read(fixture("matrix-f4-" + order + "-v1.npy"), 2);
            assertThat(workspace.getId()).isEqualTo("NPY_TEST");
        }
        assertThat(read.isAttached()).isFalse();
    }

    @Test
    void writesViewsOfAnyOrder() throws IOException {
        Path file = folder.resolve("view.npy");

        NpyFiles.write(
                file, Nd4j.linspace(1, 6, 6, DataType.FLOAT).reshape(2, 3).transpose());

        assertThat(NpyFiles.read(file, 2)).isEqualTo(Nd4j.createFromArray(new float[][] {{1, 4}, {2, 5}, {3, 6}}));
    }

    @ParameterizedTest
    @CsvSource({"stored,f2", "stored,f4", "stored,f8", "deflated,f2", "deflated,f4", "deflated,f8"})
    void readsNumPysZips(String method, String type) throws IOException {
        Map<String, INDArray> arrays = NpyFiles.readZip(fixture(method + "-" + type + ".npz"), MATRIX, BIAS);

        assertThat(arrays).containsOnlyKeys("components", "bias");
        assertThat(arrays.get("components")).isEqualTo(matrix().castTo(type(type)));
        assertThat(arrays.get("bias"))
                .isEqualTo(Nd4j.createFromArray(1.5, 2.5, 3.5).castTo(type(type)));
    }

    @Test
    void readsZipsWithoutWhatIsOptional() throws IOException {
        assertThat(NpyFiles.readZip(fixture("no-bias.npz"), MATRIX, BIAS)).containsOnlyKeys("components");
        assertThat(NpyFiles.readZip(fixture("fortran.npz"), MATRIX, BIAS).get("components"))
                .isEqualTo(matrix());
    }

    @Test
    void equalArraysMakeEqualZips() throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("components", matrix());
        arrays.put("bias", Nd4j.createFromArray(1.5, 2.5, 3.5));
        Path one = folder.resolve("one.npz");
        Path two = folder.resolve("two.npz");
        NpyFiles.writeZip(one, arrays);
        NpyFiles.writeZip(two, arrays);

        assertThat(one).hasSameBinaryContentAs(two);
        assertThat(NpyFiles.readZip(one, MATRIX, BIAS)).isEqualTo(arrays);
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
        refused(fixture("bad-rank0.npy"), ": expected 2 dimensions, got shape []");
        refused(fixture("bad-rank1.npy"), ": expected 2 dimensions, got shape [3]");
        refused(fixture("bad-rank3.npy"), ": expected 2 dimensions, got shape [1, 3, 4]");
        refused(
                fixture("bad-empty.npy"),
                ": expected dimensions of at least 1 and at most 2147483647 values in all, got "
                        + "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4), }");
        Path tall = fixture("bad-tall.npy");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.load(tall))
                .withMessage(tall + ": expected components of shape (nOut, nIn), 1 <= nOut <= nIn, got shape [4, 3]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bad-missing | expected the entries components.npy and, if any, bias.npy, mean.npy,"
                        + " got [bias.npy]",
                "bad-extra | expected a mean of length nIn = 4, got shape [3]",
                "bad-foreign | expected the entries components.npy and, if any, bias.npy, mean.npy,"
                        + " got [components.txt]",
                "bad-duplicate | expected the entries components.npy and, if any, bias.npy, mean.npy,"
                        + " got [components.npy, components.npy]",
                "bad-bias-rank | bias.npy: expected 1 dimension, got shape [3, 4]",
                "bad-bias-length | expected a bias of length nOut = 3, got shape [2]"
            })
    void zipsOfOtherArraysAreRefused(String name, String reason) {
        Path file = fixture(name + ".npz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.load(file))
                .withMessage(file + ": " + reason);
    }

    @Test
    void zipsThatCannotBeReadAreRefused() throws IOException {
        Path objects = fixture("bad-object.npz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NpyFiles.readZip(objects, MATRIX, BIAS))
                .withMessageStartingWith(objects + ": components.npy: expected dtype ");
        // The JDK refuses other compression methods when it opens the file or when it reads the entry.
        Path bzip2 = fixture("bad-bzip2.npz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NpyFiles.readZip(bzip2, MATRIX, BIAS))
                .withMessageStartingWith(bzip2 + ": ")
                .withMessageContaining("compression method");
        Path text = Files.writeString(folder.resolve("text.npz"), "no zip");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NpyFiles.readZip(text, MATRIX, BIAS))
                .withMessageStartingWith(text + ": expected a zip file, got one that cannot be read: ");
        Path empty = Files.createFile(folder.resolve("empty.npz"));
        assertThatIllegalArgumentException().isThrownBy(() -> NpyFiles.readZip(empty, MATRIX, BIAS));
    }

    @Test
    void aWrongChecksumIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(fixture("no-bias.npz"));
        // The last value of the only entry stands before the central directory.
        int directory = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
        bytes[directory - 1] ^= 1;
        Path file = Files.write(folder.resolve("crc.npz"), bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NpyFiles.readZip(file, MATRIX, BIAS))
                .withMessageStartingWith(file + ": components.npy: expected 224 bytes with CRC-32 ");
    }

    @Test
    void truncatedFilesAndBytesLeftOverAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(fixture("matrix-f8-c-v1.npy"));
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        refused(write(longer), ": expected 96 bytes of values for shape [3, 4] of DOUBLE, got 97");
        for (int length = 0; length < whole.length; length++) {
            Path file = write(Arrays.copyOf(whole, length));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NpyFiles.read(file, 2))
                    .withMessageStartingWith(file + ": expected ");
        }
        refused(write(Arrays.copyOf(whole, 130)), ": expected 96 bytes of values for shape [3, 4] of DOUBLE, got 2");
        refused(write(Arrays.copyOf(whole, 100)), ": expected a header of 118 bytes, got 90");
        refused(write(Arrays.copyOf(whole, 7)), ": expected a header, the file ends before it");
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
                .isThrownBy(() -> NpyFiles.read(file, 2))
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
                .isThrownBy(() -> NpyFiles.read(file, 2))
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
        assertThat(NpyFiles.read(write(npy(header, 96)), 2).shape()).containsExactly(3, 4);
    }

    @Test
    void missingFilesAreTheFileSystemsFailure() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> NpyFiles.read(folder.resolve("none.npy"), 2));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> NpyFiles.readZip(folder.resolve("none.npz"), MATRIX, BIAS));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> NpyFiles.write(folder.resolve("none/x.npy"), matrix()));
    }

    private void refused(Path file, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NpyFiles.read(file, 2))
                .withMessage(file + reason);
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("faulty.npy"), bytes);
    }

    /** A version 1.0 file with the given header and so many zero bytes of values. */
    private static byte[] npy(String header, int dataBytes) {
        byte[] text = (header + " \n").getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[10 + text.length + dataBytes];
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        System.arraycopy(start, 0, bytes, 0, start.length);
        System.arraycopy(text, 0, bytes, start.length, text.length);
        return bytes;
    }

    private static INDArray matrix() {
        return Nd4j.createFromArray(
                new double[][] {{.5, 1.5, 2.5, 3.5}, {10.5, 11.5, 12.5, 13.5}, {20.5, 21.5, 22.5, 23.5}});
    }

    private static DataType type(String name) {
        return switch (name) {
            case "f2" -> DataType.FLOAT16;
            case "f4" -> DataType.FLOAT;
            default -> DataType.DOUBLE;
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
