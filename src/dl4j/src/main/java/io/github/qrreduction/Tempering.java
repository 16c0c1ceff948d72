package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.internal.pca.SpectralTempering;
import java.util.Map;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Principal components scaled by powers of their eigenvalues; {@link PrincipalComponents#tempered(double)}. */
final class Tempering {
    private Tempering() {}

    /**
     * Scales components.
     *
     * @param matrix the components, in rows; overwritten
     * @param eigenvalues one for each row, falling
     * @param gamma in [0, 1]
     */
    static Components of(INDArray matrix, INDArray mean, RNNFormat format, double[] eigenvalues, double gamma) {
        if (!(gamma >= 0 && gamma <= 1)) {
            throw new IllegalArgumentException("expected a gamma in [0, 1], got " + gamma);
        }
        return Workspaces.outside(() -> {
            for (int i = 0; i < eigenvalues.length; i++) {
                double value = eigenvalues[i] > 0 ? eigenvalues[i] : eigenvalues[0];
                if (value > 0) {
                    matrix.getRow(i).muli(Math.pow(value, -gamma / 2));
                }
            }
            return Components.of(matrix)
                    .withMean(mean)
                    .withFormat(format)
                    .withMetadata(Map.of("gamma", Double.toString(gamma)));
        });
    }

    /** The gamma of Spectral Tempering for the first k of all nIn axes. */
    static double gamma(double[] eigenvalues, int nIn, double total, int k) {
        if (nIn < 2) {
            return 0;
        }
        int needed = SpectralTempering.eigenvaluesNeeded(nIn);
        if (eigenvalues.length < needed) {
            throw new IllegalStateException("expected the largest " + needed + " of " + nIn + " eigenvalues, since the "
                    + "last tenth is the noise, got " + eigenvalues.length + ". Fit with "
                    + "PrincipalComponents.fitter().allEigenvalues(), or give tempered a gamma");
        }
        return SpectralTempering.of(eigenvalues, nIn, total).gamma(k);
    }
}
