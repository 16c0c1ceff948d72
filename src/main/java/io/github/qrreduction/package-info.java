/** Trainable dimensionality reduction for Deeplearning4j. */
package io.github.qrreduction;
