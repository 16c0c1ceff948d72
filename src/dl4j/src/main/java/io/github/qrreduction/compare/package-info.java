/**
 * What smaller vectors cost: methods of reduction by name ({@link io.github.qrreduction.compare.ReductionMethod}), and
 * a comparison of them on vectors that were held out ({@link io.github.qrreduction.compare.Comparison}).
 *
 * @serial exclude
 */
package io.github.qrreduction.compare;
