package io.github.qrreduction.compare;

/**
 * What one way to make vectors smaller costs. Shares are means over the seeds, from 0 to 1.
 *
 * @param method what reduces
 * @param size numbers a vector
 * @param storage how they are kept
 * @param bytes of a stored vector
 * @param recall share of the true nearest neighbours that are among as many nearest found
 * @param rescored share of the true nearest neighbours that are found where the best candidates are scored again with
 *     the full vectors
 * @param lowestRecall of one seed
 * @param highestRecall of one seed
 * @param seconds that the fit took, of one seed; principal components are fitted once for all sizes, and the first row
 *     has the time
 */
public record ComparisonRow(
        ReductionMethod method,
        int size,
        Storage storage,
        int bytes,
        double recall,
        double rescored,
        double lowestRecall,
        double highestRecall,
        double seconds) {}
