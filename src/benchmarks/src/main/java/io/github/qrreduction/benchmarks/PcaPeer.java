package io.github.qrreduction.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A Python process with NumPy, SciPy and scikit-learn that makes data, holds one set of them and fits on demand.
 *
 * <p>Data are normal numbers, float32 in the file, with variances 1, 1/2, 1/3, .. along axes that four reflections
 * turn, about a mean near 1.
 */
final class PcaPeer implements AutoCloseable {
    /** Answers each line with the sum of the explained variances, or with nothing of note. */
    private static final String SCRIPT = """
            import os, sys
            import numpy as np
            import scipy.linalg
            from sklearn.decomposition import PCA

            def make(path, n, d):
                if os.path.exists(path):
                    return
                rng = np.random.default_rng(n + d)
                x = rng.standard_normal((n, d), dtype=np.float32)
                x *= (1 + np.arange(d, dtype=np.float32)) ** np.float32(-0.5)
                for _ in range(4):
                    v = rng.standard_normal(d).astype(np.float32)
                    v /= np.linalg.norm(v)
                    x -= np.outer(x @ v, 2 * v)
                x += 1 + rng.standard_normal(d).astype(np.float32)
                np.save(path + ".part.npy", x)
                os.rename(path + ".part.npy", path)

            def covariance(x, k):
                x = x.astype(np.float64)
                x -= x.mean(axis=0)
                s = x.T @ x / (len(x) - 1)
                d = len(s)
                return scipy.linalg.eigh(s, subset_by_index=[d - k, d - 1], overwrite_a=True)[0].sum()

            x = None
            for line in sys.stdin:
                verb, *rest = line.split()
                result = 0.0
                if verb == "load":
                    x = None
                    make(rest[0], int(rest[1]), int(rest[2]))
                    x = np.load(rest[0]).astype(rest[3], copy=False)
                elif verb == "numpy":
                    result = covariance(x, int(rest[0]))
                elif verb == "scikit-learn":
                    result = PCA(int(rest[0])).fit(x).explained_variance_.sum()
                elif verb == "randomized":
                    result = PCA(int(rest[0]), svd_solver="randomized", random_state=0).fit(x).explained_variance_.sum()
                print(float(result), flush=True)
            """;

    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter demands;

    PcaPeer(Path python) {
        ProcessBuilder builder = new ProcessBuilder(List.of(python.toString(), "-c", SCRIPT))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // Settings for ND4J's OpenBLAS could slow NumPy's.
        builder.environment().keySet().removeIf(name -> name.startsWith("OPENBLAS_"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = process.inputReader();
        demands = new PrintWriter(process.outputWriter(), true);
    }

    /** Holds the data of a file, which are made first where they are not there, as float32 or float64. */
    void load(Path file, int n, int d, boolean single) {
        ask("load " + file + " " + n + " " + d + (single ? " float32" : " float64"));
    }

    /** Sum of the explained variances of k components, by "numpy", "scikit-learn" or "randomized". */
    double fit(String name, int k) {
        return ask(name + " " + k);
    }

    private double ask(String demand) {
        try {
            demands.println(demand);
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("expected an answer to \"" + demand + "\", got the end of Python's output");
            }
            return Double.parseDouble(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
