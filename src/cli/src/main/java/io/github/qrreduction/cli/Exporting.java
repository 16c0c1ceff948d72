package io.github.qrreduction.cli;

import io.github.qrreduction.DenseFolder;
import io.github.qrreduction.OnnxEncoder;
import io.github.qrreduction.OnnxFile;
import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.Path;

/** The part of {@link Export} that loads ND4J. */
final class Exporting {

    private Exporting() {}

    static void onnx(Reduction reduction, Path out) throws IOException {
        OnnxFile.save(reduction, out);
    }

    static void dense(Reduction reduction, Path folder) throws IOException {
        DenseFolder.save(reduction, folder);
    }

    static void encoder(Path encoder, Reduction reduction, Path out) throws IOException {
        OnnxEncoder.reduce(encoder, reduction, out);
    }
}
