package io.github.qrreduction.benchmarks;

/** What is timed; each is a method of {@link ReductionBenchmark}. */
enum Operation {
    FORWARD("forward", "The layer alone, input to output"),
    FORWARD_BACKWARD("forwardBackward", "The layer alone, forward, then both gradients: parameters' and input's"),
    FIT("fit", "A training step: layer, mean squared error, SGD"),
    OUTPUT("output", "Inference by the network");

    private final String method;
    private final String title;

    Operation(String method, String title) {
        this.method = method;
        this.title = title;
    }

    String method() {
        return method;
    }

    String title() {
        return title;
    }

    static Operation ofMethod(String method) {
        for (Operation o : values()) {
            if (o.method.equals(method)) {
                return o;
            }
        }
        throw new IllegalArgumentException("No operation \"" + method + "\"");
    }
}
