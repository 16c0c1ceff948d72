package io.github.qrreduction;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Components that are trained to keep neighbours: whoever is near whom by cosine among the vectors should be so among
 * their reductions. For embeddings that are searched.
 *
 * <pre>{@code
 * Components c = NeighbourComponents.fit(x, 64);
 * INDArray z = c.transform(x);
 * }</pre>
 *
 * <p>Training starts from principal components about zero of the vectors scaled to length 1. It lowers the
 * cross-entropy of {@link io.github.qrreduction.loss.LossSimilarity} on minibatches, with a temperature of their own
 * for the reductions (see {@link NeighbourComponentsFitter#temperature}), by Adam, whose steps stay on the Stiefel
 * manifold: tangent projection before, QR retraction after (Absil, Mahony and Sepulchre 2008, <i>Optimization
 * Algorithms on Matrix Manifolds</i>, sections 3.6 and 4.1). Rows of the result are orthonormal to 1e-5, there is no
 * bias and no mean.
 *
 * <p><b>Never worse than the start, as far as held-out vectors can tell.</b> A tenth of the vectors, at least 50 and at
 * most 2000, takes no part in training. The loss on it is measured 20 times in a run, and the components with the
 * smallest are returned, if it is below the start's by more than the standard error of their difference over these
 * vectors. If not, the principal components of all vectors are.
 *
 * <p>The metadata of the result say what was done: {@code method}, {@code steps}, {@code bestStep}, {@code batchSize},
 * {@code learningRate}, {@code temperature}, {@code reducedTemperature}, {@code seed}, {@code vectors},
 * {@code trainedOn}, {@code heldOut}, {@code startLoss}, {@code loss}, and {@code prefixes}.
 *
 * <p>Refused, with an {@link IllegalArgumentException}: what {@link PrincipalComponents} refuse, and fewer than 4
 * vectors that are not zero. A fit on an interrupted thread ends with a {@link
 * java.util.concurrent.CancellationException} before its next step, its flag still set. The same seed, data and
 * machine give the same components.
 */
public final class NeighbourComponents {
    private NeighbourComponents() {}

    /**
     * Fits k components with the default settings.
     *
     * @param data [n, nIn], or sequences in NCW format, whose steps are the vectors; any numeric type; not modified
     * @param k how many components, 1..nIn
     * @return k components of nIn numbers, FLOAT
     * @throws IllegalArgumentException if the data or k are refused
     */
    public static Components fit(INDArray data, long k) {
        return fitter().fit(data, k);
    }

    /**
     * Fits k components with the default settings.
     *
     * @param data features of rank 2, or of rank 3 in NCW format; read once, and held in memory up to the fitter's
     *     {@linkplain NeighbourComponentsFitter#sample sample}
     * @param k how many components, 1..nIn
     * @return k components of nIn numbers, FLOAT
     * @throws IllegalArgumentException if the data or k are refused
     */
    public static Components fit(DataSetIterator data, long k) {
        return fitter().fit(data, k);
    }

    /**
     * A fit with other than the default settings.
     *
     * @return a fitter
     */
    public static NeighbourComponentsFitter fitter() {
        return new NeighbourComponentsFitter();
    }
}
