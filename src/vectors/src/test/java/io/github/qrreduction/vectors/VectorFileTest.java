package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorFileTest {
    private static final float[][] ROWS = {{1, -2.5f, 1e-20f}, {0.1f, 3e30f, -0f}, {7, 8, 9}};
    private static final List<String> NAMES = List.of("the", "1999", "\u00e4 \"b\", c");

    @TempDir
    private Path folder;

    /** All vectors, and what they are called. */
    private record Content(float[][] rows, List<String> names) {
        static Content of(VectorFile file) {
            List<float[]> rows = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (float[] v : file) {
                rows.add(v);
                names.add(file.name());
            }
            return new Content(rows.toArray(float[][]::new), names);
        }

        static Content of(Path path) throws IOException {
            try (VectorFile file = VectorFile.open(path)) {
                return of(file);
            }
        }
    }

    private Path text(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private void refused(Path file, String reason) {
        assertThatIllegalArgumentException().isThrownBy(() -> Content.of(file)).withMessage(file + ": " + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "fvecs", "csv", "tsv", "vec", "txt"})
    void everyFormatComesBackFromFilesStreamsAndZips(String format) throws IOException {
        Path file = folder.resolve("v." + format);
        write(file);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        VectorWriter out = VectorWriter.create(bytes, format, 3, 3);
        for (int i = 0; i < 3; i++) {
            out.write(out.holdsNames() ? NAMES.get(i) : null, ROWS[i]);
        }
        out.finish();
        out.close();

        assertThat(file).hasBinaryContent(bytes.toByteArray());
        try (VectorFile f = VectorFile.open(file)) {
            assertThat(f.dimension()).isEqualTo(3);
            assertThat(f.size()).isEqualTo(List.of("npy", "fvecs", "vec").contains(format) ? 3 : -1);
            assertThat(f.hasNames()).isEqualTo(out.holdsNames());
            for (int pass = 0; pass < 2; pass++) {
                assertThat(Content.of(f).rows()).isDeepEqualTo(ROWS);
            }
            assertThat(f.name()).isEqualTo(out.holdsNames() ? NAMES.get(2) : null);
        }
        try (VectorFile f = VectorFile.open(new ByteArrayInputStream(bytes.toByteArray()), format)) {
            Content content = Content.of(f);
            assertThat(content.rows()).isDeepEqualTo(ROWS);
            if (out.holdsNames()) {
                assertThat(content.names()).isEqualTo(NAMES);
            }
            assertThatIllegalStateException()
                    .isThrownBy(f::iterator)
                    .withMessage("expected one pass over the vectors of a stream, got another one");
        }
        try (FileSystem zip = FileSystems.newFileSystem(folder.resolve("v.zip"), Map.of("create", "true"))) {
            Path inside = zip.getPath("/v." + format);
            write(inside);
            write(inside);
            assertThat(Content.of(inside).rows()).isDeepEqualTo(ROWS);
        }
    }

    private static void write(Path file) throws IOException {
        try (VectorWriter out = VectorWriter.create(file, 3)) {
            for (int i = 0; i < 3; i++) {
                out.write(out.holdsNames() ? NAMES.get(i) : null, ROWS[i]);
            }
            out.finish();
        }
    }

    @ParameterizedTest
    @CsvSource({"f2,c", "f2,f", "f4,c", "f4,f", "f8,c", "f8,f"})
    void readsNumPysMatricesOfEveryTypeAndOrder(String type, String order) throws Exception {
        Path file = Path.of(VectorFileTest.class
                .getResource("/fixtures/npy/matrix-" + type + "-" + order + "-v1.npy")
                .toURI());
        assertThat(Content.of(file).rows()).isDeepEqualTo(new float[][] {
            {.5f, 1.5f, 2.5f, 3.5f}, {10.5f, 11.5f, 12.5f, 13.5f}, {20.5f, 21.5f, 22.5f, 23.5f}
        });
        if (order.equals("f")) {
            try (InputStream in = Files.newInputStream(file)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> VectorFile.open(in, "npy"))
                        .withMessageStartingWith("expected C order, since Fortran order cannot be read row by row");
            }
        }
    }

    /** Larger than one chunk in both directions. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void largeMatricesComeInChunks(boolean fortran) throws IOException {
        int n = 3001;
        int d = 300;
        byte[] header = NpyHeader.toBytes(ElementType.FLOAT32, n, d);
        if (fortran) {
            header = new String(header, StandardCharsets.ISO_8859_1)
                    .replace("False,", "True, ")
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(header.length + 4 * n * d)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .put(header);
        for (int k = 0; k < n * d; k++) {
            bytes.putFloat(fortran ? k % n * d + k / n : k);
        }
        Path file = Files.write(folder.resolve("large.npy"), bytes.array());
        int row = 0;
        try (VectorFile f = VectorFile.open(file)) {
            for (float[] v : f) {
                assertThat(v[0]).isEqualTo(row * d);
                assertThat(v[d - 1]).isEqualTo(row * d + d - 1);
                row++;
            }
        }
        assertThat(row).isEqualTo(n);
    }

    @Test
    void readsWord2VecGloVeAndFastText() throws IOException {
        Content word2vec = Content.of(text("a.vec", "2 3\nthe 1 2 3\nof 4e0 -5.5 +.6\n"));
        assertThat(word2vec.names()).containsExactly("the", "of");
        assertThat(word2vec.rows()).isDeepEqualTo(new float[][] {{1, 2, 3}, {4, -5.5f, .6f}});
        // fastText ends lines with a blank; words may be numbers, marks, or hold blanks that are not ASCII.
        Content fastText = Content.of(text("b.vec", "\ufeff3 2  \r\n1 1 2 \r\n\u00a0 3 4 \r\n, 5 6 \r\n\r\n"));
        assertThat(fastText.names()).containsExactly("1", "\u00a0", ",");
        Content gloVe = Content.of(text("c.txt", "1999 0.5 1\n. . . 1 2\nat name@domain.com 3 4"));
        assertThat(gloVe.names()).containsExactly("1999", ". . .", "at name@domain.com");
        assertThat(gloVe.rows()).isDeepEqualTo(new float[][] {{.5f, 1}, {1, 2}, {3, 4}});
        // Only a newline ends a line.
        assertThat(Content.of(text("d.txt", "a\u2028b\u0085 1 2\n")).names()).containsExactly("a\u2028b\u0085");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,2\\n3,4 | false | 1 2 3 4",
                "x,y\\n1,2\\n3,4\\n | false | 1 2 3 4",
                "a,1,2\\nb,3,4 | true | 1 2 3 4",
                "id,x,y\\n7,1,2\\n8,3,4 | true | 1 2 3 4",
                ",0,1\\n0,1,2\\n1,3,4 | true | 1 2 3 4",
                "word,v0,v1\\n\"a, \"\"b\"\"\",1,2\\nc,\"3\", 4 | true | 1 2 3 4",
                "x\\n1\\n2 | false | 1 2",
                "a,1\\n | true | 1",
                "'1,2\\r\\n3,4\\r\\n\\r\\n' | false | 1 2 3 4"
            })
    void readsTablesWithAndWithoutHeaderAndNames(String content, boolean named, String numbers) throws IOException {
        String csv = content.replace("\\n", "\n").replace("\\r", "\r");
        for (boolean tabs : new boolean[] {false, true}) {
            if (tabs && csv.contains("a, ")) {
                continue;
            }
            Path file = text(tabs ? "t.tsv" : "t.csv", tabs ? csv.replace(',', '\t') : csv);
            StringBuilder got = new StringBuilder();
            try (VectorFile f = VectorFile.open(file)) {
                assertThat(f.hasNames()).isEqualTo(named);
                for (float[] v : f) {
                    assertThat(f.name() != null).isEqualTo(named);
                    for (float x : v) {
                        got.append(got.length() > 0 ? " " : "").append(Math.round(x));
                    }
                }
            }
            assertThat(got).hasToString(numbers);
        }
    }

    @Test
    void namesLoseTheirQuotationMarks() throws IOException {
        assertThat(Content.of(text("q.csv", "word,v\n\"a, \"\"b\"\"\",1\nc d,2\n"))
                        .names())
                .containsExactly("a, \"b\"", "c d");
    }

    @Test
    void faultsInTextAreNamedByLineAndField() throws IOException {
        refused(text("a.csv", "1,2\n3,4,5\n"), "line 2: expected 2 numbers, got 3 fields");
        refused(text("a.csv", "a,1,2\nb,3\n"), "line 2: expected a name and 2 numbers, got 2 fields");
        refused(text("a.csv", "1,2\n3,NaN\n"), "line 2: expected a finite number in field 2, got \"NaN\"");
        refused(text("a.csv", "1,2\n3,1e39\n"), "line 2: expected a finite number in field 2, got \"1e39\"");
        refused(text("a.csv", "1,2\n3,\n"), "line 2: expected a finite number in field 2, got \"\"");
        refused(text("a.csv", "1,2\nthe,4\n"), "line 2: expected a finite number in field 1, got \"the\"");
        refused(text("a.csv", "1,2\n\n3,4\n"), "line 2: expected no empty line before the end, got one");
        refused(
                text("a.csv", "a,b\n\"x,1\n"),
                "line 2: expected a closing quotation mark in field 1, got the end of the line");
        refused(
                text("a.csv", "a,b\n\"x\"y,1\n"),
                "line 2: expected the end of field 1 behind its quotation mark, got more text");
        refused(text("a.csv", "a,b\n"), "expected at least one vector, got a header only");
        refused(text("a.csv", "\n"), "expected at least one vector, got an empty file");
    }

    @Test
    void faultsInWordVectorsAreNamedByLineAndField() throws IOException {
        refused(text("a.vec", "2 3\nthe 1 2 3\nof 4 5\n"), "line 3: expected a word and 3 numbers, got 3 fields");
        refused(text("a.vec", "2 3\nthe 1 2 3\n"), "expected 2 vectors, as line 1 says, got 1");
        refused(text("a.vec", "1 1\na 1\nb 2\n"), "line 3: expected the end after 1 vectors, as line 1 says, got more");
        refused(text("a.vec", "1 2\na 1 x\n"), "line 2: expected a finite number in field 3, got \"x\"");
        refused(text("a.vec", "1 300\na 1\n"), "line 2: expected a word and 300 numbers, got fewer");
        refused(
                text("a.vec", "1 99999999999\na 1\n"),
                "line 1: expected the number of vectors, at least 1, and their dimension, 1 to 16777216, got 1 and"
                        + " 99999999999");
        refused(text("a.txt", "the 1 2\nof 1\n"), "line 2: expected a word and 2 numbers, got 2 fields");
        refused(text("a.txt", "the 1 2\nof nan 1\n"), "line 2: expected a finite number in field 2, got \"nan\"");
        refused(
                text("a.txt", "the\n"),
                "line 1: expected a word and numbers behind it, or the number of vectors and their dimension,"
                        + " got neither");
        refused(text("a.txt", ""), "expected at least one vector, got an empty file");
        Path latin = Files.write(folder.resolve("l.txt"), "\u00e4 1 2\n".getBytes(StandardCharsets.ISO_8859_1));
        refused(latin, "line 1: expected a name in UTF-8, got other bytes");
    }

    @Test
    void faultsInBinaryFilesAreNamedByRow() throws IOException {
        Path file = folder.resolve("v.fvecs");
        write(file);
        byte[] whole = Files.readAllBytes(file);
        refused(
                Files.write(folder.resolve("a.fvecs"), Arrays.copyOf(whole, 40)),
                "expected vectors of 16 bytes each, as the first one says, got a file of 40 bytes");
        byte[] other = whole.clone();
        other[16] = 4;
        refused(Files.write(folder.resolve("a.fvecs"), other), "row 2: expected dimension 3, as in row 1, got 4");
        other[3] = -1;
        refused(
                Files.write(folder.resolve("a.fvecs"), other),
                "row 1: expected dimension 1 to 16777216, got -16777213");
        refused(
                Files.write(folder.resolve("a.fvecs"), new byte[3]),
                "expected at least one vector, got a file of 3 bytes");
        for (int length : new int[] {18, 30}) {
            InputStream cut = new ByteArrayInputStream(whole, 0, length);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Content.of(VectorFile.open(cut, "fvecs")))
                    .withMessageStartingWith("row 2: expected ");
        }
        byte[] npy = NpyHeader.toBytes(ElementType.FLOAT32, 2, 3);
        refused(
                Files.write(folder.resolve("a.npy"), Arrays.copyOf(npy, npy.length + 20)),
                "expected 24 bytes of values for shape [2, 3] of FLOAT32, got 20");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Content.of(
                        VectorFile.open(new ByteArrayInputStream(Arrays.copyOf(npy, npy.length + 20)), "npy")))
                .withMessage("row 2: expected 12 bytes, got 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Content.of(
                        VectorFile.open(new ByteArrayInputStream(Arrays.copyOf(npy, npy.length + 25)), "npy")))
                .withMessage("expected 24 bytes of values for shape [2, 3] of FLOAT32, got more");
        byte[] cube = NpyHeader.toBytes(ElementType.FLOAT32, 1, 2, 3);
        refused(
                Files.write(folder.resolve("a.npy"), Arrays.copyOf(cube, cube.length + 24)),
                "expected vectors of shape (n, d), d at most 16777216, got shape [1, 2, 3]");
    }

    @Test
    void otherEndingsAndMissingFilesAreRefused() {
        Path file = folder.resolve("v.bin");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VectorFile.open(file))
                .withMessage(
                        file + ": expected a file name that ends in .npy, .fvecs, .csv, .tsv, .vec or .txt, got v.bin");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VectorFile.open(InputStream.nullInputStream(), "bin"))
                .withMessage("expected format npy, fvecs, csv, tsv, vec or txt, got bin");
        Path missing = folder.resolve("v.csv");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> VectorFile.open(missing))
                .withMessage(missing + ": expected a file, got none");
    }

    @Test
    void aFileThatIsGoneIsNoticedOnTheNextPass() throws IOException {
        Path file = text("a.csv", "1,2\n");
        try (VectorFile f = VectorFile.open(file)) {
            Iterator<float[]> it = f.iterator();
            it.next();
            assertThat(it.hasNext()).isFalse();
            assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(it::next);
            Files.delete(file);
            assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(f::iterator);
        }
    }

    @Test
    void linesOfAnyLengthAreRead() throws IOException {
        int d = 100_000;
        Random random = new Random(1);
        float[] v = new float[d];
        for (int i = 0; i < d; i++) {
            v[i] = Float.intBitsToFloat(random.nextInt(0x7f800000));
        }
        for (String format : new String[] {"csv", "vec"}) {
            Path file = folder.resolve("long." + format);
            try (VectorWriter out = VectorWriter.create(file, d)) {
                out.write("a", v);
                out.write("b", v);
                out.finish();
            }
            // Not isDeepEqualTo, whose message would have all of them.
            assertThat(Arrays.deepEquals(Content.of(file).rows(), new float[][] {v, v}))
                    .isTrue();
        }
    }

    /** Against the JDK, on random bits, on text of all lengths, and beside the middle between two floats. */
    @Test
    void numbersInTextAreReadAsTheJdkReadsThem() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            float f = Float.intBitsToFloat(random.nextInt());
            StringBuilder digits = new StringBuilder();
            for (int n = random.nextInt(24); n >= 0; n--) {
                digits.append((char) ('0' + random.nextInt(10)));
            }
            String exponent = random.nextBoolean() ? "" : "e" + (random.nextInt(80) - 40);
            double middle = ((double) f + Math.nextUp(f)) / 2;
            for (String s : new String[] {
                Float.toString(f),
                Double.toString(f),
                Double.toString(middle),
                digits + exponent,
                "-0." + digits + exponent,
                digits + "." + digits + exponent,
                new java.math.BigDecimal(Float.isFinite(f) ? middle : 0).toPlainString()
            }) {
                if (s.contains("N") || s.contains("I")) {
                    continue;
                }
                byte[] b = s.getBytes(StandardCharsets.US_ASCII);
                assertThat(FloatText.parse(b, 0, b.length)).as(s).isEqualTo(Float.parseFloat(s));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+",
                ".",
                "e5",
                "1e",
                "1e+",
                "1f",
                "1d",
                "0x1p3",
                "NaN",
                "Infinity",
                "inf",
                "--1",
                "1 2",
                "1..2",
                "1e5.",
                "\u0661"
            })
    void whatIsNoDecimalNumberIsNone(String text) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        assertThat(FloatText.parse(b, 0, b.length)).isNaN();
    }

    @Test
    void signsOfZeroAndBareForms() {
        for (String s : new String[] {"0", "-0", "+0.0e99999", "5.", ".5", "-.5E1", "00012", "1e99999", "1e-99999"}) {
            byte[] b = s.getBytes(StandardCharsets.US_ASCII);
            assertThat(FloatText.parse(b, 0, b.length)).isEqualTo(Float.parseFloat(s));
        }
    }
}
