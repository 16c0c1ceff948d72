package io.github.qrreduction.spark;

import io.github.qrreduction.QRReductionLayer;
import java.util.function.DoubleSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network on the driver in an averaging, and how it was before. */
final class AveragedNetwork {
    private final DoubleSupplier error;
    private final Runnable restore;
    private final INDArray params;
    private final INDArray paramsBefore;
    /** Null where the updater has no state. */
    private final INDArray state;

    private final INDArray stateBefore;
    private final IntSupplier iterations;
    private final IntConsumer setIterations;
    private final int iterationsBefore;

    private AveragedNetwork(
            DoubleSupplier error,
            Runnable restore,
            INDArray params,
            INDArray state,
            IntSupplier iterations,
            IntConsumer setIterations) {
        this.error = error;
        this.restore = restore;
        this.params = params;
        this.paramsBefore = params.dup();
        this.state = state;
        this.stateBefore = state == null ? null : state.dup();
        this.iterations = iterations;
        this.setIterations = setIterations;
        this.iterationsBefore = iterations.getAsInt();
    }

    static AveragedNetwork of(MultiLayerNetwork net) {
        return new AveragedNetwork(
                () -> QRReductionLayer.orthonormalityError(net),
                () -> QRReductionLayer.restore(net),
                net.params(),
                net.getUpdater().getStateViewArray(),
                net.getLayerWiseConfigurations()::getIterationCount,
                net.getLayerWiseConfigurations()::setIterationCount);
    }

    static AveragedNetwork of(ComputationGraph net) {
        return new AveragedNetwork(
                () -> QRReductionLayer.orthonormalityError(net),
                () -> QRReductionLayer.restore(net),
                net.params(),
                net.getUpdater().getStateViewArray(),
                net.getConfiguration()::getIterationCount,
                net.getConfiguration()::setIterationCount);
    }

    /** The largest orthonormality error of the layers with RETRACTION as they are now. */
    double error() {
        return error.getAsDouble();
    }

    /** DL4J counts the iterations of a round in which any worker had data. */
    boolean isUnchanged() {
        return iterations.getAsInt() == iterationsBefore;
    }

    void requireFinite() {
        requireFinite(params, "parameters");
        if (state != null) {
            requireFinite(state, "state of the updater");
        }
    }

    private static void requireFinite(INDArray values, String what) {
        // A NaN or an infinity always shows in the sum.
        if (!Double.isFinite(values.sumNumber().doubleValue())) {
            throw new DL4JException("expected finite values in the mean of the workers' " + what
                    + ", got NaN or infinity: lower the learning rate, clip the gradient, or look for such values in"
                    + " features and labels");
        }
    }

    void restore() {
        restore.run();
    }

    void rollBack() {
        params.assign(paramsBefore);
        if (state != null) {
            state.assign(stateBefore);
        }
        setIterations.accept(iterationsBefore);
    }
}
