package io.github.qrreduction.benchmarks;

/**
 * One way to reduce, ready for one {@link Row}: each method does the whole work of an operation once, and gives back
 * the memory that it took. A contender need not know every operation.
 */
public interface Contender extends AutoCloseable {

    /** Input to output of the layer alone. */
    default void forward() {
        throw new UnsupportedOperationException();
    }

    /** Forward, then the gradients of parameters and input. */
    default void forwardBackward() {
        throw new UnsupportedOperationException();
    }

    /** A training step. */
    void fit();

    /** Inference by the network. */
    default void output() {
        throw new UnsupportedOperationException();
    }

    @Override
    default void close() {}
}
