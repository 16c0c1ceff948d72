package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.loss.LossSimilarity;
import java.util.Arrays;
import java.util.Objects;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Settings of a fit of {@link NeighbourComponents}; made by {@link NeighbourComponents#fitter()}. Not thread-safe. */
public final class NeighbourComponentsFitter {
    /** The default of {@link #steps}. */
    public static final int DEFAULT_STEPS = 1000;

    private int steps = DEFAULT_STEPS;
    private int batchSize = 512;
    /** 0 for one of the data's own. */
    private double temperature;

    private double learningRate = 5e-3;
    private long seed = 42;
    private int sample = 100_000;
    private int[] prefixes = {};
    private RNNFormat format = RNNFormat.NCW;
    private NeighbourListener listener = (step, loss) -> {};

    NeighbourComponentsFitter() {}

    /**
     * How many steps training takes.
     *
     * @param steps at least 0, default {@value #DEFAULT_STEPS}; 0 returns the start
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public NeighbourComponentsFitter steps(int steps) {
        require(steps >= 0, "steps of at least 0", steps);
        this.steps = steps;
        return this;
    }

    /**
     * The rows of a minibatch: neighbours are looked for among these.
     *
     * @param batchSize at least 2, default 512; all training vectors where there are fewer
     * @return this
     * @throws IllegalArgumentException if it is smaller
     */
    public NeighbourComponentsFitter batchSize(int batchSize) {
        require(batchSize >= 2, "a batchSize of at least 2, since a vector alone has no neighbours", batchSize);
        this.batchSize = batchSize;
        return this;
    }

    /**
     * How near a neighbour has to be to count: what cosines of the originals are divided by, see {@link
     * LossSimilarity}. By default half a standard deviation of the cosines of all pairs, so that it suits vectors that
     * all point the same way as well as others. The reductions' own temperature begins where
     * their neighbour distributions are nearest to the originals', and is trained beside the components.
     *
     * @param temperature from 1e-6 and finite
     * @return this
     * @throws IllegalArgumentException if it is not
     */
    public NeighbourComponentsFitter temperature(double temperature) {
        this.temperature = new LossSimilarity(temperature).getTemperature();
        return this;
    }

    /**
     * Adam's learning rate at the first step; it falls exponentially to a hundredth of it at the last.
     *
     * @param learningRate positive and finite, default 5e-3
     * @return this
     * @throws IllegalArgumentException if it is not
     */
    public NeighbourComponentsFitter learningRate(double learningRate) {
        require(
                learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
                "a positive, finite learningRate",
                learningRate);
        this.learningRate = learningRate;
        return this;
    }

    /**
     * What chooses the held-out vectors, the minibatches, and the sample.
     *
     * @param seed any number, default 42
     * @return this
     */
    public NeighbourComponentsFitter seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Sizes below k that are to be good by themselves: {@code c.truncate(16)} of components with the prefix 16.
     * Training goes to the whole size first, with a tenth of the weight on each prefix. Then the components are turned
     * within their subspace, which leaves the cosines of whole reductions as they are, so that the mean
     * {@link LossSimilarity} of all prefixes falls. Of little data all of this is left out that held-out vectors do not
     * confirm.
     *
     * @param prefixes rising, each from 1 to k - 1; none by default
     * @return this
     * @throws IllegalArgumentException if they do not rise from at least 1
     */
    public NeighbourComponentsFitter prefixes(int... prefixes) {
        this.prefixes = new LossSimilarity(LossSimilarity.DEFAULT_TEMPERATURE, prefixes).getPrefixes();
        return this;
    }

    /**
     * The most vectors that are held in memory; of more, a random sample is drawn.
     *
     * @param sample at least 4, default 100 000
     * @return this
     * @throws IllegalArgumentException if it is smaller
     */
    public NeighbourComponentsFitter sample(int sample) {
        require(sample >= NeighbourVectors.FEWEST, "a sample of at least " + NeighbourVectors.FEWEST, sample);
        this.sample = sample;
        return this;
    }

    /**
     * The format of rank 3 features.
     *
     * @param format NCW (the default) or NWC
     * @return this
     */
    public NeighbourComponentsFitter dataFormat(RNNFormat format) {
        this.format = Objects.requireNonNull(format, "format");
        return this;
    }

    /**
     * Who is told about progress, on the thread of the fit.
     *
     * @param listener hears each step and each measurement on held-out vectors
     * @return this
     */
    public NeighbourComponentsFitter listener(NeighbourListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * See {@link NeighbourComponents#fit(INDArray, long)}.
     *
     * @param data rank 2, or rank 3 in the chosen format; not modified
     * @param k how many components, 1..nIn, more than the largest prefix
     * @return k components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public Components fit(INDArray data, long k) {
        return fit(Samples.of(data), k);
    }

    /**
     * See {@link NeighbourComponents#fit(DataSetIterator, long)}.
     *
     * @param data features of rank 2, or of rank 3 in the chosen format
     * @param k how many components, 1..nIn, more than the largest prefix
     * @return k components
     * @throws IllegalArgumentException for arguments that are refused
     */
    public Components fit(DataSetIterator data, long k) {
        return fit(Samples.of(data), k);
    }

    private Components fit(Samples samples, long k) {
        ComponentCount.of(k);
        if (prefixes.length > 0 && prefixes[prefixes.length - 1] >= k) {
            throw new IllegalArgumentException(
                    "expected prefixes below k = " + k + ", got " + Arrays.toString(prefixes));
        }
        return Workspaces.outside(() -> {
            NeighbourVectors vectors = NeighbourVectors.of(samples, format, sample, seed);
            return new NeighbourFit(vectors, settings(), listener).run((int) k);
        });
    }

    private NeighbourFit.Settings settings() {
        return new NeighbourFit.Settings(steps, batchSize, temperature, learningRate, seed, prefixes);
    }

    private static void require(boolean holds, String expected, Number actual) {
        if (!holds) {
            throw new IllegalArgumentException("expected " + expected + ", got " + actual);
        }
    }
}
