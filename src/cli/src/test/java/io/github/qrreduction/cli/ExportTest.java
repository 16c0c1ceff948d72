package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.DenseFolder;
import io.github.qrreduction.OnnxEncoder;
import io.github.qrreduction.OnnxFile;
import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {

    private static final Reduction REDUCTION = Vectors.reduction(6, 3);
    private static final String HELP = " (qr-reduce export --help shows the options)";

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void aModel() throws IOException {
        model = file("r.safetensors");
        REDUCTION.save(model);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    @Test
    void anOnnxModelIsThatOfTheLibrary() throws IOException {
        Run run = Run.of("export", model, "--onnx", file("r.onnx"));

        assertThat(run).extracting(Run::exitCode, Run::out, Run::err).containsExactly(0, "", "");
        OnnxFile.save(REDUCTION, file("expected.onnx"));
        assertThat(file("r.onnx")).hasSameBinaryContentAs(file("expected.onnx"));
    }

    @Test
    void aDenseModuleHoldsTheReduction() throws IOException {
        Run run = Run.of("export", model, "--dense", file("2_Dense"));

        assertThat(run).extracting(Run::exitCode, Run::out, Run::err).containsExactly(0, "", "");
        assertThat(DenseFolder.load(file("2_Dense")).matrix()).isDeepEqualTo(REDUCTION.matrix());
    }

    @Test
    void anEncoderGivesReducedVectors() throws IOException {
        Path encoder = Encoders.write(file("encoder.onnx"), 6);

        Run run = Run.of("export", model, "--encoder", encoder, file("small.onnx"));

        assertThat(run).extracting(Run::exitCode, Run::out, Run::err).containsExactly(0, "", "");
        OnnxEncoder.reduce(encoder, REDUCTION, file("expected.onnx"));
        assertThat(file("small.onnx")).hasSameBinaryContentAs(file("expected.onnx"));
        assertThat(Encoders.outputWidth(file("small.onnx"))).isEqualTo(3);
    }

    @Test
    void anEncoderOfAnotherWidthIsOneLine() throws IOException {
        Path encoder = Encoders.write(file("encoder.onnx"), 7);

        Run run = Run.of("export", model, "--encoder", encoder, file("small.onnx"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .singleElement()
                .asString()
                .startsWith("qr-reduce: ")
                .contains("expected", "7");
        assertThat(file("small.onnx")).doesNotExist();
    }

    @Test
    void aFileThatIsNoEncoderIsOneLine() throws IOException {
        Path encoder = Files.writeString(file("encoder.onnx"), "not a model");

        Run run = Run.of("export", model, "--encoder", encoder, file("small.onnx"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).singleElement().asString().startsWith("qr-reduce: " + encoder + ": expected");
        assertThat(file("small.onnx")).doesNotExist();
    }

    @Test
    void anOutputThatIsAnInputIsRefused() throws IOException {
        Path encoder = Encoders.write(file("encoder.onnx"), 6);
        String message = "qr-reduce: expected an output that is no input, got %s for both; name another file" + HELP;

        Run run = Run.of("export", model, "--encoder", encoder, encoder);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errLines()).containsExactly(message.formatted(encoder));
        run = Run.of("export", model, "--onnx", model);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errLines()).containsExactly(message.formatted(model));
        assertThat(Reduction.load(model)).isEqualTo(REDUCTION);
    }

    @Test
    void oneTargetIsNeeded() {
        Run none = Run.of("export", model);
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.errLines()).singleElement().asString().endsWith(HELP);
        Run two = Run.of("export", model, "--onnx", file("a.onnx"), "--encoder", file("b.onnx"), file("c.onnx"));
        assertThat(two.exitCode()).isEqualTo(2);
        assertThat(two.errLines()).singleElement().asString().endsWith(HELP);
        assertThat(file("a.onnx")).doesNotExist();
    }
}
