package io.github.qrreduction.benchmarks;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A DL4J layer, alone and in a network with a mean squared error on top. */
final class NetworkWork implements Work {

    private static final long SEED = 5;
    /** Small enough that no row's training diverges: the largest eigenvalue at batch 1 is about 2 nIn / nOut. */
    private static final double LEARNING_RATE = 1e-2;

    private static final WorkspaceConfiguration GROWING = WorkspaceConfiguration.builder()
            .policyAllocation(AllocationPolicy.STRICT)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .build();

    private final MultiLayerNetwork net;
    /** One for all that a pass makes: fresh memory would cost more than the arithmetic, and networks have none. */
    private final LayerWorkspaceMgr workspaces =
            LayerWorkspaceMgr.builder().defaultWorkspace("BENCHMARK", GROWING).build();

    private final INDArray x;
    private final INDArray y;

    NetworkWork(Row row, Layer layer) {
        net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.FLOAT)
                .updater(new Sgd(LEARNING_RATE))
                .list()
                .layer(layer)
                .layer(new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        net.init();
        x = Nd4j.randn(DataType.FLOAT, row.batch(), row.nIn());
        y = Nd4j.randn(DataType.FLOAT, row.batch(), row.nOut());
        // The first step makes the gradient views, which the layer alone needs too.
        net.fit(x, y);
    }

    @Override
    public void run(Operation operation) {
        switch (operation) {
            case FORWARD -> {
                try (MemoryWorkspace scope = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
                    net.getLayer(0).activate(x, false, workspaces);
                }
            }
            case FORWARD_BACKWARD -> {
                try (MemoryWorkspace scope = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
                    net.getLayer(0).activate(x, true, workspaces);
                    net.getLayer(0).backpropGradient(y, workspaces);
                }
            }
            case FIT -> net.fit(x, y);
            case OUTPUT -> free(net.output(x));
        }
    }

    /** At once: left to the garbage collector, which sees a few small objects only, native memory would pile up. */
    private static void free(INDArray array) {
        if (array.closeable()) {
            array.close();
        }
    }
}
