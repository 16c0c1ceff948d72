/** Programs to run on Spark; on the test classpath, and in the artifact with the classifier spark-examples. */
package io.github.qrreduction.spark.examples;
