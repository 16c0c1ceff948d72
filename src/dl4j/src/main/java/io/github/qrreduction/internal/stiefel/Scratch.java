package io.github.qrreduction.internal.stiefel;

import io.github.qrreduction.internal.nd4j.HostMemory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The temporaries of one computation. They live in a workspace of this package's own, one a thread, which ND4J frees
 * with the thread; so a training step touches the same memory each time, and the caller's workspace is left alone.
 *
 * <p>Fresh memory would cost more than the arithmetic: a step at (50, 30000) needs 24 MB, and the first touch of its
 * pages takes several times as long as the products. Scratches must not be nested.
 */
final class Scratch implements AutoCloseable {
    private static final WorkspaceConfiguration GROWING = WorkspaceConfiguration.builder()
            .initialSize(0)
            .policyAllocation(AllocationPolicy.STRICT)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .build();

    private final MemoryWorkspace workspace =
            Nd4j.getWorkspaceManager().getAndActivateWorkspace(GROWING, "QR_REDUCTION_STIEFEL");
    /** Of all products: ND4J's own calls make one for each, which costs as much as a small product. */
    private OpContext products;

    /** Result that outlives the scratch: detached, 'c' order, contents undefined. */
    static INDArray result(DataType type, long rows, long columns) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            assert outside != null;
            return Nd4j.createUninitialized(type, new long[] {rows, columns}, 'c');
        }
    }

    /** Temporary in 'c' order, contents undefined. */
    INDArray matrix(DataType type, long rows, long columns) {
        return Nd4j.createUninitialized(type, new long[] {rows, columns}, 'c');
    }

    /** Temporary (size, size) FLOAT or DOUBLE matrix with the given row-major values. */
    INDArray square(DataType type, double[] values, int size) {
        INDArray matrix = matrix(type, size, size);
        HostMemory.write(matrix, values);
        return matrix;
    }

    /** The matrix itself where it is dense, in 'c' order and of that type; otherwise a temporary copy that is. */
    INDArray dense(INDArray matrix, DataType type) {
        return isDense(matrix) && matrix.dataType() == type ? matrix : copy(matrix, type);
    }

    /** Temporary copy in 'c' order. */
    INDArray copy(INDArray matrix, DataType type) {
        INDArray copy = matrix(type, matrix.rows(), matrix.columns());
        copy.assign(matrix);
        return copy;
    }

    /** The row-major float64 values of {@code a b^T}; a and b are FLOAT or DOUBLE, of one type, with few rows. */
    double[] outerProducts(INDArray a, INDArray b) {
        int rows = a.rows();
        INDArray product = matrix(a.dataType(), rows, b.rows());
        multiply(a, b, product, false, true, 1, 0);
        double[] values = new double[rows * b.rows()];
        if (product.dataType() == DataType.DOUBLE) {
            product.data().asNioDouble().get(values);
        } else {
            float[] single = new float[values.length];
            product.data().asNioFloat().get(single);
            for (int i = 0; i < single.length; i++) {
                values[i] = single[i];
            }
        }
        return values;
    }

    /** Writes {@code alpha op(a) op(b) + beta c} into the dense 'c' matrix c, which must be neither a nor b. */
    void multiply(
            INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB, double alpha, double beta) {
        if (products == null) {
            products = Nd4j.getExecutioner().buildContext();
        }
        products.setIArguments(transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
        products.setTArguments(alpha, beta);
        products.setInputArray(0, a);
        products.setInputArray(1, b);
        products.setOutputArray(0, c);
        Nd4j.getExecutioner().exec(new Mmul(), products);
    }

    static boolean isDense(INDArray matrix) {
        return (matrix.stride(1) == 1 && matrix.stride(0) == matrix.columns())
                || (matrix.ordering() == 'c' && !matrix.isView());
    }

    @Override
    public void close() {
        if (products != null) {
            products.purge();
        }
        workspace.close();
    }
}
