/**
 * The ground floor: what works round ND4J 1.0.0-M2.1, and nothing of reduction. Products and other operations by
 * contexts that the garbage collector cannot pull arrays from, workspaces, arrays as JDK buffers, ranges of rows,
 * transposed copies. Imports nothing of this library. Not API.
 *
 * @serial exclude
 */
package io.github.qrreduction.internal.nd4j;
