package io.github.qrreduction.spark;

import java.io.Serializable;

/**
 * One averaging of the workers' parameters, as {@link RestoringTrainingMaster} reports it.
 *
 * @param number 1 for the first averaging of this training master, and so on
 * @param score the workers' scores of their last minibatches, averaged
 * @param errorOfMean the orthonormality error {@code ||Q Q^T - I||_F} of the mean, the largest of the layers with
 *     RETRACTION or PARAMETRIZATION; 0 where there is none
 * @param error the same after restoring, with which training goes on
 */
public record Averaging(int number, double score, double errorOfMean, double error) implements Serializable {}
