package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import io.github.qrreduction.internal.lapack.Interruption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/** A comparison at work: splits of the sample, one after the other. */
final class ComparisonRun {
    /** A training takes about as long as so many measurements. */
    private static final int TRAINING = 10;

    private final VectorSample sample;
    private final List<ReductionMethod> methods;
    private final List<Storage> storages;
    private final int[] sizes;
    private final int seeds;
    private final long firstSeed;
    private final ComparisonListener listener;
    private final Map<Comparison.Key, Components> firstFits = new LinkedHashMap<>();
    private final Map<Comparison.Key, Sums> sums = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private double work;
    private double done;

    ComparisonRun(ComparisonSetup setup, VectorSample sample) {
        this.sample = sample;
        this.methods = setup.chosenMethods();
        this.storages = setup.chosenStorages();
        this.sizes = setup.chosenSizes(sample.dimension());
        this.seeds = setup.seedCount();
        this.firstSeed = setup.firstSeed();
        this.listener = setup.chosenListener();
    }

    /** Of one method and size, over the seeds. */
    private static final class Sums {
        final Map<Storage, List<HeldOut.Found>> found = new EnumMap<>(Storage.class);
        double seconds;
    }

    Comparison run() {
        int n = sample.size();
        int heldOut = ComparisonSetup.heldOut(n);
        int candidates = Math.min(ComparisonSetup.CANDIDATES, heldOut - 1);
        List<Comparison.Key> keys = keys();
        work = seeds * keys.stream().mapToDouble(k -> cost(k.method())).sum();
        int[] firstHeldOut = {};
        for (int s = 0; s < seeds; s++) {
            long seed = firstSeed + s;
            int[] order = shuffled(n, seed);
            listener.progress(done / work, "true neighbours");
            HeldOut split = new HeldOut(
                    rows(order, heldOut, n), rows(order, 0, heldOut), ComparisonSetup.NEIGHBOURS, candidates);
            if (s == 0) {
                firstHeldOut = Arrays.copyOf(order, heldOut);
            }
            Fits fits = new Fits(split.fitted(), largest(), seed);
            for (Comparison.Key key : keys) {
                measure(key, split, fits, seed);
            }
        }
        listener.progress(1, "done");
        return new Comparison(
                sample, rows(), firstFits, firstHeldOut, n - heldOut, candidates, seeds, firstSeed, notes);
    }

    private List<Comparison.Key> keys() {
        List<Comparison.Key> keys = new ArrayList<>();
        for (ReductionMethod method : methods) {
            for (int size : sizes) {
                if (size < sample.dimension() || method == ReductionMethod.TRUNCATION) {
                    keys.add(new Comparison.Key(method, size));
                }
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("expected a size below the vectors' length, " + sample.dimension()
                    + ", or the method truncation, got methods " + methods + " and sizes " + Arrays.toString(sizes));
        }
        return keys;
    }

    private int largest() {
        return Arrays.stream(sizes)
                .filter(size -> size < sample.dimension())
                .max()
                .orElse(sample.dimension());
    }

    private static double cost(ReductionMethod method) {
        return method == ReductionMethod.NEIGHBOURS ? TRAINING : 1;
    }

    private void measure(Comparison.Key key, HeldOut split, Fits fits, long seed) {
        Interruption.check("the comparison");
        double before = done;
        double cost = cost(key.method());
        String doing = key.method() + " to " + key.size();
        listener.progress(before / work, doing);
        DoubleConsumer fitting = key.method() == ReductionMethod.NEIGHBOURS
                ? share -> listener.progress((before + share * cost) / work, doing)
                : share -> {};
        done += cost;
        long start = System.nanoTime();
        Components components;
        try {
            components = fits.fit(key.method(), key.size(), fitting);
        } catch (IllegalArgumentException e) {
            notes.add(doing + " was not measured: " + e.getMessage());
            return;
        }
        Sums sum = sums.computeIfAbsent(key, k -> new Sums());
        sum.seconds += (System.nanoTime() - start) / 1e9;
        firstFits.putIfAbsent(key, components);
        HeldOut.Reduced reduced = split.reduce(components);
        for (Storage storage : storages) {
            sum.found.computeIfAbsent(storage, any -> new ArrayList<>()).add(split.measure(reduced, storage, seed));
        }
    }

    private List<ComparisonRow> rows() {
        List<ComparisonRow> rows = new ArrayList<>();
        sums.forEach((key, sum) -> sum.found.forEach((storage, found) -> rows.add(new ComparisonRow(
                key.method(),
                key.size(),
                storage,
                storage.bytes(key.size()),
                found.stream().mapToDouble(HeldOut.Found::recall).average().orElseThrow(),
                found.stream().mapToDouble(HeldOut.Found::rescored).average().orElseThrow(),
                found.stream().mapToDouble(HeldOut.Found::recall).min().orElseThrow(),
                found.stream().mapToDouble(HeldOut.Found::recall).max().orElseThrow(),
                sum.seconds / found.size()))));
        return rows;
    }

    private float[][] rows(int[] order, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> sample.vectors()[order[i]])
                .toArray(float[][]::new);
    }

    private static int[] shuffled(int n, long seed) {
        int[] order = IntStream.range(0, n).toArray();
        Random random = new Random(seed);
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
