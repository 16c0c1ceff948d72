/**
 * Principal components: what is computed from samples and from eigenvalues. Not API.
 *
 * <p>Stands on {@code internal.lapack} and {@code internal.nd4j}, and knows nothing of networks and iterators.
 */
package io.github.qrreduction.internal.pca;
