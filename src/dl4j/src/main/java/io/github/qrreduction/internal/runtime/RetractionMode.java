package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.internal.stiefel.PolarFactor;
import io.github.qrreduction.internal.stiefel.Stiefel;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.exception.DL4JException;
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

    RetractionMode(ModeSettings settings) {
        super(settings);
        if (settings.regularization().stream().anyMatch(RetractionMode::shrinks)) {
            LOG.warn(
                    "{}: L2 and weight decay are left out for Q, whose norm is fixed with RETRACTION",
                    settings.layer());
        }
    }

    private static boolean shrinks(Regularization r) {
        return r instanceof L2Regularization || r instanceof WeightDecay;
    }

    /** The orthonormality error that DOUBLE components are kept below. */
    static final double DOUBLE_BOUND = 1e-12;
    /** The same for FLOAT. */
    static final double FLOAT_BOUND = 1e-5;
    /** What the rounding of HALF leaves, for each of the roots of the number of rows. */
    static final double HALF_BOUND = 2e-3;

    /** Rounding of storage explains an orthonormality error up to here. */
    private static double tolerance(INDArray q) {
        return switch (q.dataType()) {
            case DOUBLE -> DOUBLE_BOUND;
            case FLOAT -> FLOAT_BOUND;
            default -> HALF_BOUND * Math.sqrt(q.rows());
        };
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
            throw new DL4JException(
                    settings.layer() + ": no nearest orthonormal matrix to \"Q\": " + e.getMessage(), e);
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
        return flat.reshape('c', settings.nOut(), settings.nIn());
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
                        settings.layer() + ": the gradient of \"Q\" in iteration " + iteration
                                + " has no tangent projection: "
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
                        settings.layer() + ": the step of \"Q\" in iteration " + iteration + " has no retraction: "
                                + e.getMessage() + ". Lower the learning rate, or clip the gradient.",
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
