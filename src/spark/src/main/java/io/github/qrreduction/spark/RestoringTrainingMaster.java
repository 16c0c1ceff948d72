package io.github.qrreduction.spark;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaRDDLike;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.RepartitionStrategy;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DL4J's parameter averaging, with components that are orthonormal again after each averaging: a mean of orthonormal
 * matrices is not orthonormal. Takes the place of a {@link ParameterAveragingTrainingMaster} in a
 * {@link SparkDl4jMultiLayer} or {@link SparkComputationGraph} ({@link SparkTraining} makes them).
 *
 * <p>After each averaging, {@link QRReductionLayer#restore(org.deeplearning4j.nn.multilayer.MultiLayerNetwork)} brings
 * the mean of layers with {@link Orthonormality#RETRACTION} to the nearest orthonormal matrix, the mean on the manifold
 * by the distance in space (Moakher 2002, <i>Means and averaging in the group of rotations</i>, has it for
 * rotations). With {@link Orthonormality#PARAMETRIZATION} the free parameters are averaged, which needs no repair.
 *
 * <p>Minibatches stay in the RDD by default ({@code RDDTrainingApproach.Direct}). DL4J's default, {@code Export},
 * writes them to a file system that all workers must see, which fails on a cluster without one; it is still there to be
 * set.
 *
 * <p>The updater's state is averaged by default. DL4J's own default is not to, whatever its documentation says; then
 * workers begin each round with the moments from before the first, and with a step count that does not match them.
 *
 * <p>A graph's workers count iterations and epochs on from the driver's, as a MultiLayerNetwork's do. DL4J has them
 * begin each round at 0, so that schedules stand still and Adam corrects moments as if they were new.
 *
 * <p>Averagings are collected and given to a listener. One that cannot go on, since the mean of parameters or state is
 * not finite or has no nearest orthonormal matrix, throws a {@link DL4JException} on the driver; the network is then as
 * it was before the round. Not safe for concurrent use, as DL4J's.
 *
 * <p>Training on no data throws an {@link IllegalArgumentException}. A first DataSet of another number of rows than the
 * builder was told is a warning in the log, once for each training master.
 */
public final class RestoringTrainingMaster extends ParameterAveragingTrainingMaster {

    private static final Logger LOG = LoggerFactory.getLogger(RestoringTrainingMaster.class);

    // Transient: DL4J's JSON is to hold its own fields only.
    private final transient List<Averaging> averagings = new ArrayList<>();
    private final transient Consumer<Averaging> listener;
    private transient boolean looked;

    private RestoringTrainingMaster(Builder builder) {
        super(builder);
        this.listener = builder.listener;
    }

    /**
     * What has been averaged so far, in order.
     *
     * @return an unmodifiable view
     */
    public List<Averaging> averagings() {
        return Collections.unmodifiableList(averagings);
    }

    /** As DL4J's, with a worker that keeps the graph's counts. */
    @Override
    public ParameterAveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
        ComputationGraph net = graph.getNetwork();
        if (collectTrainingStats) {
            stats.logBroadcastStart();
        }
        Broadcast<NetBroadcastTuple> broadcast = graph.getSparkContext()
                .broadcast(new NetBroadcastTuple(
                        net.getConfiguration(), net.params(), net.getUpdater().getStateViewArray()));
        if (collectTrainingStats) {
            stats.logBroadcastEnd();
        }
        return new GraphWorker(
                net.getConfiguration(),
                broadcast,
                saveUpdater,
                new WorkerConfiguration(
                        true,
                        rddDataSetNumExamples,
                        batchSizePerWorker,
                        averagingFrequency,
                        prefetchNumBatches,
                        collectTrainingStats),
                trainingHookList,
                listeners,
                getRouterProvider());
    }

    /** Where DL4J counts what it is to train on, which lies in memory by then, unless without a storage level. */
    @Override
    protected <T, R extends JavaRDDLike<T, R>> long getTotalDataSetObjectCount(JavaRDDLike<T, R> data) {
        long count = super.getTotalDataSetObjectCount(data);
        if (count == 0) {
            throw new IllegalArgumentException(
                    "expected at least one DataSet, got none: look at what made the RDD, a filter or a join");
        }
        if (!looked) {
            looked = true;
            long rows = rows(data.first());
            if (rows >= 0 && rows != rddDataSetNumExamples) {
                LOG.warn(
                        "expected DataSets of {} rows, as the Builder was told, got one of {}: give the Builder the"
                                + " rows of each DataSet in the RDD, and batchSizePerWorker(..), which is {}, the rows"
                                + " of a worker's minibatch; otherwise a worker makes more or fewer than {} steps"
                                + " before an averaging",
                        rddDataSetNumExamples,
                        rows,
                        batchSizePerWorker,
                        averagingFrequency);
            }
        }
        return count;
    }

    /** Negative for the paths of files, whose DataSets DL4J has written as long as a worker's minibatch. */
    private static long rows(Object first) {
        if (first instanceof DataSet d) {
            return d.numExamples();
        }
        return first instanceof MultiDataSet m ? m.getFeatures(0).size(0) : -1;
    }

    @Override
    protected void processResults(
            SparkDl4jMultiLayer network,
            SparkComputationGraph graph,
            JavaRDD<ParameterAveragingTrainingResult> results,
            int splitNum,
            int totalSplits) {
        AveragedNetwork net =
                network != null ? AveragedNetwork.of(network.getNetwork()) : AveragedNetwork.of(graph.getNetwork());
        super.processResults(network, graph, results, splitNum, totalSplits);
        if (net.isUnchanged()) {
            // No worker had data.
            return;
        }
        int number = averagings.size() + 1;
        double errorOfMean = net.error();
        try {
            net.requireFinite();
            net.restore();
        } catch (DL4JException e) {
            net.rollBack();
            throw new DL4JException("Averaging " + number + " was taken back: " + e.getMessage(), e);
        }
        Averaging averaging = new Averaging(
                number, network != null ? network.getScore() : graph.getScore(), errorOfMean, net.error());
        averagings.add(averaging);
        listener.accept(averaging);
    }

    /** DL4J's options, the updater's state averaged by default, and a listener. */
    public static final class Builder extends ParameterAveragingTrainingMaster.Builder {

        private Consumer<Averaging> listener = averaging -> {};

        /**
         * Options for a number of workers. How many rows a worker's minibatch has is said by
         * {@link #batchSizePerWorker(int)}, 16 by default.
         *
         * @param numWorkers threads that train, executors times cores of each; null for Spark's default parallelism
         * @param examplesPerDataSet rows in each DataSet of the RDD, by which DL4J finds how many of them an averaging
         *     takes
         */
        public Builder(Integer numWorkers, int examplesPerDataSet) {
            super(numWorkers, examplesPerDataSet);
            super.saveUpdater(true);
            super.rddTrainingApproach(RDDTrainingApproach.Direct);
        }

        /**
         * Sets a listener that is told about averagings.
         *
         * @param listener called on the driver after each
         * @return this
         */
        public Builder listener(Consumer<Averaging> listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        @Override
        public RestoringTrainingMaster build() {
            return new RestoringTrainingMaster(this);
        }

        @Override
        public Builder trainingHooks(Collection<TrainingHook> hooks) {
            super.trainingHooks(hooks);
            return this;
        }

        @Override
        public Builder trainingHooks(TrainingHook... hooks) {
            super.trainingHooks(hooks);
            return this;
        }

        @Override
        public Builder batchSizePerWorker(int size) {
            super.batchSizePerWorker(size);
            return this;
        }

        @Override
        public Builder averagingFrequency(int frequency) {
            super.averagingFrequency(frequency);
            return this;
        }

        @Override
        public Builder aggregationDepth(int depth) {
            super.aggregationDepth(depth);
            return this;
        }

        @Override
        public Builder workerPrefetchNumBatches(int number) {
            super.workerPrefetchNumBatches(number);
            return this;
        }

        @Override
        public Builder saveUpdater(boolean saveUpdater) {
            super.saveUpdater(saveUpdater);
            return this;
        }

        @Override
        public Builder repartionData(Repartition repartition) {
            super.repartionData(repartition);
            return this;
        }

        @Override
        public Builder repartitionStrategy(RepartitionStrategy strategy) {
            super.repartitionStrategy(strategy);
            return this;
        }

        @Override
        public Builder storageLevel(StorageLevel level) {
            super.storageLevel(level);
            return this;
        }

        @Override
        public Builder storageLevelStreams(StorageLevel level) {
            super.storageLevelStreams(level);
            return this;
        }

        @Override
        public Builder rddTrainingApproach(RDDTrainingApproach approach) {
            super.rddTrainingApproach(approach);
            return this;
        }

        @Override
        public Builder exportDirectory(String directory) {
            super.exportDirectory(directory);
            return this;
        }

        @Override
        public Builder rngSeed(long seed) {
            super.rngSeed(seed);
            return this;
        }

        @Override
        public Builder collectTrainingStats(boolean collect) {
            super.collectTrainingStats(collect);
            return this;
        }
    }
}
