package io.github.qrreduction.benchmarks;

import static io.github.qrreduction.benchmarks.Nd4jContenders.DENSE;
import static io.github.qrreduction.benchmarks.Nd4jContenders.FREE;
import static io.github.qrreduction.benchmarks.Nd4jContenders.MATMUL;
import static io.github.qrreduction.benchmarks.Nd4jContenders.PARAMETRIZATION;
import static io.github.qrreduction.benchmarks.Nd4jContenders.RETRACTION;
import static io.github.qrreduction.benchmarks.Nd4jContenders.SESSION;
import static io.github.qrreduction.benchmarks.Nd4jContenders.TEXTBOOK;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Which operations of which contenders are timed at which sizes. */
final class BenchmarkPlan {

    static final String PYTORCH = "pytorch";

    static final List<Long> BATCHES = List.of(1L, 32L, 256L, 1024L, 4096L);
    /** Of inference only: what a server collects. */
    static final List<Long> SMALL_BATCHES = List.of(4L, 16L);

    static final List<String> PAIRS = List.of("64x16", "128x16", "768x64", "768x128", "4096x256");

    private static final String[] EVERYONE = {
        MATMUL, FREE, RETRACTION, PARAMETRIZATION, SESSION, TEXTBOOK, DENSE, PYTORCH
    };

    /** The size at which the modes, and other libraries, are compared. */
    static final Row REFERENCE = new Row(1024, 768, 64);

    /** Wide and thin, where factorisations that are not thin would never end. */
    static final Row WIDE = new Row(32, 30000, 50);

    /** Sizes over a factor of 64, large enough that the products are the work. */
    static final List<Row> BY_BATCH =
            List.of(new Row(512, 768, 64), new Row(2048, 768, 64), new Row(8192, 768, 64), new Row(32768, 768, 64));

    static final List<Row> BY_WIDTH =
            List.of(new Row(1024, 512, 64), new Row(1024, 2048, 64), new Row(1024, 8192, 64), new Row(1024, 32768, 64));

    /** A contender at a size. */
    record Cell(String contender, Row row) {

        @Override
        public String toString() {
            return contender + " " + row;
        }
    }

    /** What takes turns, so that ratios are of neighbours in time. */
    record Block(Operation operation, List<Cell> cells) {}

    /** By operation and name: the row, or what a series of rows is about. */
    private final Map<Operation, Map<String, Set<Cell>>> blocks = new LinkedHashMap<>();

    private BenchmarkPlan() {}

    /** What the report's bounds are about: every size with the peers that they name, the modes and a session at one. */
    static BenchmarkPlan bounds() {
        BenchmarkPlan plan = new BenchmarkPlan();
        for (String pair : PAIRS) {
            for (long batch : BATCHES) {
                Row row = Row.of("" + batch, pair);
                plan.add(Operation.FORWARD, row, MATMUL, FREE, DENSE, PYTORCH);
                if (batch >= 256) {
                    plan.add(Operation.FORWARD_BACKWARD, row, MATMUL, FREE);
                }
                plan.add(Operation.FIT, row, FREE, DENSE, PYTORCH);
                plan.add(Operation.OUTPUT, row, FREE, RETRACTION, DENSE);
            }
            for (long batch : SMALL_BATCHES) {
                plan.add(Operation.OUTPUT, Row.of("" + batch, pair), FREE, RETRACTION, DENSE);
            }
        }
        for (long batch : BATCHES) {
            Row row = Row.of("" + batch, REFERENCE.pair());
            plan.add(Operation.FIT, row, MATMUL, RETRACTION, PARAMETRIZATION, SESSION);
        }
        plan.add(Operation.FIT, WIDE, FREE, RETRACTION, PARAMETRIZATION, DENSE);
        plan.addSeries(Operation.FIT, "by batch", BY_BATCH, FREE);
        plan.addSeries(Operation.FIT, "by width", BY_WIDTH, FREE);
        return plan;
    }

    /** Everything. */
    static BenchmarkPlan full() {
        BenchmarkPlan plan = new BenchmarkPlan();
        for (String pair : PAIRS) {
            for (long batch : BATCHES) {
                Row row = Row.of("" + batch, pair);
                plan.add(Operation.FORWARD, row, EVERYONE);
                plan.add(Operation.FORWARD_BACKWARD, row, MATMUL, FREE, SESSION, DENSE);
                plan.add(Operation.FIT, row, EVERYONE);
                plan.add(Operation.OUTPUT, row, FREE, RETRACTION, PARAMETRIZATION, SESSION, TEXTBOOK, DENSE);
            }
            for (long batch : SMALL_BATCHES) {
                plan.add(Operation.OUTPUT, Row.of("" + batch, pair), FREE, RETRACTION, DENSE);
            }
        }
        plan.add(Operation.FIT, WIDE, FREE, RETRACTION, PARAMETRIZATION, DENSE);
        plan.addSeries(Operation.FORWARD, "by batch", BY_BATCH, FREE);
        plan.addSeries(Operation.FORWARD, "by width", BY_WIDTH, FREE);
        plan.addSeries(Operation.FIT, "by batch", BY_BATCH, FREE, RETRACTION, PARAMETRIZATION);
        plan.addSeries(Operation.FIT, "by width", BY_WIDTH, FREE, RETRACTION, PARAMETRIZATION);
        return plan;
    }

    private void add(Operation operation, Row row, String... contenders) {
        addSeries(operation, row.toString(), List.of(row), contenders);
    }

    /** Rows of one block: a slope is about them all. */
    private void addSeries(Operation operation, String name, List<Row> rows, String... contenders) {
        Set<Cell> cells = blocks.computeIfAbsent(operation, o -> new LinkedHashMap<>())
                .computeIfAbsent(name, n -> new LinkedHashSet<>());
        for (String contender : contenders) {
            rows.forEach(row -> cells.add(new Cell(contender, row)));
        }
    }

    /** Whether a size is one of the tables', not one that is there for the slopes only. */
    static boolean inGrid(Row row) {
        return (BATCHES.contains(row.batch()) || SMALL_BATCHES.contains(row.batch())) && PAIRS.contains(row.pair());
    }

    /** The plan's blocks, cut down to what is asked for; an empty filter asks for everything. */
    List<Block> blocks(
            Collection<Operation> operations,
            Collection<String> pairs,
            Collection<Long> batches,
            Collection<String> contenders,
            Predicate<String> available) {
        List<Block> found = new ArrayList<>();
        blocks.forEach((operation, byName) -> byName.values().forEach(all -> {
            List<Cell> cells = all.stream()
                    .filter(cell -> available.test(cell.contender()))
                    .filter(cell -> contenders.isEmpty() || contenders.contains(cell.contender()))
                    .filter(cell -> pairs.isEmpty() || pairs.contains(cell.row().pair()))
                    .filter(cell ->
                            batches.isEmpty() || batches.contains(cell.row().batch()))
                    .toList();
            if (!cells.isEmpty() && (operations.isEmpty() || operations.contains(operation))) {
                found.add(new Block(operation, cells));
            }
        }));
        return found;
    }
}
