package io.github.qrreduction;

import io.github.qrreduction.internal.nd4j.Products;
import io.github.qrreduction.internal.nd4j.ReusedMemory;
import io.github.qrreduction.internal.nd4j.RowRange;
import io.github.qrreduction.internal.stiefel.Stiefel;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Minibatch training of an orthonormal matrix, which keeps what is best on held-out vectors. */
final class NeighbourTraining {
    private static final int MEASUREMENTS = 20;
    /** Rows that are compared with each other at once, on held-out vectors. */
    private static final int MOST_COMPARED = 1000;
    /** The last step's learning rate, of the first one's. */
    private static final double DECAY = 0.01;
    /** The temperatures' learning rate, of the components'. What components are best depends on them: they lead. */
    private static final double TEMPERATURE_RATE = 10;
    /** Of their logarithms from the start: a learning rate that is too large must not lead to infinities. */
    private static final double FARTHEST = Math.log(10);

    private final NeighbourFit.Settings settings;
    private final NeighbourObjective first;
    private final NeighbourListener listener;
    private final int stepsBefore;

    /** @param stepsBefore what the listener has heard of already */
    NeighbourTraining(
            NeighbourFit.Settings settings, NeighbourObjective objective, NeighbourListener listener, int stepsBefore) {
        this.settings = settings;
        first = objective;
        this.listener = listener;
        this.stepsBefore = stepsBefore;
    }

    /**
     * @param matrix the best
     * @param objective with the temperatures that it was trained to
     * @param step after which it was found; 0 for the start
     * @param startLoss of the start, on held-out vectors
     * @param loss of the best
     */
    record Result(INDArray matrix, NeighbourObjective objective, int step, double startLoss, double loss) {}

    /** Vectors to map, [n, p], and what they were before, [n, d]. */
    record Vectors(INDArray inputs, INDArray originals) {
        int count() {
            return inputs.rows();
        }

        Vectors rows(int[] indices) {
            INDArray some = Nd4j.pullRows(inputs, 1, indices, 'c');
            return new Vectors(some, originals == inputs ? some : Nd4j.pullRows(originals, 1, indices, 'c'));
        }

        Vectors rows(int from, int to) {
            return new Vectors(RowRange.of(inputs, from, to), RowRange.of(originals, from, to));
        }
    }

    /** @param start (k, p) with orthonormal rows, FLOAT; not modified */
    Result run(Vectors training, Vectors heldOut, INDArray start) {
        try (ReusedMemory memory = new ReusedMemory()) {
            return run(training, heldOut, start, memory);
        }
    }

