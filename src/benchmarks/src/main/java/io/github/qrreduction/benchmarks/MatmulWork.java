package io.github.qrreduction.benchmarks;

import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The matrix products that the layer cannot do without, into arrays that are there already: one for forward, three for
 * forward and backward, two for a training step (the input's gradient is not needed). No loss, no update.
 */
final class MatmulWork implements Work {

    private final Mmul output;
    private final Mmul parameterGradient;
    private final Mmul inputGradient;

    MatmulWork(Row row) {
        INDArray x = Nd4j.randn(DataType.FLOAT, row.batch(), row.nIn());
        INDArray q = Nd4j.randn(DataType.FLOAT, row.nOut(), row.nIn());
        INDArray epsilon = Nd4j.randn(DataType.FLOAT, row.batch(), row.nOut());
        output = product(x, false, q, true, Nd4j.create(DataType.FLOAT, row.batch(), row.nOut()));
        parameterGradient = product(epsilon, true, x, false, Nd4j.create(DataType.FLOAT, row.nOut(), row.nIn()));
        inputGradient = product(epsilon, false, q, false, Nd4j.create(DataType.FLOAT, row.batch(), row.nIn()));
    }

    private static Mmul product(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray into) {
        MMulTranspose transpose = MMulTranspose.builder()
                .transposeA(transposeA)
                .transposeB(transposeB)
                .build();
        return new Mmul(a, b, into, 1.0, 0.0, transpose);
    }

    @Override
    public void run(Operation operation) {
        Nd4j.getExecutioner().exec(output);
        if (operation != Operation.FORWARD) {
            Nd4j.getExecutioner().exec(parameterGradient);
        }
        if (operation == Operation.FORWARD_BACKWARD) {
            Nd4j.getExecutioner().exec(inputGradient);
        }
    }
}
