package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.Orthonormality;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * What stands between the parameter that DL4J trains (the raw parameter) and the matrix of components that the graph
 * sees. An instance belongs to one layer at work and may remember matrices between calls.
 */
interface ComponentsMode {

    /** The mode that a configuration asks for. */
    static ComponentsMode of(Orthonormality orthonormality, ModeSettings settings) {
        return switch (orthonormality) {
            case NONE -> new FreeMode(settings);
            case RETRACTION -> new RetractionMode(settings);
            case PARAMETRIZATION -> new ParametrizationMode(settings);
        };
    }

    /** Called with the raw parameter before a training pass and after a step: may repair it in place. */
    void settle(INDArray raw);

    /** A value that a user sets, as the mode stores it; the argument is not modified. */
    INDArray admit(INDArray value);

    /** The matrix of components. */
    INDArray components(INDArray raw);

    /** Turns the gradient by the components, in place, into that of the raw parameter. */
    void pullBack(INDArray raw, INDArray gradient);

    /** What DL4J's updater applies to the raw parameter's gradient and step, the user's own among it, in order. */
    List<Regularization> regularization(List<Regularization> configured);
}
