/**
 * Loss functions made for reduction.
 *
 * @serial exclude
 */
package io.github.qrreduction.loss;
