package io.github.qrreduction.compare;

/** Hears how far a comparison is. */
@FunctionalInterface
public interface ComparisonListener {
    /**
     * Called on the thread that compares.
     *
     * @param done the share of the work that is done, 0 to 1
     * @param doing what comes next, in words
     */
    void progress(double done, String doing);
}
