package io.github.qrreduction.benchmarks;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;

/** Whose time is taken, in the order of a report's columns. */
enum Contender {
    /** Bare matrix products: the limit. */
    MATMUL("bare `matmul`"),
    /** QRReductionLayer in its three modes. */
    NONE("QRReductionLayer"),
    RETRACTION("RETRACTION"),
    PARAMETRIZATION("PARAMETRIZATION"),
    /** DL4J's DenseLayer without bias, identity activation. */
    DENSE("DenseLayer"),
    /** PyTorch's Linear without bias. */
    PYTORCH("PyTorch");

    private static final long SEED = 7;

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean offers(Operation operation) {
        return switch (this) {
            case MATMUL -> operation != Operation.OUTPUT;
            case PYTORCH -> operation == Operation.FORWARD || operation == Operation.FIT;
            default -> true;
        };
    }

    Work start(Row row) {
        Nd4j.getRandom().setSeed(SEED);
        return switch (this) {
            case MATMUL -> new MatmulWork(row);
            case PYTORCH -> new PyTorchWork(row);
            case DENSE -> {
                DenseLayer.Builder layer =
                        new DenseLayer.Builder().hasBias(false).activation(Activation.IDENTITY);
                yield new NetworkWork(row, layer.nIn(row.nIn()).nOut(row.nOut()).build());
            }
            default -> {
                QRReductionLayer.Builder layer = new QRReductionLayer.Builder();
                layer.orthonormality(Orthonormality.valueOf(name()));
                yield new NetworkWork(row, layer.nIn(row.nIn()).nOut(row.nOut()).build());
            }
        };
    }
}
