package io.github.qrreduction.spark;

import java.util.Collection;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.core.storage.StatsStorageRouterProvider;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;

/**
 * A worker whose graph goes on counting iterations and epochs where the driver's is. DL4J's starts each round from 0,
 * since {@link ComputationGraphConfiguration#clone()} leaves the counts out: schedules stay at their beginning, and
 * Adam corrects moments of many steps as if they were of the first. A MultiLayerConfiguration's clone keeps them.
 */
final class GraphWorker extends ParameterAveragingTrainingWorker {
    private static final long serialVersionUID = 1L;

    private final int iterations;
    private final int epochs;

    GraphWorker(
            ComputationGraphConfiguration counts,
            Broadcast<NetBroadcastTuple> broadcast,
            boolean saveUpdater,
            WorkerConfiguration configuration,
            Collection<TrainingHook> hooks,
            Collection<TrainingListener> listeners,
            StatsStorageRouterProvider router) {
        super(broadcast, saveUpdater, configuration, hooks, listeners, router);
        this.iterations = counts.getIterationCount();
        this.epochs = counts.getEpochCount();
    }

    @Override
    public ComputationGraph getInitialModelGraph() {
        ComputationGraph graph = super.getInitialModelGraph();
        graph.getConfiguration().setIterationCount(iterations);
        graph.getConfiguration().setEpochCount(epochs);
        return graph;
    }
}
