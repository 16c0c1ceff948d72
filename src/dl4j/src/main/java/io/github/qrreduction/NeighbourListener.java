package io.github.qrreduction;

/** Hears how a fit of {@link NeighbourComponents} goes on. */
@FunctionalInterface
public interface NeighbourListener {
    /**
     * After each step of training.
     *
     * @param step from 1
     * @param loss of the step's minibatch, before the step: the mean score of a row, see {@link
     *     io.github.qrreduction.loss.LossSimilarity}
     */
    void step(int step, double loss);

    /**
     * After each measurement on the vectors that are held out from training. What is returned in the end is the
     * start, or what had the smallest of these losses.
     *
     * @param step steps taken so far; 0 for the start
     * @param loss on the held-out vectors
     */
    default void heldOut(int step, double loss) {}
}
