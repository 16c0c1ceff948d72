package io.github.qrreduction.benchmarks;

import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;

/** The contenders of this JVM: made once, then there for every turn. */
final class ContenderCache {

    private static final long SEED = 7;

    private record Key(String name, Row row) {}

    private static final Map<Key, Contender> MADE = new HashMap<>();

    private ContenderCache() {}

    static synchronized Contender get(String name, Row row) {
        return MADE.computeIfAbsent(new Key(name, row), key -> {
            // ND4J starts, with threads of its own choice, before a setting can change them.
            Nd4j.getRandom().setSeed(SEED);
            ThreadSetting.current().apply();
            return ContenderFactory.find(name, row);
        });
    }

    /** Lets all of them go. */
    static synchronized void clear() {
        MADE.values().forEach(Contender::close);
        MADE.clear();
    }
}