    private Result run(Vectors training, Vectors heldOut, INDArray start, ReusedMemory memory) {
        INDArray q = start.dup('c');
        AdamUpdater adam = adam(q, settings.learningRate());
        ReducedTemperatures temperatures = new ReducedTemperatures(first);
        Minibatches minibatches = new Minibatches(training.count(), settings.batchSize(), settings.seed());
        HeldOutScores startScores = scores(heldOut, q, first);
        double startLoss = startScores.mean();
        Result untrained = new Result(start, first, 0, startLoss, startLoss);
        Result best = untrained;
        HeldOutScores bestScores = startScores;
        listener.heldOut(stepsBefore, startLoss);
        int every = Math.max(1, settings.steps() / MEASUREMENTS);
        for (int step = 1; step <= settings.steps(); step++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted before step " + (stepsBefore + step));
            }
            int iteration = step - 1;
            double loss = memory.run(() -> step(training.rows(minibatches.next()), q, adam, temperatures, iteration));
            listener.step(stepsBefore + step, loss);
            if (step % every == 0 || step == settings.steps()) {
                NeighbourObjective current = temperatures.objective();
                HeldOutScores measured = scores(heldOut, q, current);
                listener.heldOut(stepsBefore + step, measured.mean());
                if (measured.mean() < bestScores.mean()) {
                    bestScores = measured;
                    best = new Result(q.dup('c'), current, step, startLoss, measured.mean());
                }
            }
        }
        // Trained temperatures must not pass for better components.
        return bestScores.areClearlyBelow(startScores)
                        && bestScores.areClearlyBelow(scores(heldOut, start, best.objective()))
                ? best
                : untrained;
    }

    private double step(Vectors batch, INDArray q, AdamUpdater adam, ReducedTemperatures temperatures, int iteration) {
        NeighbourObjective objective = temperatures.objective();
        NeighbourObjective.Minibatch minibatch =
                objective.new Minibatch(batch.originals(), Products.of(batch.inputs(), q, true));
        double loss = minibatch.score();
        NeighbourObjective.Gradient derivatives = minibatch.gradient();
        temperatures.step(derivatives.byLogTemperatures(), iteration);
        INDArray gradient = Nd4j.create(q.dataType(), q.shape(), 'c');
        Products.addTransposed(derivatives.byReductions(), batch.inputs(), gradient);
        Stiefel.projectToTangent(q, gradient);
        adam.applyUpdater(gradient, iteration, 0);
        Stiefel.retractUpdate(q, gradient);
        q.subi(gradient);
        return loss;
    }

    private AdamUpdater adam(INDArray q, double learningRate) {
        double decay = Math.pow(DECAY, 1.0 / Math.max(1, settings.steps()));
        AdamUpdater adam =
                new AdamUpdater(new Adam(new ExponentialSchedule(ScheduleType.ITERATION, learningRate, decay)));
        adam.setStateViewArray(Nd4j.create(q.dataType(), 1, 2 * q.length()), q.shape(), 'c', true);
        return adam;
    }

    /** The objective of each held-out vector, in parts that are alike. */
    private static HeldOutScores scores(Vectors heldOut, INDArray q, NeighbourObjective objective) {
        int n = heldOut.count();
        int parts = (n + MOST_COMPARED - 1) / MOST_COMPARED;
        double[] scores = new double[n];
        for (int i = 0; i < parts; i++) {
            int from = (int) ((long) n * i / parts);
            int to = (int) ((long) n * (i + 1) / parts);
            Vectors part = heldOut.rows(from, to);
            double[] some = objective.scores(part.originals(), Products.of(part.inputs(), q, true));
            System.arraycopy(some, 0, scores, from, to - from);
        }
        return new HeldOutScores(scores);
    }

    /** What the cosines of reductions are divided by, trained beside the components. */
    private final class ReducedTemperatures {
        private final double[] start;
        private final INDArray logarithms;
        private final AdamUpdater adam;

        ReducedTemperatures(NeighbourObjective objective) {
            start = objective.parts().stream()
                    .mapToDouble(part -> Math.log(part.temperature()))
                    .toArray();
            logarithms = Nd4j.createFromArray(new double[][] {start});
            adam = adam(logarithms, TEMPERATURE_RATE * settings.learningRate());
        }

        NeighbourObjective objective() {
            return first.at(
                    Arrays.stream(logarithms.toDoubleVector()).map(Math::exp).toArray());
        }

        void step(double[] derivatives, int iteration) {
            INDArray update = Nd4j.createFromArray(new double[][] {derivatives});
            adam.applyUpdater(update, iteration, 0);
            logarithms.subi(update);
            for (int i = 0; i < start.length; i++) {
                double logarithm = logarithms.getDouble(i);
                logarithms.putScalar(i, Math.max(start[i] - FARTHEST, Math.min(start[i] + FARTHEST, logarithm)));
            }
        }
    }

    /** Rows in random order, all once before any comes again. */
    private static final class Minibatches {
        private final int[] order;
        private final int size;
        private final Random random;
        private int next;

        Minibatches(int rows, int size, long seed) {
            order = new int[rows];
            for (int i = 0; i < rows; i++) {
                order[i] = i;
            }
            this.size = Math.min(size, rows);
            random = new Random(seed);
            next = rows;
        }

        int[] next() {
            if (next + size > order.length) {
                for (int i = order.length - 1; i > 0; i--) {
                    int j = random.nextInt(i + 1);
                    int row = order[i];
                    order[i] = order[j];
                    order[j] = row;
                }
                next = 0;
            }
            int[] batch = new int[size];
            System.arraycopy(order, next, batch, 0, size);
            next += size;
            return batch;
        }
    }
}
