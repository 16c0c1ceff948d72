/**
 * Reductions of vectors on a JDK alone: apply what was trained, read and write files of vectors, measure recall.
 *
 * <p>{@link io.github.qrreduction.vectors.TensorFile} is the door to files of named arrays, and
 * {@link io.github.qrreduction.vectors.ReductionFile} to the parts of a reduction in them. Content that is refused is
 * an {@link java.lang.IllegalArgumentException} that names the file, what was expected and what came; an
 * {@link java.io.IOException} means that the file system failed. Values are the user's: NaN and infinities are written
 * and read like any other.
 *
 * <p>Nothing here uses reflection, resources by name or native code.
 */
package io.github.qrreduction.vectors;
