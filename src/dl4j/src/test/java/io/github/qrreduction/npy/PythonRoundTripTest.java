package io.github.qrreduction.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qrreduction.Components;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** There and back through NumPy, and through PyTorch where it is present; skipped on machines without NumPy. */
class PythonRoundTripTest {
    private static final DataType[] TYPES = {DataType.FLOAT16, DataType.FLOAT, DataType.DOUBLE};
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final String SCRIPT = """
            import sys, numpy as np
            try:
                import torch
            except ImportError:
                torch = None
            for folder in sys.argv[1:]:
                a = np.load(folder + "/ours.npy", allow_pickle=False)
                z = np.load(folder + "/ours.npz", allow_pickle=False)
                assert sorted(z.files) == ["bias", "components"], z.files
                assert z["components"].tobytes() == a.tobytes() and a.flags.c_contiguous
                if torch is not None:
                    a = torch.from_numpy(a).clone().numpy()
                np.save(folder + "/theirs.npy", np.asfortranarray(a))
                np.savez_compressed(folder + "/theirs.npz", components=a, bias=z["bias"])
            """;

    @TempDir
    private Path folder;

    @Test
    void everyBitComesBack() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON) && python("import numpy").exitValue() == 0, "no NumPy here");
        Nd4j.getRandom().setSeed(12345);
        INDArray values = Nd4j.randn(DataType.DOUBLE, 20, 30).muli(100);
        values.putScalar(0, 0, Double.NEGATIVE_INFINITY);
        values.putScalar(0, 1, -0.0);
        Path[] folders = new Path[TYPES.length];
        for (int i = 0; i < TYPES.length; i++) {
            INDArray matrix = values.castTo(TYPES[i]);
            folders[i] = Files.createDirectory(folder.resolve(TYPES[i].name()));
            Components.of(matrix).save(folders[i].resolve("ours.npy"));
            Components.of(matrix, matrix.getColumn(2)).save(folders[i].resolve("ours.npz"));
        }

        Process run = python(SCRIPT, folders[0].toString(), folders[1].toString(), folders[2].toString());
        assertThat(new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();

        for (Path f : folders) {
            Components.load(f.resolve("theirs.npy")).save(f.resolve("back.npy"));
            assertThat(f.resolve("back.npy")).hasSameBinaryContentAs(f.resolve("ours.npy"));
            Components.load(f.resolve("theirs.npz")).save(f.resolve("back.npz"));
            assertThat(f.resolve("back.npz")).hasSameBinaryContentAs(f.resolve("ours.npz"));
        }
    }

    private static Process python(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(PYTHON.toString(), "-c");
        builder.command().addAll(List.of(arguments));
        Process process = builder.redirectErrorStream(true).start();
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        return process;
    }
}
