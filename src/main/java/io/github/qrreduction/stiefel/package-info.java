/** The mathematics of matrices with orthonormal rows. Not API: names here may change in any release. */
package io.github.qrreduction.stiefel;
