/**
 * Reductions of vectors on a JDK alone: apply what was trained, read and write files of vectors, measure recall.
 *
 * <ul>
 *   <li>{@link io.github.qrreduction.vectors.Reduction} computes {@code z = (x - mean) Q^T + b}, and the way back.
 *   <li>{@link io.github.qrreduction.vectors.VectorFile} and {@link io.github.qrreduction.vectors.VectorWriter} read
 *       and write vectors one after the other.
 *   <li>{@link io.github.qrreduction.vectors.Recall} says what share of the nearest neighbours a reduction keeps.
 *   <li>{@link io.github.qrreduction.vectors.TensorFile} is the door to files of named arrays, and
 *       {@link io.github.qrreduction.vectors.ReductionFile} to the parts of a reduction in them, in their own types.
 * </ul>
 *
 * <p>Content that is refused is an {@link java.lang.IllegalArgumentException} that names the file, what was expected
 * and what came; an {@link java.io.IOException} means that the file system failed. Nothing here uses reflection,
 * resources by name or native code.
 */
package io.github.qrreduction.vectors;
