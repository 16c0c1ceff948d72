package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.internal.pca.SpectralTempering;
import java.util.function.DoubleConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Components of all sizes from one set of vectors, in FLOAT as the vectors that they reduce: a fit of principal
 * components to the largest size serves the smaller ones too.
 */
final class Fits {
    private final INDArray data;
    private final int largest;
    private final long seed;
    private PrincipalComponents centred;
    private PrincipalComponents aboutZero;

    Fits(INDArray data, int largest, long seed) {
        this.data = data;
        this.largest = largest;
        this.seed = seed;
    }

    /** As {@link ReductionMethod#fit(INDArray, int, long, DoubleConsumer)} to the same data, but for the type. */
    Components fit(ReductionMethod method, int k, DoubleConsumer progress) {
        Components fit = switch (method) {
            case PCA -> method.named(centred().components().truncate(k), seed);
            case PCA_UNCENTRED -> method.named(aboutZero().components().truncate(k), seed);
            case TEMPERED -> method.named(tempered(k), seed);
            case TRUNCATION, RANDOM, NEIGHBOURS -> method.fit(data, k, seed, progress);
        };
        return Workspaces.outside(() -> Components.of(fit.matrix().castTo(DataType.FLOAT), fit.bias())
                .withMean(fit.mean())
                .withMetadata(fit.metadata()));
    }

    private Components tempered(int k) {
        PrincipalComponents p = aboutZero();
        double gamma = data.columns() < 2
                ? 0
                : SpectralTempering.of(p.eigenvalues(), data.columns(), p.totalVariance())
                        .gamma(k);
        return p.tempered(gamma).truncate(k);
    }

    private PrincipalComponents centred() {
        if (centred == null) {
            centred = PrincipalComponents.fit(data, largest);
        }
        return centred;
    }

    private PrincipalComponents aboutZero() {
        if (aboutZero == null) {
            aboutZero = PrincipalComponents.fitter().centred(false).fit(data, largest);
        }
        return aboutZero;
    }
}
