package io.github.qrreduction.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Ratios of times that hold on a machine whose speed drifts: the sides of a comparison take turns, round after round,
 * and a ratio is taken within each round before the median of the rounds is. What the machine does to one round, it
 * does to all sides in it.
 *
 * <p>JMH does not serve here. It finishes one benchmark, with all its iterations and forks, before it starts the next,
 * so minutes lie between the two sides of a ratio. In that time a virtual machine's host may move its cores: a product
 * has then been seen to take three times the time (docs/threads.md). Forks cannot take turns; unforked, with one
 * iteration a run, JMH warns that its results are not to be trusted. What JMH does for a single time is done here so:
 *
 * <ul>
 * <li>The compiler has seen every side before the first turn that counts: each kind of side is warmed up once, and each
 * turn begins with a third of its time that is not measured, as the turn before has left its own data in the
 * caches.</li>
 * <li>No work can be optimised away: it ends in native memory.</li>
 * <li>One thread runs everything. OpenMP has a team of threads, and DL4J its workspaces, for each thread that
 * calls.</li>
 * <li>A turn's time is the median of its operations, so that a pause of the collector is no part of it.</li>
 * </ul>
 *
 * <p>The distance of the cores is taken before and after each round. Rounds with far cores are taken again after all
 * other comparisons, some times over.
 */
final class Paired {

    /**
     * One of the ways that are compared.
     *
     * @param kind sides of one kind run the same code: one warm-up is enough for all of them
     * @param work one operation
     * @param end called when the rounds of a comparison have been taken
     */
    record Side(String kind, Runnable work, Runnable end) {}

    /**
     * One turn of each side.
     *
     * @param coreDistance nanoseconds, the larger of those before and after
     * @param microseconds of an operation, by side
     * @param heapBytes that an operation takes in its thread, by side
     */
    record Round(double coreDistance, double[] microseconds, double[] heapBytes) {

        /** Whether the cores shared a cache, as far as can be seen from before and after. */
        boolean isNear() {
            return coreDistance <= CoreDistance.NEAR;
        }
    }

    /** All comparisons once, then those that still lack rounds with near cores. */
    private static final int PASSES = 4;
    /** The part of a turn's time that is spent before it counts. */
    private static final int WARM_UP_PART = 3;
    /** A turn ends with this many operations, if not by its time. */
    private static final int MOST_OPERATIONS = 1 << 16;

    private static final double MILLISECOND = 1e6;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final double warmUp;
    private final double turn;
    private final int wanted;
    private final DoubleSupplier coreDistance;
    private final Set<String> warm = new HashSet<>();
    private final long[] times = new long[MOST_OPERATIONS];
    private double allocated;

    /**
     * A way to compare.
     *
     * @param warmUp milliseconds for each kind of side when it is first met
     * @param turn milliseconds that a turn measures; it has one operation at least
     * @param wanted rounds with near cores for each comparison
     */
    Paired(int warmUp, int turn, int wanted) {
        this(warmUp, turn, wanted, CoreDistance::nanoseconds);
    }

    Paired(int warmUp, int turn, int wanted, DoubleSupplier coreDistance) {
        this.coreDistance = coreDistance;
        this.warmUp = warmUp * MILLISECOND;
        this.turn = turn * MILLISECOND;
        this.wanted = wanted;
    }

    /**
     * Takes rounds of every comparison.
     *
     * @param start makes the sides of a comparison; they are closed when its rounds have been taken
     * @param seen is told of a comparison and the rounds that have just been taken of it
     * @return all rounds by comparison; the same map fills up while {@code seen} is called
     */
    <C> Map<C, List<Round>> run(
            List<C> comparisons, Function<C, List<Side>> start, BiConsumer<C, Map<C, List<Round>>> seen) {
        Map<C, List<Round>> taken = new LinkedHashMap<>();
        comparisons.forEach(comparison -> taken.put(comparison, new ArrayList<>()));
        for (int pass = 0; pass < PASSES; pass++) {
            for (C comparison : comparisons) {
                int missing = wanted - near(taken.get(comparison)).size();
                if (missing > 0) {
                    taken.get(comparison).addAll(rounds(start.apply(comparison), missing));
                    seen.accept(comparison, taken);
                }
            }
        }
        return taken;
    }

    private List<Round> rounds(List<Side> sides, int count) {
        try {
            sides.stream().filter(side -> warm.add(side.kind())).forEach(side -> spend(side, warmUp));
            List<Round> rounds = new ArrayList<>();
            double before = coreDistance.getAsDouble();
            for (int i = 0; i < count; i++) {
                double[] microseconds = new double[sides.size()];
                double[] heapBytes = new double[sides.size()];
                for (int side = 0; side < sides.size(); side++) {
                    microseconds[side] = turn(sides.get(side));
                    heapBytes[side] = allocated;
                }
                double after = coreDistance.getAsDouble();
                rounds.add(new Round(Math.max(before, after), microseconds, heapBytes));
                before = after;
            }
            return rounds;
        } finally {
            sides.forEach(side -> side.end().run());
        }
    }

    private double turn(Side side) {
        if (turn > 0) {
            spend(side, turn / WARM_UP_PART);
        }
        int operations = spend(side, turn);
        return median(Arrays.stream(times, 0, operations).asDoubleStream().toArray()) / 1e3;
    }

    /**
     * Runs a side once at least; the number of operations, whose nanoseconds are then in {@link #times} and the bytes
     * of one in {@link #allocated}.
     */
    private int spend(Side side, double nanoseconds) {
        int operations = 0;
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        long now = start;
        do {
            long before = now;
            side.work().run();
            now = System.nanoTime();
            times[operations % MOST_OPERATIONS] = now - before;
            operations++;
        } while (now - start < nanoseconds);
        allocated = (THREADS.getCurrentThreadAllocatedBytes() - bytes) / (double) operations;
        return Math.min(operations, MOST_OPERATIONS);
    }

    private static List<Round> near(List<Round> rounds) {
        return rounds.stream().filter(Round::isNear).toList();
    }

    /** The rounds that count: those with near cores, where there are enough of them, otherwise all. */
    List<Round> counted(List<Round> rounds) {
        List<Round> near = near(rounds);
        return near.size() >= wanted ? near : rounds;
    }

    /** How near the cores were, and what of it counts, in words. */
    String summary(Map<?, List<Round>> taken) {
        List<Round> all = taken.values().stream().flatMap(List::stream).toList();
        long mixed = taken.values().stream()
                .filter(rounds -> near(rounds).size() < wanted)
                .count();
        return String.format(
                Locale.ROOT,
                "%d of %d with cores within %.0f ns, which count; %d of %d comparisons had too few of those, so that "
                        + "all of theirs count",
                near(all).size(),
                all.size(),
                CoreDistance.NEAR,
                mixed,
                taken.size());
    }

    /** The median of the rounds' ratios of two sides. */
    static double ratio(List<Round> rounds, int side, int reference) {
        return median(rounds.stream()
                .mapToDouble(round -> round.microseconds()[side] / round.microseconds()[reference])
                .toArray());
    }

    /** The median of the rounds' times of a side, in microseconds. */
    static double time(List<Round> rounds, int side) {
        return median(
                rounds.stream().mapToDouble(round -> round.microseconds()[side]).toArray());
    }

    static double median(double... values) {
        return new Median().evaluate(values);
    }
}
