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
final class MatmulContender implements Contender {

    private final Mmul output;
    private final Mmul parameterGradient;
    private final Mmul inputGradient;

    MatmulContender(Row row) {
        INDArray x = Nd4j.randn(DataType.FLOAT, row.batch(), row.nIn());
        INDArray q = Nd4j.randn(DataType.FLOAT, row.nOut(), row.nIn());
        INDArray epsilon = Nd4j.randn(DataType.FLOAT, row.batch(), row.nOut());
        output = product(x, false, q, true, row.batch(), row.nOut());
        parameterGradient = product(epsilon, true, x, false, row.nOut(), row.nIn());
        inputGradient = product(epsilon, false, q, false, row.batch(), row.nIn());
    }

    private static Mmul product(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, long rows, long columns) {
        INDArray into = Nd4j.createUninitialized(DataType.FLOAT, new long[] {rows, columns}, 'c');
        MMulTranspose transpose = MMulTranspose.builder()
                .transposeA(transposeA)
                .transposeB(transposeB)
                .transposeResult(false)
                .build();
        return new Mmul(a, b, into, 1.0, 0.0, transpose);
    }

    @Override
    public void forward() {
        Nd4j.getExecutioner().exec(output);
    }

    @Override
    public void forwardBackward() {
        Nd4j.getExecutioner().exec(output);
        Nd4j.getExecutioner().exec(parameterGradient);
        Nd4j.getExecutioner().exec(inputGradient);
    }

    @Override
    public void fit() {
        Nd4j.getExecutioner().exec(output);
        Nd4j.getExecutioner().exec(parameterGradient);
    }
}
