package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.ComponentLayer;
import io.github.qrreduction.internal.stiefel.PolarFactor;
import io.github.qrreduction.internal.stiefel.Stiefel;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.exception.DL4JException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The raw parameter is the matrix of components and stays on the Stiefel manifold: tangent projection before the
 * updater, QR retraction as the last step after it. Whatever else writes to the parameter (averaging, setParams, a
 * user's constraint) is noticed by its contents, and answered by the nearest orthonormal matrix.
 */
final class RetractionMode extends FreeMode {

    private static final Logger LOG = LoggerFactory.getLogger(RetractionMode.class);

    /** A copy of the last matrix known to be orthonormal. */
    private final Contents known = new Contents();

    RetractionMode(ComponentLayer conf) {
        super(conf);
        List<Regularization> configured = conf.getRegularizationByParam(ComponentLayer.COMPONENTS_KEY);
        if (configured != null && configured.stream().anyMatch(RetractionMode::shrinks)) {
            LOG.warn("{}: L2 and weight decay are left out for Q, whose norm is fixed with RETRACTION", conf);
        }
    }

    private static boolean shrinks(Regularization r) {
        return r instanceof L2Regularization || r instanceof WeightDecay;
    }

    /** Rounding of storage explains an orthonormality error up to here. */
    private static double tolerance(INDArray q) {
        if (q.dataType() == DataType.DOUBLE) {
            return 1e-12;
        }
        return q.dataType() == DataType.FLOAT ? 1e-5 : 2e-3 * Math.sqrt(q.rows());
    }

    @Override
    public synchronized void settle(INDArray raw) {
        if (known.equal(raw)) {
            return;
        }
        raw.assign(admit(raw));
        known.remember(raw);
    }

    @Override
    public INDArray admit(INDArray value) {
        if (Stiefel.orthonormalityError(value) <= tolerance(value)) {
            return value;
        }
        try {
            return PolarFactor.of(value);
        } catch (IllegalArgumentException e) {
            throw new DL4JException(conf + ": no nearest orthonormal matrix to \"Q\": " + e.getMessage(), e);
        }
    }

    @Override
    public List<Regularization> regularization(List<Regularization> configured) {
        List<Regularization> all = new ArrayList<>(super.regularization(configured));
        all.removeIf(RetractionMode::shrinks);
        all.add(new Step(Regularization.ApplyStep.BEFORE_UPDATER));
        all.add(new Step(Regularization.ApplyStep.POST_UPDATER));
        return all;
    }

    private INDArray matrix(INDArray flat) {
        return flat.reshape('c', conf.getNOut(), conf.getNIn());
    }

    /** Tangent projection of the gradient before the updater, or retraction of the step after it; no score. */
    private final class Step implements Regularization {

        private static final long serialVersionUID = 1L;

        private final ApplyStep when;

        Step(ApplyStep when) {
            this.when = when;
        }

        @Override
        public ApplyStep applyStep() {
            return when;
        }

        @Override
        public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
            INDArray q = matrix(param);
            INDArray change = matrix(gradView);
            if (when == ApplyStep.BEFORE_UPDATER) {
                project(q, change, iteration);
            } else {
                retract(q, change, iteration);
            }
        }

        /** A gradient that is not finite stops here: in the updater it would spoil the moments for good. */
        private void project(INDArray q, INDArray gradient, int iteration) {
            try {
                Stiefel.projectToTangent(q, gradient);
            } catch (IllegalArgumentException e) {
                throw new DL4JException(
                        conf + ": the gradient of \"Q\" in iteration " + iteration + " has no tangent projection: "
                                + e.getMessage() + ". Look for such values in features and labels, lower the learning"
                                + " rate, or clip the gradient.",
                        e);
            }
        }

        private void retract(INDArray q, INDArray update, int iteration) {
            try {
                Stiefel.retractUpdate(q, update);
            } catch (IllegalArgumentException e) {
                throw new DL4JException(
                        conf + ": the step of \"Q\" in iteration " + iteration + " has no retraction: " + e.getMessage()
                                + ". Lower the learning rate, or clip the gradient.",
                        e);
            }
            known.rememberDifference(q, update);
        }

        @Override
        public double score(INDArray param, int iteration, int epoch) {
            return 0;
        }

        @Override
        public Regularization clone() {
            return this;
        }
    }
}
