package io.github.qrreduction.benchmarks;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import java.awt.Color;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;

/** Whose time is taken, in the order of a report's columns. */
enum Contender {
    /** Bare matrix products: the limit. */
    MATMUL("bare `matmul`", 0x555555),
    /** QRReductionLayer in its three modes. */
    NONE("QRReductionLayer", 0x1f77b4),
    RETRACTION("RETRACTION", 0x2ca02c),
    PARAMETRIZATION("PARAMETRIZATION", 0x9467bd),
    /** DL4J's DenseLayer without bias, identity activation. */
    DENSE("DenseLayer", 0xff7f0e),
    /** PyTorch's Linear without bias. */
    PYTORCH("PyTorch", 0x17becf);

    private static final long SEED = 7;

    private final String title;
    private final int rgb;

    Contender(String title, int rgb) {
        this.title = title;
        this.rgb = rgb;
    }

    String title() {
        return title;
    }

    Color color() {
        return new Color(rgb);
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
