package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a reduction for programs that know nothing of this library. What needs ND4J is in {@link Exporting}. */
@Command(
        name = "export",
        description = "Writes a saved reduction for other programs: ONNX, or sentence-transformers.",
        footer = {
            "",
            "An encoder's output keeps its name and gets the reduced vectors. Where it gives a vector for each",
            "token, a reduction with a mean, a bias or unit length is refused: it does not commute with pooling.",
            "",
            "Examples:",
            "  qr-reduce export r.safetensors --onnx r.onnx",
            "  qr-reduce export r.safetensors --dense 2_Dense",
            "  qr-reduce export r.safetensors --encoder encoder.onnx small-encoder.onnx"
        })
final class Export implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The reduction: .safetensors, .npz or .npy.")
    private Path model;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Target target;

    /** One of these. */
    private static final class Target {
        @Option(names = "--onnx", paramLabel = "OUT", description = "A model of its own, for any ONNX runtime.")
        private Path onnx;

        @Option(names = "--dense", paramLabel = "FOLDER", description = "A Dense module of sentence-transformers.")
        private Path dense;

        @Option(
                names = "--encoder",
                arity = "2",
                paramLabel = "FILE",
                description = "An encoder's ONNX model, and where the same one goes that gives reduced vectors.")
        private Path[] encoder;

        private Path output() {
            if (onnx != null) {
                return onnx;
            }
            return dense != null ? dense : encoder[1];
        }
    }

    @Override
    public Integer call() throws IOException {
        Path out = target.output();
        Input.requireOther(spec, out, model);
        if (target.encoder != null) {
            Input.requireOther(spec, out, target.encoder[0]);
        }
        Reduction reduction = Reduction.load(model);
        if (target.onnx != null) {
            Exporting.onnx(reduction, out);
        } else if (target.dense != null) {
            Exporting.dense(reduction, out);
        } else {
            Exporting.encoder(target.encoder[0], reduction, out);
        }
        return 0;
    }
}
