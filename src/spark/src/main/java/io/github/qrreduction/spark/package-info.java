/**
 * Reduction on Apache Spark: training with dl4j-spark that keeps components orthonormal while parameters are averaged
 * ({@link io.github.qrreduction.spark.RestoringTrainingMaster}), distributed principal components
 * ({@link io.github.qrreduction.spark.SparkPrincipalComponents}), and the two as stages of Spark ML
 * ({@link io.github.qrreduction.spark.PrincipalComponentsEstimator},
 * {@link io.github.qrreduction.spark.ComponentsTransformer}).
 *
 * <p>For Spark 3.5 with Scala 2.12; the artifact brings dl4j-spark and ND4J. See docs/spark.md.
 *
 * @serial exclude
 */
package io.github.qrreduction.spark;
