package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that NumPy made go through the command, and NumPy reads what came of them. */
class EndToEndIT {

    private static final String MAKE = """
            import struct
            import numpy as np

            x = np.random.default_rng(1).standard_normal((500, 20)) @ np.random.default_rng(2).standard_normal((20, 20))
            np.save("v.npy", x.astype(np.float16))
            x = x.astype(np.float16).astype(np.float32)
            with open("v.csv", "w") as f:
                f.write("name," + ",".join(f"x{i}" for i in range(20)) + "\\n")
                for i, row in enumerate(x):
                    f.write(f'"a, {i}",' + ",".join(repr(float(v)) for v in row) + "\\n")
            with open("v.txt", "w") as f:
                for i, row in enumerate(x):
                    f.write(f"w{i} " + " ".join(repr(float(v)) for v in row) + "\\n")
            with open("v.fvecs", "wb") as f:
                for row in x:
                    f.write(struct.pack("<i", 20) + row.tobytes())
            """;

    /** The rounding of float32, for numbers up to some 50. */
    private static final String CHECK = """
            import csv, struct
            import numpy as np

            x = np.load("v.npy").astype(np.float64)
            for kind in ["npy", "csv", "txt", "fvecs"]:
                with np.load(kind + ".npz") as model:
                    z = (x - model["mean"]) @ model["components"].T
                if kind == "npy":
                    got, names = np.load("z.npy"), None
                elif kind == "csv":
                    with open("z.csv") as f:
                        rows = list(csv.reader(f))[1:]
                    got, names = np.array([r[1:] for r in rows], float), [r[0] for r in rows]
                    assert names == [f"a, {i}" for i in range(500)], names[:3]
                elif kind == "txt":
                    with open("z.txt") as f:
                        rows = [line.split() for line in f]
                    got, names = np.array([r[1:] for r in rows], float), [r[0] for r in rows]
                    assert names == [f"w{i}" for i in range(500)], names[:3]
                else:
                    with open("z.fvecs", "rb") as f:
                        raw = np.frombuffer(f.read(), dtype=np.dtype([("d", "<i4"), ("v", "<f4", 5)]))
                    assert (raw["d"] == 5).all()
                    got = raw["v"]
                assert got.shape == (500, 5), got.shape
                assert np.abs(got - z).max() < 1e-4, (kind, np.abs(got - z).max())
                variances = np.linalg.eigvalsh(np.cov(x.T))[::-1][:5]
                assert np.allclose(got.var(axis=0, ddof=1), variances, rtol=1e-4), kind
            print("all equal")
            """;

    @TempDir
    private Path folder;

    private String python;

    @BeforeEach
    void numpy() throws IOException, InterruptedException {
        python = Script.python();
        assumeTrue(python != null, "expected Python with NumPy, got none");
        assertThat(run(MAKE)).isEmpty();
    }

    private String run(String program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python, "-c", program)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void filesOfEveryKindAreFittedAndReduced() throws IOException, InterruptedException {
        Script script = new Script(folder);
        for (String kind : new String[] {"npy", "csv", "txt", "fvecs"}) {
            Script.Result fit = script.run("fit", "v." + kind, "-k", 5, "--method", "pca", "-o", kind + ".npz");
            assertThat(fit).isEqualTo(new Script.Result(0, "", ""));
            Script.Result apply = script.run("apply", kind + ".npz", "v." + kind, "-o", "z." + kind);
            assertThat(apply).isEqualTo(new Script.Result(0, "", ""));
        }
        assertThat(run(CHECK)).isEqualToIgnoringNewLines("all equal");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.endsWith(".tmp"));
        }
    }
}
