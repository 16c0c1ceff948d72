package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.internal.stiefel.QRFactor;
import org.deeplearning4j.exception.DL4JException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The matrix of components is the QR factor of the raw parameter W; gradients flow through the factorisation. One
 * factorisation serves all passes until W's contents change.
 */
final class ParametrizationMode extends FreeMode {

    private final Contents factorised = new Contents();
    private QRFactor factor;

    ParametrizationMode(ModeSettings settings) {
        super(settings);
    }

    @Override
    public INDArray components(INDArray raw) {
        return factor(raw).q();
    }

    @Override
    public void pullBack(INDArray raw, INDArray gradient) {
        QRFactor f = factor(raw);
        if (!f.isDifferentiable()) {
            throw new DL4JException(settings.layer()
                    + ": the rows of \"Q\" (W of Q = qf(W)) are linearly dependent to rounding,"
                    + " expected sines of at least " + f.smallestSineBound() + " between a row and the rows before it,"
                    + " got " + f.smallestSine()
                    + ", so the gradient through the QR factor has no meaning. Lower the learning rate, start"
                    + " from the default weightInit, or use Orthonormality.RETRACTION.");
        }
        try {
            f.vjp(gradient, gradient);
        } catch (IllegalArgumentException e) {
            throw new DL4JException(
                    settings.layer() + ": the gradient of \"Q\" has no way back through the QR factor: "
                            + e.getMessage()
                            + ". Look for such values in features and labels, lower the learning rate, or clip the"
                            + " gradient.",
                    e);
        }
    }

    private synchronized QRFactor factor(INDArray raw) {
        if (factor == null || !factorised.equal(raw)) {
            factorised.forget();
            try {
                // Into the same memory each time: what a step drops waits for the garbage collector, outside the heap.
                factor = Workspaces.outside(() -> factor == null ? QRFactor.of(raw) : QRFactor.of(raw, factor.q()));
            } catch (IllegalArgumentException e) {
                throw new DL4JException(settings.layer() + ": \"Q\" has no QR factor: " + e.getMessage(), e);
            }
            factorised.remember(raw);
        }
        return factor;
    }
}
