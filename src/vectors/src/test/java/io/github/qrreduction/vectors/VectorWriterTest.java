package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorWriterTest {
    @TempDir
    private Path folder;

    @Test
    void writesTheseBytes() throws IOException {
        assertThat(written("vec")).isEqualTo("1 2" + " ".repeat(25) + "\na b 1.0 -2.5\n");
        assertThat(written("txt")).isEqualTo("a b 1.0 -2.5\n");
        assertThat(written("csv")).isEqualTo("name,0,1\n\"a b\",1.0,-2.5\n");
        assertThat(written("tsv")).isEqualTo("name\t0\t1\n\"a b\"\t1.0\t-2.5\n");
    }

    private static String written(String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (VectorWriter out = VectorWriter.create(bytes, format, 2, 1)) {
            out.write("a b", new float[] {1, -2.5f});
            out.finish();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void vectorsWithoutNamesAreNumberedInWordVectors() throws IOException {
        Path file = folder.resolve("v.vec");
        try (VectorWriter out = VectorWriter.create(file, 1)) {
            out.write(new float[] {1});
            out.write(new float[] {2});
            out.finish();
        }
        assertThat(Files.readString(file)).endsWith("\n0 1.0\n1 2.0\n");
    }

    @ParameterizedTest
    @EnumSource
    void matricesAreAsNumPyWritesThem(ElementType type) throws IOException {
        Path file = folder.resolve("v.npy");
        Path expected = folder.resolve("expected.npy");
        float[] values = {1, 0.5f, -3, 4, 65504, 6};
        try (VectorWriter out = VectorWriter.create(file, 2, type)) {
            for (int i = 0; i < 6; i += 2) {
                out.write(new float[] {values[i], values[i + 1]});
            }
            out.finish();
        }
        Tensor tensor = switch (type) {
            case FLOAT16 -> Tensor.ofFloat16(values, 3, 2);
            case FLOAT32 -> Tensor.of(values, 3, 2);
            case FLOAT64 -> Tensor.of(Tensor.of(values, 3, 2).doubles(), 3, 2);
        };
        TensorFile.of(java.util.Map.of("a", tensor)).save(expected);
        assertThat(file).hasSameBinaryContentAs(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "fvecs", "csv", "tsv", "vec", "txt"})
    void withoutFinishTheOldFileStands(String format) throws IOException {
        Path file = Files.writeString(folder.resolve("v." + format), "old");
        try (VectorWriter out = VectorWriter.create(file, 2)) {
            for (int i = 0; i < 100_000; i++) {
                out.write(new float[] {1, 2});
            }
        }
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("v." + format);
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        refused("v.csv", "row 1: expected a vector of length 2, got length 1", null, 1);
        refused(
                "v.csv",
                "row 1, number 2: expected a finite number, since this is text, got NaN; save as .npy or .fvecs",
                null,
                1,
                Float.NaN);
        refused("v.csv", "row 1: expected a name of one line, got one with a line break", "a\nb", 1, 2);
        refused("v.csv", "row 1: expected a name of whole characters, got half a surrogate pair", "\ud800", 1, 2);
        refused("v.vec", "row 1: expected a name without blanks at its ends, not empty, got \"\"", "", 1, 2);
        refused("v.vec", "row 1: expected a name without blanks at its ends, not empty, got \" a\"", " a", 1, 2);
        refused(
                "v.txt",
                "row 1: expected a first name that does not end in a number, since .txt does not say the dimension, got"
                        + " \"at 5\"; save as .vec",
                "at 5",
                1,
                2);
        refused(
                "v.npy",
                "row 1: expected no name, since .npy holds none, got \"a\"; save as .vec or .csv, or without names",
                "a",
                1,
                2);
        Path half = folder.resolve("v.npy");
        try (VectorWriter out = VectorWriter.create(half, 1, ElementType.FLOAT16)) {
            out.write(new float[] {Float.POSITIVE_INFINITY});
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> out.write(new float[] {1e5f}))
                    .withMessage(half + ": row 2, number 1: expected a float16 of at most 65504.0, got 100000.0");
        }
        Path csv = folder.resolve("v.csv");
        try (VectorWriter out = VectorWriter.create(csv, 1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(out::finish)
                    .withMessage(csv + ": expected at least one vector, got 0");
            out.write("a", new float[] {1});
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> out.write(new float[] {1}))
                    .withMessage(csv + ": row 2: expected a name as before, got none");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VectorWriter.create(csv, 0))
                .withMessage(csv + ": expected a dimension of 1 to 16777216, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VectorWriter.create(csv, 1, ElementType.FLOAT16))
                .withMessage(csv + ": expected type FLOAT32 for .csv, got FLOAT16; .npy takes others");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VectorWriter.create(new ByteArrayOutputStream(), "vec", 1, -1))
                .withMessage("expected the number of vectors, since .vec begins with it, got -1");
        VectorWriter stream = VectorWriter.create(new ByteArrayOutputStream(), "vec", 1, 2);
        stream.write(new float[] {1});
        assertThatIllegalArgumentException().isThrownBy(stream::finish).withMessage("expected 2 vectors, got 1");
        assertThat(folder).isEmptyDirectory();
    }

    private void refused(String file, String reason, String name, float... vector) throws IOException {
        Path path = folder.resolve(file);
        try (VectorWriter out = VectorWriter.create(path, 2)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> out.write(name, vector))
                    .withMessage(path + ": " + reason);
        }
    }
}
