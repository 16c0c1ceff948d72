/**
 * Trainable dimensionality reduction for Deeplearning4j: {@code z = x Q^T (+ b)}, where the rows of Q are the
 * components.
 *
 * <p>{@link io.github.qrreduction.QRReductionLayer} is the layer and the way in,
 * {@link io.github.qrreduction.QRReconstructionLayer} its form for unsupervised training. What a layer has learned is
 * looked at, moved and saved as {@link io.github.qrreduction.Components};
 * {@link io.github.qrreduction.PrincipalComponents} gives a start from the data.
 * {@link io.github.qrreduction.OnnxFile}, {@link io.github.qrreduction.OnnxEncoder} and
 * {@link io.github.qrreduction.DenseFolder} put what was learned into the formats of others.
 *
 * @serial exclude
 */
package io.github.qrreduction;
