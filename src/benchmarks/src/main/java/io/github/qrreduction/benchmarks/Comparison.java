package io.github.qrreduction.benchmarks;

import static io.github.qrreduction.benchmarks.Contender.DENSE;
import static io.github.qrreduction.benchmarks.Contender.MATMUL;
import static io.github.qrreduction.benchmarks.Contender.NONE;
import static io.github.qrreduction.benchmarks.Contender.PARAMETRIZATION;
import static io.github.qrreduction.benchmarks.Contender.PYTORCH;
import static io.github.qrreduction.benchmarks.Contender.RETRACTION;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What takes turns: the ratios of a report are of these neighbours in time, and a slope is of all rows of one. */
record Comparison(Operation operation, List<Cell> cells) {

    /** A contender at a size. */
    record Cell(Contender contender, Row row) {}

    /** The size at which the modes, and other libraries, are compared. */
    static final Row REFERENCE = new Row(1024, 768, 64);

    /** Wide and thin, where factorisations that are not thin would never end. */
    static final Row WIDE = new Row(32, 30000, 50);

    /** The sizes of the tables; 4 and 16 rows, what a server collects, of inference only. */
    static final List<Row> GRID = Stream.of("64x16", "128x16", "768x64", "768x128", "4096x256")
            .flatMap(pair -> LongStream.of(1, 4, 16, 32, 256, 1024, 4096).mapToObj(batch -> Row.of(batch + "x" + pair)))
            .toList();

    /** Sizes over a factor of 64, large enough that the products are the work. */
    static final List<Row> BY_BATCH = LongStream.of(512, 2048, 8192, 32768)
            .mapToObj(n -> new Row(n, 768, 64))
            .toList();

    static final List<Row> BY_WIDTH = LongStream.of(512, 2048, 8192, 32768)
            .mapToObj(n -> new Row(1024, n, 64))
            .toList();

    /** What the report's bounds are about. */
    static List<Comparison> bounds() {
        List<Comparison> all = new ArrayList<>();
        for (Row row : GRID) {
            boolean small = row.batch() == 4 || row.batch() == 16;
            all.add(of(Operation.OUTPUT, List.of(row), NONE, RETRACTION, DENSE));
            if (!small) {
                all.add(of(Operation.FORWARD, List.of(row), MATMUL, NONE, DENSE, PYTORCH));
                all.add(of(Operation.FIT, List.of(row), fitted(row)));
            }
            if (row.batch() >= 256) {
                all.add(of(Operation.FORWARD_BACKWARD, List.of(row), MATMUL, NONE));
            }
        }
        all.add(of(Operation.FIT, List.of(WIDE), NONE, RETRACTION, PARAMETRIZATION, DENSE));
        all.add(of(Operation.FIT, BY_BATCH, NONE));
        all.add(of(Operation.FIT, BY_WIDTH, NONE));
        return all;
    }

    /** Everybody where the modes are compared. */
    private static Contender[] fitted(Row row) {
        return row.nIn() == REFERENCE.nIn() && row.nOut() == REFERENCE.nOut()
                ? Contender.values()
                : new Contender[] {NONE, DENSE, PYTORCH};
    }

    /** Each operation of these contenders at each of these sizes. */
    static List<Comparison> of(List<Operation> operations, List<Row> rows, List<Contender> contenders) {
        return operations.stream()
                .flatMap(operation -> rows.stream()
                        .map(row -> of(
                                operation,
                                List.of(row),
                                contenders.stream()
                                        .filter(contender -> contender.offers(operation))
                                        .toArray(Contender[]::new))))
                .filter(comparison -> !comparison.cells().isEmpty())
                .toList();
    }

    private static Comparison of(Operation operation, List<Row> rows, Contender... contenders) {
        return new Comparison(
                operation,
                Stream.of(contenders)
                        .flatMap(contender -> rows.stream().map(row -> new Cell(contender, row)))
                        .toList());
    }

    /** The cells, made ready. */
    List<Paired.Side> start() {
        return cells.stream()
                .map(cell -> {
                    Work work = cell.contender().start(cell.row());
                    String kind = operation + " " + cell.contender();
                    return new Paired.Side(kind, () -> work.run(operation), work::close);
                })
                .toList();
    }
}
