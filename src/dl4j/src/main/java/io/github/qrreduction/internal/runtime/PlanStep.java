package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.internal.nd4j.ContextOp;
import io.github.qrreduction.internal.nd4j.Matmul;
import io.github.qrreduction.internal.nd4j.Transposition;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One operation of a {@link Plan}: reads named arrays of rank 2 (rows of rank 1), writes one. */
interface PlanStep {

    /** Name of the variable that is written. */
    String output();

    /** Names of the variables that are read; with {@code accumulates} the output is read too. */
    List<String> inputs();

    /** Shape of the output, from those of the inputs in order. */
    long[] outputShape(INDArray... inputs);

    /** Computes into the given array; {@code memory} makes uninitialised 'c' arrays for what lies between. */
    void run(INDArray output, Function<long[], INDArray> memory, INDArray... inputs);

    /** {@code C = op(A) op(B)}, or {@code C += op(A) op(B)}. */
    record Product(String a, String b, String output, Matmul matmul) implements PlanStep {

        Product(String a, boolean transposeA, String b, boolean transposeB, String output) {
            this(a, b, output, new Matmul(transposeA, transposeB, false));
        }

        @Override
        public List<String> inputs() {
            return List.of(a, b);
        }

        @Override
        public long[] outputShape(INDArray... in) {
            return new long[] {matmul.rows(in[0]), matmul.columns(in[1])};
        }

        @Override
        public void run(INDArray out, Function<long[], INDArray> memory, INDArray... in) {
            if (matmul.isFasterTransposed(in[0], in[1])) {
                INDArray transposed = memory.apply(new long[] {out.size(1), out.size(0)});
                matmul.runTransposed(in[0], in[1], transposed);
                Transposition.copy(transposed, out);
            } else {
                matmul.run(in[0], in[1], out);
            }
        }
    }

    /** {@code Y = X + 1 b^T}, in place where X has no other reader. */
    record AddRow(String x, String row, String output, ContextOp add) implements PlanStep {

        AddRow(String x, String row, String output) {
            this(x, row, output, new ContextOp("biasadd", context -> {}));
        }

        @Override
        public List<String> inputs() {
            return List.of(x, row);
        }

        @Override
        public long[] outputShape(INDArray... in) {
            return in[0].shape();
        }

        @Override
        public void run(INDArray out, Function<long[], INDArray> memory, INDArray... in) {
            add.run(out, in[0], in[1]);
        }
    }

    /** {@code s = X^T 1}. */
    record SumRows(String x, String output, ContextOp sum) implements PlanStep {

        SumRows(String x, String output) {
            this(x, output, new ContextOp("reduce_sum", context -> {
                context.setIArguments(0);
                context.setBArguments(false);
            }));
        }

        @Override
        public List<String> inputs() {
            return List.of(x);
        }

        @Override
        public long[] outputShape(INDArray... in) {
            return new long[] {in[0].size(1)};
        }

        @Override
        public void run(INDArray out, Function<long[], INDArray> memory, INDArray... in) {
            sum.run(out, in[0]);
        }
    }
}
