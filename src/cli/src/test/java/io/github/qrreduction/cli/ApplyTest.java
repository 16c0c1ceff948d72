package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.vectors.ElementType;
import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.TensorFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ApplyTest {

    private static final List<String> FORMATS = List.of("npy", "fvecs", "csv", "tsv", "vec", "txt");
    private static final Set<String> WITH_NAMES = Set.of("csv", "tsv", "vec", "txt");
    private static final Vectors VECTORS = Vectors.random(50, 6);
    private static final String HELP = " (qr-reduce apply --help shows the options)";
    private static final Reduction REDUCTION = Vectors.reduction(6, 3);

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void aModel() throws IOException {
        model = folder.resolve("r.safetensors");
        REDUCTION.save(model);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    static Stream<String[]> pairsOfFormats() {
        return FORMATS.stream().flatMap(from -> FORMATS.stream().map(to -> new String[] {from, to}));
    }

    @ParameterizedTest
    @MethodSource("pairsOfFormats")
    void reducesEveryFormatToEveryFormat(String from, String to) throws IOException {
        Path in = VECTORS.save(file("in." + from));
        Path out = file("out." + to);

        Run run = Run.of("apply", model, in, "-o", out);

        assertThat(run.exitCode()).as(run.err()).isZero();
        Vectors reduced = Vectors.load(out);
        assertThat(reduced.rows()).isDeepEqualTo(REDUCTION.apply(VECTORS.rows()));
        if (WITH_NAMES.contains(from) && WITH_NAMES.contains(to)) {
            assertThat(reduced.names()).isEqualTo(VECTORS.names());
            assertThat(run.err()).isEmpty();
        } else if (WITH_NAMES.contains(from)) {
            assertThat(run.errLines())
                    .containsExactly("qr-reduce: the names of " + in + " are not in " + out
                            + ", whose format holds none; .vec and .csv do");
        } else {
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void manyBatchesComeInTheOrderOfTheFile() throws IOException {
        Vectors many = Vectors.random(40_000, 6);
        Path in = many.save(file("in.fvecs"));
        Path out = file("out.npy");

        assertThat(Run.of("apply", model, in, "-o", out).exitCode()).isZero();
        assertThat(Vectors.load(out).rows()).isDeepEqualTo(REDUCTION.apply(many.rows()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz"})
    void readsModelsOfEveryFormat(String format) throws IOException {
        REDUCTION.save(file("r." + format));
        Path out = file("out.npy");

        assertThat(Run.of("apply", file("r." + format), VECTORS.save(file("in.npy")), "-o", out)
                        .exitCode())
                .isZero();
        assertThat(Vectors.load(out).rows()).isDeepEqualTo(REDUCTION.apply(VECTORS.rows()));
    }

    @Test
    void standardInputAndOutputHaveTheirFormatsNamed() {
        byte[] csv = "a,1,2,3,4,5,6\nb,6,5,4,3,2,1\n".getBytes(StandardCharsets.UTF_8);

        Run run = Run.with(csv, "apply", model, "-", "--in-format", "csv", "-o", "-", "--format", "vec", "-k", "2");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .containsExactly("qr-reduce: standard output: expected the number of vectors, since .vec begins with"
                        + " it, got -1");

        run = Run.with(csv, "apply", model, "-", "--in-format", "csv", "-o", "-", "--format", "txt", "-k", "2");
        assertThat(run.exitCode()).isZero();
        assertThat(run.text()).isEqualTo("a 1.0 2.0\nb 6.0 5.0\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void numbersInNpyAreOfTheTypeThatIsAskedFor() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        for (ElementType type : ElementType.values()) {
            String name = type.name().toLowerCase(Locale.ROOT);
            assertThat(Run.of("apply", model, in, "-o", file("out.npy"), "--type", name)
                            .exitCode())
                    .isZero();
            assertThat(TensorFile.load(file("out.npy")).tensors().values())
                    .singleElement()
                    .extracting(tensor -> tensor.type())
                    .isEqualTo(type);
        }
    }

    @Test
    void aModelOfAnotherWidthIsRefused() throws IOException {
        Path in = Vectors.random(5, 4).save(file("in.npy"));

        assertRefused(
                1,
                in + ": expected vectors of length 6, which " + model + " reduces, got length 4",
                "apply",
                model,
                in,
                "-o",
                file("out.npy"));
    }

    @Test
    void moreNumbersThanTheModelGivesAreRefused() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        for (int k : new int[] {0, 4}) {
            assertRefused(
                    2,
                    "expected -k in 1..3, which " + model + " gives, got " + k + HELP,
                    "apply",
                    model,
                    in,
                    "-o",
                    file("out.npy"),
                    "-k",
                    k);
        }
    }

    @Test
    void aSizeThatTheTrainingDidNotSeeIsSaid() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path trained = file("trained.safetensors");
        REDUCTION.withMetadata(Map.of("method", "neighbours", "prefixes", "2")).save(trained);

        for (int k : new int[] {2, 3}) {
            assertThat(Run.of("apply", trained, in, "-o", file("out.npy"), "-k", k)
                            .err())
                    .isEmpty();
        }
        assertThat(Run.of("apply", trained, in, "-o", file("out.npy"), "-k", 1).errLines())
                .containsExactly(
                        "qr-reduce: " + trained + " was not trained for -k 1; fit with --prefixes 1 does that");
    }

    @Test
    void whoNamesTheVectorsFirstIsToldTheOrder() throws IOException {
        Path npy = VECTORS.save(file("in.npy"));
        Path csv = VECTORS.save(file("in.csv"));
        for (Path in : List.of(npy, csv)) {
            assertRefused(
                    2,
                    "expected a reduction and then vectors, got " + in + " and then " + model + "; MODEL comes first"
                            + HELP,
                    "apply",
                    in,
                    model,
                    "-o",
                    file("out.npy"));
        }
    }

    @Test
    void typesHaveNamesInAnyCaseAndInt8IsTheStores() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path out = file("out.npy");
        String expected = "expected --type to be one of float16, float32, float64, got ";
        assertRefused(
                2,
                expected + "int8; your vector store makes int8 and bits, see docs/command.md" + HELP,
                "apply",
                model,
                in,
                "-o",
                out,
                "--type",
                "int8");
        assertRefused(2, expected + "float8" + HELP, "apply", model, in, "-o", out, "--type", "float8");
        assertThat(Run.of("apply", model, in, "-o", out, "--type", "Float16").err())
                .isEmpty();
    }

    @Test
    void namesWithBlanksInWordFilesAreSaid() throws IOException {
        Path in = Files.writeString(file("in.csv"), "\"new york\",1,2,3,4,5,6\n\"a b\",1,2,3,4,5,6\n");
        Path out = file("out.vec");

        assertThat(Run.of("apply", model, in, "-o", out).errLines())
                .containsExactly(
                        "qr-reduce: " + out + " has names with blanks, such as \"new york\"; readers that split"
                                + " at blanks will not read it: use .csv");
        assertThat(Run.of("apply", model, in, "-o", file("out.csv")).err()).isEmpty();
    }

    @Test
    void badRowsAreRefusedByTheirPlaces() throws IOException {
        Path ragged = Files.writeString(file("ragged.csv"), "1,2,3,4,5,6\n1,2,3\n");
        Path text = Files.writeString(file("text.csv"), "1,2,3,4,5,6\n1,2,3,4,five,6\n");
        Path nan =
                new Vectors(new float[][] {{1, 2, 3, 4, 5, 6}, {1, 2, Float.NaN, 4, 5, 6}}, null).save(file("nan.npy"));
        Path none = file("none.npy");
        Path out = file("out.npy");

        assertRefused(1, ragged + ": line 2: expected 6 numbers, got 3 fields", "apply", model, ragged, "-o", out);
        assertRefused(
                1,
                text + ": line 2: expected a finite number in field 5, got \"five\"",
                "apply",
                model,
                text,
                "-o",
                out);
        assertRefused(
                1,
                nan + ": row 2, number 3: expected a finite number, got NaN; take the row out first",
                "apply",
                model,
                nan,
                "-o",
                out);
        assertRefused(1, none + ": expected a file, got none", "apply", model, none, "-o", out);
        assertThat(Run.with(
                                "1,2,3,4,5,6\n1\n".getBytes(StandardCharsets.UTF_8),
                                "apply",
                                model,
                                "-",
                                "--in-format",
                                "csv",
                                "-o",
                                out)
                        .errLines())
                .containsExactly("qr-reduce: standard input: line 2: expected 6 numbers, got 1 field");
        assertThat(Run.with(new byte[0], "apply", model, "-", "--in-format", "csv", "-o", out)
                        .errLines())
                .containsExactly("qr-reduce: standard input: expected at least one vector, got an empty file");
    }

    @Test
    void anOutputThatIsAnInputIsRefused() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path link = Files.createSymbolicLink(file("link.npy"), in);

        for (Path out : List.of(
                in, link, folder.resolve("..").resolve(folder.getFileName()).resolve("in.npy"))) {
            assertRefused(
                    2,
                    "expected an output that is no input, got " + out + " for both; name another file (qr-reduce apply"
                            + " --help shows the options)",
                    "apply",
                    model,
                    in,
                    "-o",
                    out);
        }
        assertThat(Vectors.load(in).rows()).isDeepEqualTo(VECTORS.rows());
        Path npy = file("r.npy");
        REDUCTION.save(npy);
        assertThat(Run.of("apply", npy, in, "-o", npy).exitCode()).isEqualTo(2);
        assertThat(Reduction.load(npy)).isEqualTo(REDUCTION);
    }

    @Test
    void formatsAreForStreamsAndTypesForFiles() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path out = file("out.npy");
        String help = " (qr-reduce apply --help shows the options)";

        assertRefused(
                2,
                "expected --in-format, since standard input has no ending, got none" + help,
                "apply",
                model,
                "-",
                "-o",
                out);
        assertRefused(
                2,
                "expected --in-format for standard input only, got " + in + ", whose ending says its format" + help,
                "apply",
                model,
                in,
                "--in-format",
                "npy",
                "-o",
                out);
        assertRefused(
                2,
                "expected --format, since standard output has no ending, got none" + help,
                "apply",
                model,
                in,
                "-o",
                "-");
        assertRefused(
                2,
                "expected --format for standard output only, got " + out + ", whose ending says its format" + help,
                "apply",
                model,
                in,
                "-o",
                out,
                "--format",
                "npy");
        assertRefused(
                2,
                "expected --type for a file only, got standard output, which takes float32" + help,
                "apply",
                model,
                in,
                "-o",
                "-",
                "--format",
                "npy",
                "--type",
                "float16");
    }

    /** The old file stands, and nothing lies beside it. */
    @Test
    void whatFailsHalfWayLosesNothing() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            text.append("1,2,3,4,5,6\n");
        }
        Path in = Files.writeString(file("in.csv"), text + "1,2,3\n");
        Path out = Files.writeString(file("out.csv"), "old\n");
        long files = count();

        assertThat(Run.of("apply", model, in, "-o", out).exitCode()).isEqualTo(1);
        assertThat(out).hasContent("old\n");
        assertThat(count()).isEqualTo(files);
    }

    @Test
    void aNameThatTheOutputCannotHoldIsRefused() throws IOException {
        Path in = Files.writeString(file("in.csv"), "\" a\",1,2,3,4,5,6\n");
        Path out = file("out.vec");

        assertRefused(
                1,
                out + ": row 1: expected a name without blanks at its ends, not empty, got \" a\"",
                "apply",
                model,
                in,
                "-o",
                out);
        Run run = Run.of("apply", model, in, "-o", "-", "--format", "txt");
        assertThat(run.errLines())
                .containsExactly("qr-reduce: standard output: row 1: expected a name without blanks at its ends, not"
                        + " empty, got \" a\"");
    }

    /** As a pipe does whose reader has gone: at the first byte of many, or at the last flush of few. */
    @ParameterizedTest
    @ValueSource(ints = {50, 40_000})
    void aStandardOutputThatBreaksIsOneLine(int rows) throws IOException {
        Path in = Vectors.random(rows, 6).save(file("in.npy"));
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        StringWriter err = new StringWriter();
        CommandLine line =
                QrReduce.commandLine(InputStream.nullInputStream(), broken).setErr(new PrintWriter(err));

        int code = QrReduce.run(line, "apply", model.toString(), in.toString(), "-o", "-", "--format", "csv");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("qr-reduce: standard output: Broken pipe");
    }

    @Test
    void aStandardInputThatBreaksIsOneLine() {
        InputStream broken = new SequenceInputStream(
                new ByteArrayInputStream("1,2,3,4,5,6\n".getBytes(StandardCharsets.UTF_8)), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("Input/output error");
                    }

                    @Override
                    public int read(byte[] to, int offset, int length) throws IOException {
                        return read();
                    }
                });
        StringWriter err = new StringWriter();
        CommandLine line =
                QrReduce.commandLine(broken, OutputStream.nullOutputStream()).setErr(new PrintWriter(err));

        int code =
                QrReduce.run(line, "apply", model.toString(), "-", "--in-format", "csv", "-o", "-", "--format", "csv");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("qr-reduce: standard input: Input/output error");
    }

    /** Whoever runs the command within a program can end it so. */
    @Test
    void anInterruptedApplyLosesNothing() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path out = Files.writeString(file("out.csv"), "old\n");
        long files = count();

        Thread.currentThread().interrupt();
        Run run = Run.of("apply", model, in, "-o", out);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(out).hasContent("old\n");
        assertThat(count()).isEqualTo(files);
    }

    private long count() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private void assertRefused(int exitCode, String message, Object... arguments) throws IOException {
        long files = count();
        Run run = Run.of(arguments);
        assertThat(run.errLines()).containsExactly("qr-reduce: " + message);
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
        assertThat(run.bytes()).isEmpty();
        assertThat(count()).as("files").isEqualTo(files);
    }
}
