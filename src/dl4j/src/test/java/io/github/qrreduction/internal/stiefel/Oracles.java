package io.github.qrreduction.internal.stiefel;

import io.github.qrreduction.internal.nd4j.Workspaces;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What training does in place, as functions of matrices; in float64 where that is possible. */
public final class Oracles {

    private Oracles() {}

    /** {@code P(G) = G - sym(G Q^T) Q}. */
    public static INDArray tangentProjection(INDArray q, INDArray g) {
        INDArray projected = Workspaces.outside(() -> g.dup('c'));
        Stiefel.projectToTangent(q, projected);
        return projected;
    }

    /** {@code qf(Q + S)}. */
    public static INDArray retraction(INDArray q, INDArray step) {
        Rows.requireSameShape(step, "the step", q, "Q");
        return Workspaces.outside(() -> {
            INDArray moved = q.castTo(DataType.DOUBLE).dup('c').addi(step.castTo(DataType.DOUBLE));
            return QRFactor.of(moved).q().castTo(q.dataType());
        });
    }

    /** The gradient by W of a loss whose gradient by qf(W) is G. */
    public static INDArray vjp(QRFactor factor, INDArray g) {
        return factor.vjp(g, Workspaces.outside(() -> factor.q().like()));
    }
}
