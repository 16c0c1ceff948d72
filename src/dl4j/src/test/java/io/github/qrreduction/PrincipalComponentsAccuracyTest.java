package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qrreduction.vectors.Tensor;
import io.github.qrreduction.vectors.TensorFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The promised accuracy, against scikit-learn's full SVD in float64; skipped on machines without scikit-learn. */
class PrincipalComponentsAccuracyTest {
    /** The promise for eigenvalues above 1e-6 of the first, relative. */
    private static final double VALUES = 1e-9;
    /** The promise for the projector where the gap after the last eigenvalue is above 1e-6 of the first. */
    private static final double PROJECTORS = 1e-7;
    /** The promise of the range finder. */
    private static final double HALF_A_PERCENT = 5e-3;

    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final String SCRIPT = """
            import sys, numpy as np
            from sklearn.decomposition import PCA
            x = np.load(sys.argv[1] + "/x.npy").astype(np.float64)
            p = PCA(int(sys.argv[2]), svd_solver="full").fit(x)
            np.save(sys.argv[1] + "/values.npy", p.explained_variance_)
            np.save(sys.argv[1] + "/components.npy", p.components_)
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void onlyWhereThereIsScikitLearn() throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(PYTHON) && python("import sklearn").waitFor() == 0,
                "no /usr/bin/python3 with scikit-learn here");
        Nd4j.getRandom().setSeed(41);
    }

    private static Process python(String script, String... arguments) throws IOException {
        String[] command = new String[3 + arguments.length];
        command[0] = PYTHON.toString();
        command[1] = "-c";
        command[2] = script;
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Settings for ND4J's OpenBLAS are not for NumPy's.
        builder.environment().keySet().removeIf(name -> name.startsWith("OPENBLAS_"));
        return builder.start();
    }

    /** Variances 1, 1/2, 1/3, .. along axes that four reflections turn, about a mean of 1. */
    private static INDArray samples(int n, int d) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, n, d);
        double[] scale = new double[d];
        for (int j = 0; j < d; j++) {
            scale[j] = 1 / Math.sqrt(1.0 + j);
        }
        x.muliRowVector(Nd4j.createFromArray(scale));
        for (int r = 0; r < 4; r++) {
            INDArray v = Nd4j.randn(DataType.DOUBLE, d, 1);
            v.divi(v.norm2Number());
            x.subi(x.mmul(v).mmul(v.transpose()).muli(2));
        }
        return x.addi(1);
    }

    private record Expected(double[] values, INDArray components) {}

    private Expected scikitLearn(INDArray x, int k) throws IOException, InterruptedException {
        TensorFile.of(Map.of(TensorFile.UNNAMED, Tensor.of(x.ravel().toDoubleVector(), x.rows(), x.columns())))
                .save(folder.resolve("x.npy"));
        Process run = python(SCRIPT, folder.toString(), Integer.toString(k));
        assertThat(new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(run.waitFor()).isZero();
        Tensor values = tensor("values.npy");
        Tensor components = tensor("components.npy");
        return new Expected(
                values.doubles(),
                Nd4j.createFromArray(components.doubles()).reshape('c', components.size(0), components.size(1)));
    }

    private Tensor tensor(String name) throws IOException {
        return TensorFile.load(folder.resolve(name)).tensors().get(TensorFile.UNNAMED);
    }

    /** By the covariance with all eigenvalues, by block Lanczos, and by the Gram matrix. */
    @ParameterizedTest
    @CsvSource({"3000, 300, 30", "2600, 2100, 40", "60, 4000, 10", "500, 5000, 25"})
    void eigenvaluesAndProjectorsAreThoseOfAFullSvd(int n, int d, int k) throws IOException, InterruptedException {
        INDArray x = samples(n, d);
        Expected expected = scikitLearn(x, k);
        PrincipalComponents p = PrincipalComponents.fit(x, k);

        for (int i = 0; i < k; i++) {
            assertThat(p.explainedVariance()[i]).isCloseTo(expected.values[i], within(VALUES * expected.values[i]));
        }
        // ||V^T V - W^T W||_F = sqrt(2) ||V - V W^T W||_F for orthonormal rows.
        INDArray ours = p.components().matrix();
        INDArray inside = ours.mmul(expected.components.transpose()).mmul(expected.components);
        assertThat(Math.sqrt(2) * ours.distance2(inside)).isLessThan(PROJECTORS);
    }

    @Test
    void inPassesTheVarianceIsWithinHalfAPercent() throws IOException, InterruptedException {
        INDArray x = samples(400, 3000);
        double whole = 0;
        for (double value : scikitLearn(x, 50).values) {
            whole += value;
        }
        double found = 0;
        for (double value :
                PrincipalComponents.fitter().memoryLimit(1_000_000).fit(x, 50).explainedVariance()) {
            found += value;
        }
        assertThat(found).isCloseTo(whole, within(HALF_A_PERCENT * whole));
    }
}
