package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and streams of tensors in the three formats. */
class TensorFileTest {
    private static final Tensor MATRIX = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private static final TensorFile ONE = TensorFile.of(Map.of(TensorFile.UNNAMED, MATRIX));

    @TempDir
    private Path folder;

    private static TensorFile several() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("half", Tensor.ofFloat16(new float[] {1.5f, -2, 65504}, 3));
        tensors.put("scalar", Tensor.of(new float[] {Float.NaN}));
        tensors.put("double", Tensor.of(new double[] {Math.PI, Double.NEGATIVE_INFINITY}, 1, 2, 1));
        return TensorFile.of(tensors);
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "safetensors"})
    void filesAndStreamsHoldTheSameBytes(String format) throws IOException {
        TensorFile content = format.equals("npy") ? ONE : several();
        Path file = folder.resolve("file." + format);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();

        content.save(file);
        content.save(stream, format);

        assertThat(file).hasBinaryContent(stream.toByteArray());
        assertThat(TensorFile.load(file)).isEqualTo(content);
        assertThat(TensorFile.load(new ByteArrayInputStream(stream.toByteArray()), format))
                .isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "safetensors"})
    void filesWithinAZipAreWrittenReplacedAndRead(String format) throws IOException {
        Path zip = folder.resolve("files.zip");
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path file = files.getPath("/folder/file." + format);
            Files.createDirectory(file.getParent());
            TensorFile.of(Map.of(TensorFile.UNNAMED, Tensor.of(new float[] {1}, 1)))
                    .save(file);
            ONE.save(file);
            assertThat(TensorFile.load(file)).isEqualTo(ONE);
        }
        try (FileSystem files = FileSystems.newFileSystem(zip)) {
            assertThat(TensorFile.load(files.getPath("folder", "file." + format)))
                    .isEqualTo(ONE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "safetensors"})
    void streamsThatGiveByteByByteAreRead(String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ONE.save(bytes, format);
        InputStream slow = new ByteArrayInputStream(bytes.toByteArray()) {
            @Override
            public synchronized int read(byte[] b, int off, int len) {
                return super.read(b, off, Math.min(1, len));
            }
        };

        assertThat(TensorFile.load(slow, format)).isEqualTo(ONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "safetensors"})
    void streamsThatAreCutOrGoOnAreRefused(String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ONE.save(out, format);
        byte[] bytes = out.toByteArray();
        for (int length = 0; length <= bytes.length + 1; length++) {
            if (length != bytes.length) {
                byte[] other = Arrays.copyOf(bytes, length);
                assertThatIllegalArgumentException()
                        .as("%d bytes", length)
                        .isThrownBy(() -> TensorFile.load(new ByteArrayInputStream(other), format))
                        .withMessageMatching("(?s).*expected .*");
            }
        }
    }

    /** A header that lies costs no more memory than the bytes that come. */
    @Test
    void aStreamThatClaimsTwoBillionValuesIsRefused() {
        byte[] header = NpyHeader.toBytes(ElementType.FLOAT64, Integer.MAX_VALUE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(new ByteArrayInputStream(header), "npy"))
                .withMessage("expected 17179869176 bytes of values for shape [2147483647] of FLOAT64, got fewer");
    }

    @ParameterizedTest
    @EnumSource
    void manyValuesComeInChunks(ElementType type) throws IOException {
        float[] values = new float[300_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 2000;
        }
        Tensor tensor = switch (type) {
            case FLOAT16 -> Tensor.ofFloat16(values, values.length);
            case FLOAT32 -> Tensor.of(values, values.length);
            case FLOAT64 -> Tensor.of(Tensor.of(values, values.length).doubles(), values.length);
        };
        for (String format : new String[] {"npy", "npz", "safetensors"}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            TensorFile content = TensorFile.of(Map.of(TensorFile.UNNAMED, tensor));
            content.save(bytes, format);
            assertThat(TensorFile.load(new ByteArrayInputStream(bytes.toByteArray()), format))
                    .isEqualTo(content);
        }
    }

    @Test
    void fortranOrderOfAnyRankIsTurned() throws IOException {
        byte[] header = NpyHeader.toBytes(ElementType.FLOAT32, 2, 3, 2);
        String text = new String(header, StandardCharsets.ISO_8859_1).replace("False,", "True, ");
        byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), header.length + 48);
        for (int i = 0; i < 12; i++) {
            int bits = Float.floatToIntBits(i);
            for (int b = 0; b < 4; b++) {
                bytes[header.length + 4 * i + b] = (byte) (bits >>> (8 * b));
            }
        }

        Tensor read = TensorFile.load(new ByteArrayInputStream(bytes), "npy")
                .tensors()
                .get(TensorFile.UNNAMED);

        assertThat(read).isEqualTo(Tensor.of(new float[] {0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11}, 2, 3, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }",
                "2 | {'descr': '<f4', 'fortran_order': False, 'shape': (2 L, 3), }",
                "1 | {'descr': u'<f4', 'fortran_order': False, 'shape': (2, 3), }",
                "2 | {u'descr': u\"<f4\", u'fortran_order': False, u'shape': (2L, 3L,), }",
                "3 | {'descr': u'<f4', 'fortran_order': False, 'shape': (2, 3), }",
                "1 | {'descr': U'<f4', 'fortran_order': False, 'shape': (2, 3), }"
            })
    void whatPython2WroteIsRead(int version, String header) throws IOException {
        Tensor read = TensorFile.load(new ByteArrayInputStream(npy(version, header, 24)), "npy")
                .tensors()
                .get(TensorFile.UNNAMED);
        assertThat(read).isEqualTo(Tensor.of(new float[6], 2, 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | {'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }",
                "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (2LL, 3), }",
                "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (L, 3), }",
                "1 | {'descr': u '<f4', 'fortran_order': False, 'shape': (2, 3), }",
                "1 | {'descr': uu'<f4', 'fortran_order': False, 'shape': (2, 3), }",
                "2 | {'descr': b'<f4', 'fortran_order': False, 'shape': (2, 3), }"
            })
    void whatNumPyRefusesOfThatIsRefused(int version, String header) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(new ByteArrayInputStream(npy(version, header, 24)), "npy"))
                .withMessageStartingWith("malformed header: expected ");
    }

    private static byte[] npy(int version, String header, int dataBytes) {
        byte[] text = (header + " \n").getBytes(StandardCharsets.UTF_8);
        int prefix = version == 1 ? 10 : 12;
        byte[] bytes = new byte[prefix + text.length + dataBytes];
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0, (byte) text.length, 0};
        System.arraycopy(start, 0, bytes, 0, start.length);
        System.arraycopy(text, 0, bytes, prefix, text.length);
        return bytes;
    }

    @Test
    void bytesBeforeWithinOrBehindAZipAreRefused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        several().save(out, "npz");
        byte[] zip = out.toByteArray();
        byte[] before = new byte[zip.length + 1];
        System.arraycopy(zip, 0, before, 1, zip.length);
        byte[] within = new byte[zip.length + 1];
        int second = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\3\4", 4);
        System.arraycopy(zip, 0, within, 0, second);
        System.arraycopy(zip, second, within, second + 1, zip.length - second);
        // And with all places put right: then it is the gap alone that is wrong.
        byte[] gap = within.clone();
        ByteBuffer places = ByteBuffer.wrap(gap).order(ByteOrder.LITTLE_ENDIAN);
        int end = gap.length - 22;
        places.putInt(end + 16, places.getInt(end + 16) + 1);
        for (int at = places.getInt(end + 16);
                at < end;
                at += 46 + places.getShort(at + 28) + places.getShort(at + 30)) {
            places.putInt(at + 42, places.getInt(at + 42) + (places.getInt(at + 42) > 0 ? 1 : 0));
        }
        int directory = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getInt(zip.length - 22 + 16);
        byte[] last = new byte[zip.length + 1];
        System.arraycopy(zip, 0, last, 0, directory);
        System.arraycopy(zip, directory, last, directory + 1, zip.length - directory);
        ByteBuffer.wrap(last).order(ByteOrder.LITTLE_ENDIAN).putInt(last.length - 22 + 16, directory + 1);
        for (byte[] bytes : new byte[][] {before, within, gap, last, Arrays.copyOf(zip, zip.length + 1)}) {
            Path file = Files.write(folder.resolve("faulty.npz"), bytes);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TensorFile.load(file))
                    .withMessageStartingWith(file + ": expected a zip file, got one that cannot be read: ");
        }
    }

    /** As zip tools write it where a zip has outgrown 32 bits; here of a small one. */
    @Test
    void aZip64EndIsRead() throws IOException {
        byte[] bytes = zip64(0);
        assertThat(TensorFile.load(new ByteArrayInputStream(bytes), "npz")).isEqualTo(several());
        for (int wrong = 1; wrong <= 4; wrong++) {
            byte[] damaged = zip64(wrong);
            assertThatIllegalArgumentException()
                    .as("fault %d", wrong)
                    .isThrownBy(() -> TensorFile.load(new ByteArrayInputStream(damaged), "npz"))
                    .withMessageStartingWith("expected a zip file, got one that cannot be read: ");
        }
    }

    private static byte[] zip64(int wrong) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        several().save(out, "npz");
        byte[] zip = out.toByteArray();
        ByteBuffer end = ByteBuffer.wrap(zip, zip.length - 22, 22).slice().order(ByteOrder.LITTLE_ENDIAN);
        long length = end.getInt(12);
        long start = end.getInt(16);
        ByteBuffer bytes = ByteBuffer.allocate(zip.length + 56 + 20).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(zip, 0, zip.length - 22);
        int end64 = bytes.position();
        bytes.putInt(wrong == 1 ? 0 : 0x06064b50)
                .putLong(44)
                .putShort((short) 45)
                .putShort((short) 45);
        bytes.putInt(0).putInt(0).putLong(3).putLong(wrong == 2 ? 2 : 3);
        bytes.putLong(wrong == 3 ? -1 : length).putLong(start);
        bytes.putInt(0x07064b50)
                .putInt(0)
                .putLong(wrong == 4 ? end64 - 1 : end64)
                .putInt(1);
        end.putShort(8, (short) -1).putShort(10, (short) -1).putInt(12, -1).putInt(16, -1);
        end.position(0);
        return bytes.put(end).array();
    }

    @Test
    void encryptedEntriesAndOtherMethodsAreRefused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ONE.save(out, "npz");
        byte[] zip = out.toByteArray();
        int directory = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
        zip[directory + 8] |= 1;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(new ByteArrayInputStream(zip), "npz"))
                .withMessage("expected a zip file, got one that cannot be read: an encrypted entry");
        zip[directory + 8] &= ~1;
        zip[directory + 10] = 14;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(new ByteArrayInputStream(zip), "npz"))
                .withMessage("arr_0.npy: expected a stored or deflated entry, got compression method 14");
    }

    @ParameterizedTest
    @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
    void aZipOfTheJdkWithACommentIsRead(int method) throws IOException {
        ByteArrayOutputStream npy = new ByteArrayOutputStream();
        ONE.save(npy, "npy");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ZipOutputStream zip = new ZipOutputStream(bytes);
        zip.setMethod(method);
        zip.setComment("PK\5\6 a comment");
        ZipEntry entry = new ZipEntry("arr_0.npy");
        CRC32 crc = new CRC32();
        crc.update(npy.toByteArray());
        if (method == ZipEntry.STORED) {
            entry.setSize(npy.size());
            entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(npy.toByteArray());
        zip.close();

        assertThat(TensorFile.load(new ByteArrayInputStream(bytes.toByteArray()), "npz"))
                .isEqualTo(ONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "safetensors"})
    void aMissingFileAndAFolderAreNamed(String format) throws IOException {
        Path missing = folder.resolve("none." + format);
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> TensorFile.load(missing))
                .withMessage(missing + ": expected a file, got none");
        Path inside = Files.createDirectory(folder.resolve("folder." + format));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> TensorFile.load(inside))
                .withMessage(inside + ": expected a file, got a folder");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> ONE.save(inside))
                .withMessage(inside + ": expected a regular file or none, got something else");
        Path below = missing.resolve("x." + format);
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> ONE.save(below))
                .withMessage(below + ": expected the folder " + missing + " to be there");
    }

    @Test
    void pyTorchsOwnFilesAreRefusedWithAWayOut() {
        Path file = folder.resolve("model.pt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(file))
                .withMessage(file
                        + ": expected a file name that ends in .npy, .npz or .safetensors, got model.pt; in Python:"
                        + " safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")");
    }

    @Test
    void otherEndingsAndFormatsAreRefused() {
        Path file = folder.resolve("q.bin");
        String reason = ": expected a file name that ends in .npy, .npz or .safetensors, got q.bin";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(file))
                .withMessage(file + reason);
        assertThatIllegalArgumentException().isThrownBy(() -> ONE.save(file)).withMessage(file + reason);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ONE.save(new ByteArrayOutputStream(), "onnx"))
                .withMessage("expected format npy, npz or safetensors, got onnx");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.load(InputStream.nullInputStream(), null))
                .withMessage("expected format npy, npz or safetensors, got null");
    }

    @Test
    void whatAFormatCannotHoldIsRefusedBeforeAnythingIsWritten() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> several().save(out, "npy"))
                .withMessage("expected one array, since .npy holds no more, got [half, scalar, double];"
                        + " save as .npz or .safetensors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TensorFile.of(Map.of("", MATRIX)).save(out, "npz"))
                .withMessage("expected names of 1 to 1000 characters, got one of 0");
        assertThat(out.size()).isZero();
    }

    @Test
    void contentIsAValue() {
        assertThat(several()).isEqualTo(several()).hasSameHashCodeAs(several()).isNotEqualTo(ONE);
        assertThat(TensorFile.of(Map.of(), Map.of("a", "b"))).isNotEqualTo(TensorFile.of(Map.of()));
        assertThat(ONE).hasToString("TensorFile({arr_0=Tensor(FLOAT64, shape [2, 3])})");
        assertThat(TensorFile.of(Map.of(), Map.of("a", "b"))).hasToString("TensorFile({}, metadata {a=b})");
        assertThatNullPointerException().isThrownBy(() -> TensorFile.of(null)).withMessage("tensors");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> ONE.tensors().clear());
    }
}
