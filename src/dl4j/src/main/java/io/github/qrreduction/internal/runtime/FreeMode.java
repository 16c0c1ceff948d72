package io.github.qrreduction.internal.runtime;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/** The raw parameter is the matrix of components. */
class FreeMode implements ComponentsMode {

    protected final ModeSettings settings;

    FreeMode(ModeSettings settings) {
        this.settings = settings;
    }

    @Override
    public void settle(INDArray raw) {
        // any matrix will do
    }

    @Override
    public INDArray admit(INDArray value) {
        return value;
    }

    @Override
    public INDArray components(INDArray raw) {
        return raw;
    }

    @Override
    public void pullBack(INDArray raw, INDArray gradient) {
        // the gradients are the same
    }

    @Override
    public List<Regularization> regularization(List<Regularization> configured) {
        if (settings.penalty() == 0) {
            return configured;
        }
        List<Regularization> all = new ArrayList<>(configured);
        all.add(new OrthonormalityPenalty(settings.penalty(), settings.nOut()));
        return all;
    }
}
