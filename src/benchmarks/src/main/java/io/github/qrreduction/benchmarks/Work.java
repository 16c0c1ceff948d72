package io.github.qrreduction.benchmarks;

/** One {@link Contender} at one {@link Row}, its arrays filled and its parameters drawn. */
interface Work extends AutoCloseable {

    /** Does the whole work of an operation once, and gives back the memory that it took. */
    void run(Operation operation);

    @Override
    default void close() {}
}
