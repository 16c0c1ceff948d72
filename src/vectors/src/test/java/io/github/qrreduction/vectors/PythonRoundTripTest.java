package io.github.qrreduction.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** There and back through NumPy, and through PyTorch where it is present; skipped on machines without NumPy. */
class PythonRoundTripTest {
    private static final ElementType[] TYPES = ElementType.values();
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
        Random random = new Random(12345);
        double[] values = random.doubles(600, -100, 100).toArray();
        values[0] = Double.NEGATIVE_INFINITY;
        values[1] = -0.0;
        Path[] folders = new Path[TYPES.length];
        for (int i = 0; i < TYPES.length; i++) {
            Tensor matrix = tensor(TYPES[i], values, 20, 30);
            Tensor bias = tensor(TYPES[i], random.doubles(20).toArray(), 20);
            folders[i] = Files.createDirectory(folder.resolve(TYPES[i].name()));
            ReductionFile.of(matrix, null, null).save(folders[i].resolve("ours.npy"));
            ReductionFile.of(matrix, bias, null).save(folders[i].resolve("ours.npz"));
        }

        Process run = python(SCRIPT, folders[0].toString(), folders[1].toString(), folders[2].toString());
        assertThat(new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();

        for (Path f : folders) {
            ReductionFile.load(f.resolve("theirs.npy")).save(f.resolve("back.npy"));
            assertThat(f.resolve("back.npy")).hasSameBinaryContentAs(f.resolve("ours.npy"));
            ReductionFile.load(f.resolve("theirs.npz")).save(f.resolve("back.npz"));
            assertThat(f.resolve("back.npz")).hasSameBinaryContentAs(f.resolve("ours.npz"));
        }
    }

    private static Tensor tensor(ElementType type, double[] values, int... shape) {
        float[] floats = Tensor.of(values, shape).floats();
        return switch (type) {
            case FLOAT16 -> Tensor.ofFloat16(floats, shape);
            case FLOAT32 -> Tensor.of(floats, shape);
            case FLOAT64 -> Tensor.of(values, shape);
        };
    }

    private static Process python(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(PYTHON.toString(), "-c");
        builder.command().addAll(List.of(arguments));
        Process process = builder.redirectErrorStream(true).start();
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        return process;
    }
}
