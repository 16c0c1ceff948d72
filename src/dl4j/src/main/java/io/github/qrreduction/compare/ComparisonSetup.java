package io.github.qrreduction.compare;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Settings of a {@link Comparison}; made by {@link Comparison#setup()}. Not safe for concurrent use.
 *
 * <p>Defaults: all methods and storages; as sizes the four largest powers of two below the vectors' length, and that
 * length; the ten nearest neighbours; 50 candidates to score again; a quarter of the sample held out, at most 3000
 * vectors; one seed, 1; nobody is told about progress.
 */
public final class ComparisonSetup {
    /** Neighbours that are looked for. */
    static final int NEIGHBOURS = 10;
    /** Candidates that are scored again. */
    static final int CANDIDATES = 50;

    private static final int MOST_HELD_OUT = 3000;
    private static final int DEFAULT_SIZES = 4;

    private Set<ReductionMethod> methods = EnumSet.allOf(ReductionMethod.class);
    private Set<Storage> storages = EnumSet.allOf(Storage.class);
    private int[] sizes = {};
    private long seed = 1;
    private int seeds = 1;
    private ComparisonListener listener = (done, doing) -> {};

    ComparisonSetup() {}

    /**
     * What is compared.
     *
     * @param methods at least one
     * @return this
     */
    public ComparisonSetup methods(ReductionMethod... methods) {
        this.methods = EnumSet.copyOf(Arrays.asList(methods));
        return this;
    }

    /**
     * Numbers a vector. At the vectors' own length only {@link ReductionMethod#TRUNCATION} is measured, which leaves
     * them as they are; so this row says what a storage alone costs.
     *
     * @param sizes each from 1 to the vectors' length; none for the default
     * @return this
     */
    public ComparisonSetup sizes(int... sizes) {
        this.sizes = Arrays.stream(sizes).sorted().distinct().toArray();
        return this;
    }

    /**
     * How the vectors are kept.
     *
     * @param storages at least one
     * @return this
     */
    public ComparisonSetup storages(Storage... storages) {
        this.storages = EnumSet.copyOf(Arrays.asList(storages));
        return this;
    }

    /**
     * The first seed, of the split, of random methods and of rotations.
     *
     * @param seed any
     * @return this
     */
    public ComparisonSetup seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * How many seeds are run, each with other vectors held out: seed, seed + 1, and so on.
     *
     * @param seeds at least 1
     * @return this
     */
    public ComparisonSetup seeds(int seeds) {
        if (seeds < 1) {
            throw new IllegalArgumentException("expected at least 1 seed, got " + seeds);
        }
        this.seeds = seeds;
        return this;
    }

    /**
     * Who hears about progress.
     *
     * @param listener called between parts of the work
     * @return this
     */
    public ComparisonSetup listener(ComparisonListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Compares. The same sample, settings and processor give the same numbers, but for the seconds.
     *
     * @param sample at least 22 vectors: 11 to hold out, and as many to fit to
     * @return what was measured
     * @throws IllegalArgumentException if the sample is too small, or a size is larger than its vectors
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; its flag stays set
     */
    public Comparison run(VectorSample sample) {
        int least = 2 * (NEIGHBOURS + 1);
        if (sample.size() < least) {
            throw new IllegalArgumentException("expected at least " + least + " vectors that are not zero, "
                    + (NEIGHBOURS + 1) + " of them to hold out, got " + sample.size());
        }
        return new ComparisonRun(this, sample).run();
    }

    /**
     * As {@link #run(VectorSample)}, with all vectors.
     *
     * @param vectors of one length, not modified
     * @return what was measured
     * @throws IllegalArgumentException as there, and if lengths differ, or a number is NaN or infinite
     */
    public Comparison run(float[][] vectors) {
        return run(VectorSample.draw(vectors, Math.max(1, vectors.length), seed));
    }

    List<ReductionMethod> chosenMethods() {
        return List.copyOf(methods);
    }

    List<Storage> chosenStorages() {
        return List.copyOf(storages);
    }

    /** Rising; for vectors of a length. */
    int[] chosenSizes(int dimension) {
        for (int size : sizes) {
            if (size < 1 || size > dimension) {
                throw new IllegalArgumentException(
                        "expected sizes from 1 to the vectors' length, " + dimension + ", got " + size);
            }
        }
        return sizes.length > 0 ? sizes.clone() : defaultSizes(dimension);
    }

    private static int[] defaultSizes(int dimension) {
        Set<Integer> chosen = new TreeSet<>(Set.of(dimension));
        for (int size = Integer.highestOneBit(dimension); size >= 1 && chosen.size() <= DEFAULT_SIZES; size /= 2) {
            chosen.add(size);
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A quarter, but enough to search in. */
    static int heldOut(int n) {
        return Math.max(Math.min(n / 2, CANDIDATES + 1), Math.min(n / 4, MOST_HELD_OUT));
    }

    long firstSeed() {
        return seed;
    }

    int seedCount() {
        return seeds;
    }

    ComparisonListener chosenListener() {
        return listener;
    }
}
