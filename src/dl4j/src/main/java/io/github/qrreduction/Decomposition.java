package io.github.qrreduction;

import io.github.qrreduction.internal.lapack.EigenPairs;
import io.github.qrreduction.internal.lapack.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How much of a covariance is decomposed: all eigenvalues, or the largest pairs only where that takes less time. */
final class Decomposition {
    /** Up to here all eigenvalues are found, which take 0.4 seconds on two cores. */
    static final int ALL_VALUES = 2048;

    private static final double LESS = 0.9;
    /** A search that may have to be done again with more pairs must be much cheaper. */
    private static final double MUCH_LESS = 0.4;

    private Decomposition() {}

    /**
     * The wanted eigenvectors, and the eigenvalues that were found on the way.
     *
     * @param lower DOUBLE 'f' [n, n], of which the lower triangle is read; overwritten
     * @param count of vectors, at most n
     * @param all whether all n eigenvalues are wanted, whatever they cost
     */
    static EigenPairs of(INDArray lower, ComponentCount count, boolean all) {
        if (!all && lower.rows() > ALL_VALUES) {
            for (int k : count.guesses(lower.rows())) {
                EigenPairs some = SymmetricEigen.largest(lower, k, count.isKnown() ? LESS : MUCH_LESS);
                if (some == null) {
                    break;
                }
                int enough = count.among(some.values(), some.trace());
                if (enough > 0) {
                    return some.keep(enough);
                }
            }
        }
        return SymmetricEigen.of(lower, count::choose);
    }
}
