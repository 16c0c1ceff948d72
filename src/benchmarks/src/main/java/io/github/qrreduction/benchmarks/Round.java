package io.github.qrreduction.benchmarks;

import java.util.List;
import org.openjdk.jmh.results.RunResult;

/**
 * One turn of each of a block's contenders.
 *
 * @param coreDistance nanoseconds, the larger of those before and after
 * @param results in the order of the block
 */
record Round(double coreDistance, List<RunResult> results) {

    /** Whether the cores shared a cache, as far as can be seen from before and after. */
    boolean isNear() {
        return coreDistance <= CoreDistance.NEAR;
    }
}
