package io.github.qrreduction.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;

/**
 * The rounds of a run, and which of them count: those with near cores, where a block has had enough of them, otherwise
 * all of its rounds.
 */
final class Rounds {

    private final int wanted;
    private final Map<BenchmarkPlan.Block, List<Round>> taken = new LinkedHashMap<>();

    /** With {@code wanted} near rounds for each block. */
    Rounds(List<BenchmarkPlan.Block> blocks, int wanted) {
        this.wanted = wanted;
        blocks.forEach(block -> taken.put(block, new ArrayList<>()));
    }

    void add(BenchmarkPlan.Block block, List<Round> rounds) {
        taken.get(block).addAll(rounds);
    }

    /** Near rounds that a block still lacks. */
    int missing(BenchmarkPlan.Block block) {
        return Math.max(
                0,
                wanted - (int) taken.get(block).stream().filter(Round::isNear).count());
    }

    /** The results that count, and the far ones beside them. */
    List<RunResult> results(boolean counted) {
        return taken.keySet().stream()
                .flatMap(block -> counted ? counted(block) : notCounted(block))
                .flatMap(round -> round.results().stream())
                .toList();
    }

    private Stream<Round> counted(BenchmarkPlan.Block block) {
        return taken.get(block).stream().filter(round -> missing(block) > 0 || round.isNear());
    }

    private Stream<Round> notCounted(BenchmarkPlan.Block block) {
        return taken.get(block).stream().filter(round -> missing(block) == 0 && !round.isNear());
    }

    /** Rounds of all blocks, those with near cores, and blocks that have too few of those, in words. */
    String summary() {
        List<Round> all = taken.values().stream().flatMap(List::stream).toList();
        long mixed = taken.keySet().stream().filter(block -> missing(block) > 0).count();
        return all.stream().filter(Round::isNear).count() + " of " + all.size() + " with cores within "
                + (int) CoreDistance.NEAR + " ns, which count; " + mixed + " of " + taken.size()
                + " comparisons had too few of those, so that all of theirs count";
    }

    /** Nanoseconds of all rounds. */
    double[] coreDistances() {
        return taken.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Round::coreDistance)
                .toArray();
    }
}
