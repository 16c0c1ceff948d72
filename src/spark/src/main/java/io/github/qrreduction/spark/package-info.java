/**
 * Reduction on Apache Spark: training with dl4j-spark that keeps components orthonormal while parameters are averaged
 * ({@link io.github.qrreduction.spark.RestoringTrainingMaster}), distributed principal components
 * ({@link io.github.qrreduction.spark.SparkPrincipalComponents}), and the two as stages of Spark ML
 * ({@link io.github.qrreduction.spark.PrincipalComponentsEstimator},
 * {@link io.github.qrreduction.spark.ComponentsTransformer}).
 *
 * <p>An artifact of its own, with the classifier {@code spark}; it needs Spark 3.5 with Scala 2.12, and dl4j-spark for
 * training. See docs/spark.md.
 *
 * @serial exclude
 */
package io.github.qrreduction.spark;
