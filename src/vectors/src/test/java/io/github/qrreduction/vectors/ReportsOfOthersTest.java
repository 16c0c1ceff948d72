package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

/** Situations that users of other libraries have reported as faults there. */
class ReportsOfOthersTest {

    @TempDir
    private Path folder;

    /** faiss 5115: parts of a file whose sizes do not fit each other were read past their ends. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mean | 2 | expected a mean of length nIn = 3, got shape [2]",
                "mean | 4 | expected a mean of length nIn = 3, got shape [4]",
                "bias | 3 | expected a bias of length nOut = 2, got shape [3]",
                "bias | 1 | expected a bias of length nOut = 2, got shape [1]"
            })
    void partsThatDoNotFitEachOther(String part, int length, String reason) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("components", Tensor.of(new float[6], 2, 3));
        tensors.put(part, Tensor.of(new float[length], length));
        for (String format : new String[] {"npz", "safetensors"}) {
            Path file = folder.resolve("parts." + format);
            TensorFile.of(tensors).save(file);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Reduction.load(file))
                    .withMessage(file + ": " + reason);
        }
    }

    /**
     * safetensors 414, MFTCoder 20: HeaderTooLarge, for a file of git-lfs that was not fetched, for PyTorch's own
     * format under another name, and for a page of a server.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 24000000\n",
                "PK\3\4 archive/data.pkl and more of it",
                "<!DOCTYPE html><html><body>404: not found</body></html>",
                "\u0080\u0002}q\u0000(X\u0006\u0000\u0000\u0000weight"
            })
    void somethingElseUnderTheName(String content) throws IOException {
        for (String format : new String[] {"safetensors", "npy", "npz"}) {
            Path file = Files.writeString(folder.resolve("r." + format), content, StandardCharsets.ISO_8859_1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Reduction.load(file))
                    .withMessageStartingWith(file + ": expected ");
        }
    }

    /** gensim 2795 and 388, spaCy 737: a word with blanks was written and could not be read, or shifted the numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"my name", "is Ivan 2", "a\tb", "\u00a0", "\u3000x", "\"quoted\", he said", "1 2 3"})
    void wordsWithBlanks(String word) throws IOException {
        for (String format : new String[] {"vec", "csv", "tsv"}) {
            Path file = folder.resolve("words." + format);
            try (VectorWriter out = VectorWriter.create(file, 2)) {
                out.write("hello", new float[] {1, 2});
                out.write(word, new float[] {3, 4});
                out.finish();
            }
            try (VectorFile in = VectorFile.open(file)) {
                ByteArrayOutputStream read = new ByteArrayOutputStream();
                for (float[] v : in) {
                    read.writeBytes((in.name() + "=" + v[0] + "," + v[1] + ";").getBytes(StandardCharsets.UTF_8));
                }
                assertThat(read.toString(StandardCharsets.UTF_8)).isEqualTo("hello=1.0,2.0;" + word + "=3.0,4.0;");
            }
        }
    }

    /** spaCy 737: GoogleNews has a word that is one blank. What we could not read again is not written. */
    @Test
    void aWordThatIsABlank() throws IOException {
        Path file = folder.resolve("blank.vec");
        try (VectorWriter out = VectorWriter.create(file, 2)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> out.write(" ", new float[] {1, 2}))
                    .withMessageContaining("expected a name without blanks at its ends, not empty, got \" \"");
        }
        Files.writeString(folder.resolve("google.vec"), "2 2\nx 1 2\n  3 4\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    try (VectorFile in = VectorFile.open(folder.resolve("google.vec"))) {
                        in.forEach(v -> {});
                    }
                })
                .withMessageContaining("line 3: expected a word and 2 numbers");
    }
}
