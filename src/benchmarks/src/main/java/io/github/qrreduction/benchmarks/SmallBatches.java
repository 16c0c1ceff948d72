package io.github.qrreduction.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code Z^T = Q X^T} with a transposed copy, as a multiple of {@code Z = X Q^T}, by rows of X: what the thresholds of
 * the library's SmallBatch rest on. Below 1 the transposed product is faster.
 */
@Command(name = "small-batches", description = "Times transposed products as multiples of straight ones.%n")
final class SmallBatches implements Callable<Integer> {

    /** On both sides of the thresholds, which are 2, 4 (DOUBLE), 8 and 33. */
    private static final int[] ROWS = {1, 2, 3, 4, 7, 8, 16, 32, 33};
    /** Components x size: on both sides of 2^15 and 2^18 entries, and of 2 and 8 components a row. */
    private static final int[][] SHAPES = {{16, 768}, {4, 30000}, {64, 768}, {63, 4200}, {128, 2047}, {256, 4096}};

    private static final int ROUNDS = 5;
    private static final int WARM_UP_MILLIS = 500;

    @Option(names = "--time", defaultValue = "15", description = "Milliseconds of a turn (default: ${DEFAULT-VALUE}).")
    private int time;

    private record Case(int threads, DataType type, int components, int size, int rows) {}

    @Override
    public Integer call() {
        int most = Nd4j.factory().blas().getMaxThreads();
        List<Case> cases = new ArrayList<>();
        for (int threads : most > 1 ? new int[] {1, most} : new int[] {1}) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                for (int[] shape : SHAPES) {
                    for (int rows : ROWS) {
                        cases.add(new Case(threads, type, shape[0], shape[1], rows));
                    }
                }
            }
        }
        Paired paired = new Paired(WARM_UP_MILLIS, time, ROUNDS);
        Map<Case, List<Paired.Round>> taken = paired.run(cases, SmallBatches::start, (c, all) -> {});
        System.out.print("""
                | threads | type | components x size | rows: 1 | 2 | 3 | 4 | 7 | 8 | 16 | 32 | 33 |
                |---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                """);
        for (Case c : cases) {
            if (c.rows == ROWS[0]) {
                System.out.printf("| %d | %s | %d x %d |", c.threads, c.type, c.components, c.size);
            }
            System.out.printf(Locale.ROOT, " %.2f |", Paired.ratio(paired.counted(taken.get(c)), 1, 0));
            if (c.rows == ROWS[ROWS.length - 1]) {
                System.out.println();
            }
        }
        System.out.println("\nRounds: " + paired.summary(taken));
        return 0;
    }

    private static List<Paired.Side> start(Case c) {
        Nd4j.factory().blas().setMaxThreads(c.threads);
        INDArray x = Nd4j.randn(c.type, c.rows, c.size);
        INDArray q = Nd4j.randn(c.type, c.components, c.size);
        INDArray z = Nd4j.create(c.type, c.rows, c.components);
        INDArray transposed = Nd4j.create(c.type, c.components, c.rows);
        Runnable straight = product(x, q, z);
        Runnable other = product(q, x, transposed);
        IntConsumer copy = entry(transposed, z);
        Runnable both = () -> {
            other.run();
            for (int k = 0; k < c.rows * c.components; k++) {
                copy.accept(k);
            }
        };
        return List.of(
                new Paired.Side(c.type + " straight", straight, () -> {}),
                new Paired.Side(c.type + " transposed", both, () -> {}));
    }

    /** {@code A B^T}, by a context that is filled once, as in the library: to fill it would hide small products. */
    private static Runnable product(INDArray a, INDArray b, INDArray into) {
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(a, b);
        context.setOutputArrays(into);
        context.setIArguments(0, 1, 0);
        context.setTArguments(1.0, 0.0);
        Mmul operation = new Mmul();
        return () -> Nd4j.getExecutioner().exec(operation, context);
    }

    /** Copies the k-th entry by the arrays' buffers: ND4J's own copy costs more than small products gain. */
    private static IntConsumer entry(INDArray from, INDArray to) {
        int rows = (int) to.size(0);
        int columns = (int) to.size(1);
        if (to.dataType() == DataType.FLOAT) {
            var source = from.data().asNioFloat();
            var target = to.data().asNioFloat();
            return k -> target.put(k, source.get(k % columns * rows + k / columns));
        }
        var source = from.data().asNioDouble();
        var target = to.data().asNioDouble();
        return k -> target.put(k, source.get(k % columns * rows + k / columns));
    }
}
