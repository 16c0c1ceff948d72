package io.github.qrreduction.testutil;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.OrthonormalityListener;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** Training on noise in all modes, under a listener that throws where the bound on the orthonormality error breaks. */
public final class OrthonormalTraining {

    public static final double FLOAT_BOUND = 1e-5;
    public static final double DOUBLE_BOUND = 1e-12;
    private static final int BATCH = 32;

    private OrthonormalTraining() {}

    /** Every mode, updater and type, each at a fitting rate and at one far too high. */
    public static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Orthonormality mode : List.of(Orthonormality.RETRACTION, Orthonormality.PARAMETRIZATION)) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                for (String updater : List.of("Sgd", "Nesterovs", "Adam", "AMSGrad", "RmsProp")) {
                    boolean scalesByEntry = !List.of("Sgd", "Nesterovs").contains(updater);
                    cases.add(Arguments.of(mode, updater, scalesByEntry ? 0.01 : 0.1, type));
                    cases.add(Arguments.of(mode, updater, 1e4, type));
                }
            }
        }
        return cases.stream();
    }

    /** Trains on noise; the listener, which runs after every step, throws where the error exceeds the bound. */
    public static MultiLayerNetwork train(
            Orthonormality mode, IUpdater updater, DataType type, int nIn, int nOut, int steps) {
        Nd4j.getRandom().setSeed(SEED);
        MultiLayerNetwork net =
                withMse(type, updater, reduction(nIn, nOut).orthonormality(mode).build());
        OrthonormalityListener listener =
                new OrthonormalityListener(1, type == DataType.FLOAT ? FLOAT_BOUND : DOUBLE_BOUND);
        listener.iterationDone(net, 0, 0);
        net.setListeners(listener);
        INDArray x = Nd4j.randn(type, BATCH, nIn);
        INDArray y = Nd4j.randn(type, BATCH, nOut);
        INDArray start = net.params().dup();
        for (int i = 0; i < steps; i++) {
            net.fit(x, y);
        }
        assertThat(listener.measurements()).hasSize(steps + 1);
        // One row of one number has no tangent but 0.
        assertThat(net.params().equals(start)).isEqualTo(nIn == 1);
        return net;
    }

    public static IUpdater updater(String name, double learningRate) {
        return switch (name) {
            case "Sgd" -> new Sgd(learningRate);
            case "Nesterovs" -> new Nesterovs(learningRate, 0.9);
            case "Adam" -> new Adam(learningRate);
            case "AMSGrad" -> new AMSGrad(learningRate);
            default -> new RmsProp(learningRate);
        };
    }
}
