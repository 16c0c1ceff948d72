package io.github.qrreduction.benchmarks;

import java.util.Locale;

/** What is timed, and whose time the others are given as multiples of. */
enum Operation {
    FORWARD("The layer alone, input to output", Contender.MATMUL),
    FORWARD_BACKWARD("The layer alone, forward, then both gradients: parameters' and input's", Contender.MATMUL),
    FIT("A training step: layer, mean squared error, SGD", Contender.DENSE),
    OUTPUT("Inference by the network", Contender.DENSE);

    private final String description;
    private final Contender reference;

    Operation(String description, Contender reference) {
        this.description = description;
        this.reference = reference;
    }

    String title() {
        return this == FORWARD_BACKWARD ? "forwardBackward" : name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }

    Contender reference() {
        return reference;
    }
}
