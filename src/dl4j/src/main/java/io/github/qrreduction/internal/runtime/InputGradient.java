package io.github.qrreduction.internal.runtime;

import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Whether a layer's gradient by its input is thrown away.
 *
 * <p>DL4J asks every layer for it, and in {@code fit} drops the first layer's: {@code
 * MultiLayerNetwork.computeGradientAndScore} asks {@code calcBackpropGradients} for no input gradient. Other callers
 * (external errors, {@code calculateGradients}) return it to the user. A layer is not told which it is, so it looks at
 * its callers: exactly that pair, and the first layer, mean discarded; anything else, also in other versions of DL4J,
 * means wanted. A few microseconds, against a product as large as the forward pass.
 */
final class InputGradient {

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final List<String> DISCARDING = List.of("calcBackpropGradients", "computeGradientAndScore");

    private InputGradient() {}

    /** To be called by {@code backpropGradient} itself, which must stand directly below DL4J's network. */
    static boolean isDiscarded(int layerIndex) {
        return layerIndex == 0
                && WALKER.walk(frames -> frames.skip(2)
                                .limit(DISCARDING.size())
                                .map(f -> MultiLayerNetwork.class.isAssignableFrom(f.getDeclaringClass())
                                        ? f.getMethodName()
                                        : "")
                                .collect(Collectors.toList()))
                        .equals(DISCARDING);
    }
}
