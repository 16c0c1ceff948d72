package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import io.github.qrreduction.NeighbourComponents;
import io.github.qrreduction.PrincipalComponents;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * The ways to get components without a network of one's own, by the names that the command {@code qr-reduce} has for
 * them: {@code truncation}, {@code random}, {@code pca}, {@code pca-uncentred}, {@code tempered}, {@code neighbours}.
 */
public enum ReductionMethod {
    /** The first k numbers of each vector: Q is the first k rows of the identity. Data are not looked at. */
    TRUNCATION,
    /** k orthonormal rows of uniform (Haar) direction, by the seed. Data are not looked at. */
    RANDOM,
    /** {@link PrincipalComponents}, with the mean of the data. */
    PCA,
    /** {@link PrincipalComponents} about zero, for cosines and dot products. */
    PCA_UNCENTRED,
    /** {@link PrincipalComponents#tempered()} about zero: scaled by a power of the eigenvalues. */
    TEMPERED,
    /** {@link NeighbourComponents}: trained to keep neighbours, by the seed. */
    NEIGHBOURS;

    /**
     * The method of a name.
     *
     * @param name as of {@link #toString()}
     * @return the method
     * @throws IllegalArgumentException for another name; the message lists all
     */
    public static ReductionMethod of(String name) {
        for (ReductionMethod method : values()) {
            if (method.toString().equals(name)) {
                return method;
            }
        }
        throw new IllegalArgumentException("expected a method of "
                + Arrays.stream(values()).map(ReductionMethod::toString).collect(Collectors.joining(", ")) + ", got "
                + name);
    }

    /**
     * Fits components to vectors.
     *
     * @param data [n, nIn], n at least 2; not modified
     * @param k how many components, 1..nIn
     * @param seed of what is random
     * @return k components; their metadata have the method's name as "method"
     * @throws IllegalArgumentException if k or the data are refused
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; its flag stays set
     */
    public Components fit(INDArray data, int k, long seed) {
        return fit(data, k, seed, done -> {});
    }

    /**
     * As {@link #fit(INDArray, int, long)}, with a listener.
     *
     * @param data [n, nIn], n at least 2; not modified
     * @param k how many components, 1..nIn
     * @param seed of what is random
     * @param progress hears the share of the work that is done, 0 to 1
     * @return k components
     */
    public Components fit(INDArray data, int k, long seed, DoubleConsumer progress) {
        if (data.rank() != 2) {
            throw new IllegalArgumentException(
                    "expected data of shape [n, nIn], got shape " + Arrays.toString(data.shape()));
        }
        return fit(FitData.of(data), k, seed, progress);
    }

    /**
     * As {@link #fit(INDArray, int, long, DoubleConsumer)}, for vectors that need not fit into memory. Principal
     * components read them once; {@link NeighbourComponents} say how they read them.
     *
     * @param data features [batch, nIn]
     * @param k how many components, 1..nIn
     * @param seed of what is random
     * @param progress hears the share of the work that is done, 0 to 1
     * @return k components
     */
    public Components fit(DataSetIterator data, int k, long seed, DoubleConsumer progress) {
        return fit(FitData.of(data), k, seed, progress);
    }

    private Components fit(FitData data, int k, long seed, DoubleConsumer progress) {
        Components components = switch (this) {
            case TRUNCATION -> Fixed.truncation(data.columns(), k);
            case RANDOM -> Fixed.random(data.columns(), k, seed);
            case PCA -> data.principal(true, k).components();
            case PCA_UNCENTRED -> data.principal(false, k).components();
            case TEMPERED -> data.principal(false, k).tempered();
            case NEIGHBOURS -> data.neighbours(k, seed, progress);
        };
        progress.accept(1);
        return named(components, seed);
    }

    /** The same components; their metadata say what made them. */
    Components named(Components components, long seed) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("method", toString());
        if (this == RANDOM || this == NEIGHBOURS) {
            metadata.put("seed", Long.toString(seed));
        }
        metadata.putAll(components.metadata());
        return components.withMetadata(metadata);
    }

    /** The name that the command has for this method. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
