package io.github.qrreduction.internal.lapack;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All eigenvalues of a symmetric matrix, with eigenvectors to the largest of them.
 *
 * @param values n of them, falling
 * @param vectors DOUBLE [k, n] in 'c' order, orthonormal rows with signs as {@link Signs} has them
 */
public record EigenPairs(double[] values, INDArray vectors) {}
