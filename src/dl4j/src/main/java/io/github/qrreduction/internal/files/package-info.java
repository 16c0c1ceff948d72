/**
 * Arrays of ND4J and the tensors that {@link io.github.qrreduction.vectors} reads and writes. Imports nothing else of
 * this library. Not API.
 *
 * @serial exclude
 */
package io.github.qrreduction.internal.files;
