package io.github.qrreduction.benchmarks;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

/** PyTorch's Linear without bias, mean squared error, SGD, by DJL's Trainer. */
final class PyTorchWork implements Work {

    private static final float LEARNING_RATE = 1e-2f;

    private final Model model;
    private final Trainer trainer;
    private final NDList x;
    private final NDList y;

    PyTorchWork(Row row) {
        Device cpu = Device.cpu();
        model = Model.newInstance("reduction", cpu, "PyTorch");
        model.setBlock(Linear.builder().setUnits(row.nOut()).optBias(false).build());
        trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss("mse", 1f))
                .optDevices(new Device[] {cpu})
                .optOptimizer(Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(LEARNING_RATE))
                        .build()));
        Shape input = new Shape(row.batch(), row.nIn());
        trainer.initialize(input);
        NDManager manager = model.getNDManager();
        x = new NDList(manager.randomNormal(0f, 1f, input, DataType.FLOAT32));
        y = new NDList(manager.randomNormal(0f, 1f, new Shape(row.batch(), row.nOut()), DataType.FLOAT32));
    }

    @Override
    public void run(Operation operation) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            if (operation == Operation.FORWARD) {
                trainer.evaluate(x);
                return;
            }
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDArray loss = trainer.getLoss().evaluate(y, trainer.forward(x));
                collector.backward(loss);
            }
            trainer.step();
        }
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
