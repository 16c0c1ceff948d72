/**
 * What the layers cost, side by side with bare products, DL4J's own DenseLayer and PyTorch; how to run it stands in
 * docs/benchmarks.md.
 */
package io.github.qrreduction.benchmarks;
