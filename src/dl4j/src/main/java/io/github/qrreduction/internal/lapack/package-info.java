/**
 * Decompositions that are right on every processor. Not API.
 *
 * <p>ND4J 1.0.0-M2.1 brings OpenBLAS 0.3.19, whose triangular products (dtrmm) are wrong on some AVX-512 processors,
 * and with them LAPACK's blocked routines: eigenvectors and QR factors of matrices with more than 128 columns.
 */
package io.github.qrreduction.internal.lapack;
