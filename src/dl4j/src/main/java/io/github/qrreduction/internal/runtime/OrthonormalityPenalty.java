package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.internal.nd4j.Workspaces;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;

/** {@code lambda ||QQ^T - I||_F^2} in the score, {@code 4 lambda (QQ^T - I) Q} in the gradient. */
final class OrthonormalityPenalty implements Regularization {

    private static final long serialVersionUID = 1L;

    private final double lambda;
    private final long rows;

    OrthonormalityPenalty(double lambda, long rows) {
        this.lambda = lambda;
        this.rows = rows;
    }

    @Override
    public ApplyStep applyStep() {
        return ApplyStep.BEFORE_UPDATER;
    }

    @Override
    public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
        INDArray pull = Workspaces.outside(() -> {
            INDArray q = matrix(param);
            return deviation(q).mmul(q).muli(4 * lambda);
        });
        gradView.addi(pull.reshape('c', gradView.shape()).castTo(gradView.dataType()));
    }

    @Override
    public double score(INDArray param, int iteration, int epoch) {
        double norm =
                Workspaces.outside(() -> deviation(matrix(param)).norm2Number().doubleValue());
        return lambda * norm * norm;
    }

    /** The (nOut, nIn) matrix behind DL4J's flat view; HALF is computed in FLOAT. */
    private INDArray matrix(INDArray param) {
        INDArray q = param.reshape('c', rows, param.length() / rows);
        return q.dataType() == DataType.DOUBLE ? q : q.castTo(DataType.FLOAT);
    }

    private INDArray deviation(INDArray q) {
        return q.mmul(q.transpose()).subi(Nd4j.eye(rows).castTo(q.dataType()));
    }

    @Override
    public Regularization clone() {
        return this;
    }
}
