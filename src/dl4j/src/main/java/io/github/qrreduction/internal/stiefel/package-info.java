/**
 * The mathematics of matrices with orthonormal rows: distance from the Stiefel manifold, uniform sampling, tangent
 * projection, QR retraction, the QR factor with its vector-Jacobian product, and the polar factor.
 *
 * <p>This package is not API; it may change in any release. It knows ND4J and nothing of Deeplearning4j.
 */
package io.github.qrreduction.internal.stiefel;
