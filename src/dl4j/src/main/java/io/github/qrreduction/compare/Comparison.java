package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What smaller vectors cost: recall of each method, size and storage, measured on vectors that no method has seen.
 *
 * <p>A sample of the vectors is split. Components are fitted to one part; each vector of the other part, the held-out
 * one, is searched for its ten nearest among the other held-out ones, by cosine. <b>recall</b> is the share of the true
 * ten that are among the ten found. <b>rescored</b> is their share among the best 50 found: what a search returns that
 * fetches the full vectors of these 50 and scores them again. Both fall as the number of vectors grows that are
 * searched, since neighbours then lie closer together; the order of the methods is what to look at.
 *
 * <p>Immutable. Numbers are in {@link Locale#ROOT}.
 */
public final class Comparison {
    /** Of recall, with room for rounding: what chance may make of equal methods. */
    private static final double POINT = 0.01 + 1e-9;

    private final VectorSample sample;
    private final List<ComparisonRow> rows;
    private final Map<Key, Components> fits;
    private final int[] heldOut;
    private final int fitted;
    private final int candidates;
    private final int seeds;
    private final long seed;
    private final List<String> notes;

    /** What a fit is for. */
    record Key(ReductionMethod method, int size) {}

    Comparison(
            VectorSample sample,
            List<ComparisonRow> rows,
            Map<Key, Components> fits,
            int[] heldOut,
            int fitted,
            int candidates,
            int seeds,
            long seed,
            List<String> notes) {
        this.sample = sample;
        this.rows = List.copyOf(rows);
        this.fits = Collections.unmodifiableMap(new LinkedHashMap<>(fits));
        this.heldOut = heldOut.clone();
        this.fitted = fitted;
        this.candidates = candidates;
        this.seeds = seeds;
        this.seed = seed;
        this.notes = List.copyOf(notes);
    }

    /**
     * Settings to run a comparison with.
     *
     * @return the defaults
     */
    public static ComparisonSetup setup() {
        return new ComparisonSetup();
    }

    /**
     * Compares with the default settings.
     *
     * @param vectors at least 22 of one length, not modified
     * @return what was measured
     * @throws IllegalArgumentException as {@link ComparisonSetup#run(float[][])}
     */
    public static Comparison run(float[][] vectors) {
        return setup().run(vectors);
    }

    /**
     * What was measured, by method, size and storage.
     *
     * @return rows in the order of their enums, sizes rising
     */
    public List<ComparisonRow> rows() {
        return rows;
    }

    /**
     * The row of the fewest bytes that reaches a recall. Of several the simplest method that is within a point of the
     * best of them: truncation, then random, then PCA with or without the mean, then tempered, then neighbours; of
     * equally simple ones the one of the highest recall. Rows of {@link Storage#BIT_UNROTATED} are for comparison and
     * not chosen.
     *
     * @param recall wanted, 0 to 1
     * @return the row, or empty where none reaches it
     */
    public Optional<ComparisonRow> smallest(double recall) {
        return smallest(recall, ComparisonRow::recall);
    }

    /**
     * As {@link #smallest}, by the same rule, for a search that scores the best candidates again with the full vectors.
     *
     * @param recall wanted, 0 to 1
     * @return the row, or empty where none reaches it
     */
    public Optional<ComparisonRow> smallestRescored(double recall) {
        return smallest(recall, ComparisonRow::rescored);
    }

    private Optional<ComparisonRow> smallest(double wanted, ToDoubleFunction<ComparisonRow> reached) {
        if (!(wanted >= 0 && wanted <= 1)) {
            throw new IllegalArgumentException("expected a recall from 0 to 1, got " + wanted);
        }
        List<ComparisonRow> enough = rows.stream()
                .filter(row -> row.storage() != Storage.BIT_UNROTATED && reached.applyAsDouble(row) >= wanted)
                .toList();
        int bytes = enough.stream().mapToInt(ComparisonRow::bytes).min().orElse(0);
        List<ComparisonRow> least =
                enough.stream().filter(row -> row.bytes() == bytes).toList();
        double best = least.stream().mapToDouble(reached).max().orElse(0);
        return least.stream()
                .filter(row -> best - reached.applyAsDouble(row) <= POINT)
                .min(Comparator.comparingInt((ComparisonRow row) -> effort(row.method()))
                        .thenComparing(Comparator.comparingDouble(reached).reversed())
                        .thenComparing(ComparisonRow::size));
    }

    private static int effort(ReductionMethod method) {
        return switch (method) {
            case TRUNCATION -> 0;
            case RANDOM -> 1;
            case PCA, PCA_UNCENTRED -> 2;
            case TEMPERED -> 3;
            case NEIGHBOURS -> 4;
        };
    }

    /**
     * Draws what was measured.
     *
     * @param picture which
     * @return an SVG element with colours that colour-blind people tell apart, labelled lines, and each value as the
     *     title of its point
     */
    public String svg(Picture picture) {
        return new Drawing(this, picture).draw();
    }

    /**
     * The components that the first seed's split gave.
     *
     * @param method that was compared
     * @param size that was compared
     * @return the components, fitted to the part of the sample that was not held out
     * @throws IllegalArgumentException if that was not compared
     */
    public Components components(ReductionMethod method, int size) {
        Components components = fits.get(new Key(method, size));
        if (components == null) {
            throw new IllegalArgumentException(
                    "expected a method and size of " + fits.keySet() + ", got " + method + " to " + size);
        }
        return components;
    }

    /**
     * Maps held-out vectors of the first seed to the plane, before and after a reduction.
     *
     * @param method that was compared
     * @param size that was compared
     * @param most points at most, at least 2
     * @return the map
     * @throws IllegalArgumentException if that was not compared, or fewer points are asked for
     */
    public VectorMap map(ReductionMethod method, int size, int most) {
        if (most < 2) {
            throw new IllegalArgumentException("expected at least 2 points, got " + most);
        }
        return VectorMap.of(sample, Arrays.copyOf(heldOut, Math.min(most, heldOut.length)), components(method, size));
    }

    /**
     * The vectors that were compared on.
     *
     * @return the sample
     */
    public VectorSample sample() {
        return sample;
    }

    /**
     * Which vectors of the sample the first seed held out.
     *
     * @return their indices in the sample; a copy
     */
    public int[] heldOut() {
        return heldOut.clone();
    }

    /**
     * How many vectors were fitted to.
     *
     * @return the sample without the held-out ones
     */
    public int fitted() {
        return fitted;
    }

    /**
     * How many candidates were scored again.
     *
     * @return 50, or fewer where fewer are held out
     */
    public int candidates() {
        return candidates;
    }

    /**
     * How many neighbours were looked for.
     *
     * @return 10
     */
    public int neighbours() {
        return ComparisonSetup.NEIGHBOURS;
    }

    /**
     * How many splits were measured.
     *
     * @return at least 1
     */
    public int seeds() {
        return seeds;
    }

    /**
     * The first of the seeds.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * What should be known with the figures: what was left out, and why.
     *
     * @return sentences, often none
     */
    public List<String> notes() {
        return notes;
    }
}
