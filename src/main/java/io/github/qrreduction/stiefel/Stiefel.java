package io.github.qrreduction.stiefel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The Stiefel manifold of matrices with orthonormal rows. */
public final class Stiefel {

    private Stiefel() {}

    /**
     * A matrix drawn uniformly (Haar): the thin QR factor, diag(R) &gt; 0, of a Gaussian matrix (Mezzadri,
     * arXiv:math-ph/0609050).
     *
     * @param rows number of rows, at most columns
     * @param columns number of columns
     * @param type data type of the result
     * @return (rows, columns), 'c' order
     */
    public static INDArray uniform(long rows, long columns, DataType type) {
        try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray a = Nd4j.randn(DataType.DOUBLE, columns, rows).dup('f');
            INDArray r = Nd4j.create(DataType.DOUBLE, new long[] {rows, rows}, 'f');
            Nd4j.getBlasWrapper().lapack().geqrf(a, r);
            for (long i = 0; i < rows; i++) {
                if (r.getDouble(i, i) < 0) {
                    a.getColumn(i).negi();
                }
            }
            return a.transpose().castTo(type).dup('c');
        }
    }
}
