package io.github.qrreduction.spark;

import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;

/**
 * DL4J's networks on Spark, for networks with layers of this library: with a {@link RestoringTrainingMaster}, and no
 * other.
 *
 * <p>DL4J's {@code SharedTrainingMaster} is refused. Its workers exchange steps that are quantised after the retraction
 * (a few entries, all of one size, the rest put off to later steps), so components would leave the manifold at every
 * step; and its parts, nd4j-parameter-server-node among them, ended at 1.0.0-M2.
 */
public final class SparkTraining {
    private SparkTraining() {}

    /**
     * A MultiLayerNetwork for training on Spark.
     *
     * @param context Spark
     * @param net the network, initialised if it was not
     * @param master a {@link RestoringTrainingMaster}
     * @return DL4J's own class, whose {@code fit}, {@code evaluate} and so on are all there
     * @throws IllegalArgumentException for another training master
     */
    public static SparkDl4jMultiLayer multiLayer(
            JavaSparkContext context, MultiLayerNetwork net, TrainingMaster<?, ?> master) {
        return new SparkDl4jMultiLayer(context, net, requireRestoring(master));
    }

    /**
     * A ComputationGraph for training on Spark.
     *
     * @param context Spark
     * @param net the network, initialised if it was not
     * @param master a {@link RestoringTrainingMaster}
     * @return DL4J's own class
     * @throws IllegalArgumentException for another training master
     */
    public static SparkComputationGraph graph(
            JavaSparkContext context, ComputationGraph net, TrainingMaster<?, ?> master) {
        return new SparkComputationGraph(context, net, requireRestoring(master));
    }

    private static TrainingMaster<?, ?> requireRestoring(TrainingMaster<?, ?> master) {
        if (master instanceof RestoringTrainingMaster) {
            return master;
        }
        String got = master == null ? "null" : "a " + master.getClass().getSimpleName();
        throw new IllegalArgumentException("expected a RestoringTrainingMaster, got " + got
                + ": what other training masters write to the parameters leaves orthonormal components off the"
                + " manifold, SharedTrainingMaster's quantised steps at every iteration");
    }
}
