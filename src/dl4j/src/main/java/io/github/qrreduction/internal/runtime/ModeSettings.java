package io.github.qrreduction.internal.runtime;

import java.util.List;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * What a mode knows of its layer.
 *
 * @param layer the layer, in the words of its configuration, for messages
 * @param nOut number of components
 * @param nIn their length
 * @param penalty weight of the orthonormality penalty
 * @param regularization of the components, as configured
 */
record ModeSettings(String layer, long nOut, long nIn, double penalty, List<Regularization> regularization) {}
