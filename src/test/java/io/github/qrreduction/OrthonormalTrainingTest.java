package io.github.qrreduction;

import static io.github.qrreduction.testutil.Networks.SEED;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** The bound on the orthonormality error, as a listener sees it, whatever the updater does. */
class OrthonormalTrainingTest {

    static final double FLOAT_BOUND = 1e-5;
    static final double DOUBLE_BOUND = 1e-12;
    private static final int STEPS = 30;

    @ParameterizedTest(name = "{0} with {1} at {2} in {3}")
    @CsvSource({
        "RETRACTION,Sgd,0.1,FLOAT", "RETRACTION,Sgd,1e4,FLOAT", "RETRACTION,Nesterovs,0.1,FLOAT",
        "RETRACTION,Nesterovs,1e4,FLOAT", "RETRACTION,Adam,0.01,FLOAT", "RETRACTION,Adam,1e4,FLOAT",
        "RETRACTION,AMSGrad,0.01,FLOAT", "RETRACTION,AMSGrad,1e4,FLOAT", "RETRACTION,RmsProp,0.01,FLOAT",
        "RETRACTION,RmsProp,1e4,FLOAT", "RETRACTION,Sgd,0.1,DOUBLE", "RETRACTION,Sgd,1e4,DOUBLE",
        "RETRACTION,Nesterovs,0.1,DOUBLE", "RETRACTION,Adam,0.01,DOUBLE", "RETRACTION,Adam,1e4,DOUBLE",
        "RETRACTION,AMSGrad,1e4,DOUBLE", "RETRACTION,RmsProp,1e4,DOUBLE", "PARAMETRIZATION,Sgd,0.1,FLOAT",
        "PARAMETRIZATION,Adam,0.01,FLOAT", "PARAMETRIZATION,Sgd,0.1,DOUBLE", "PARAMETRIZATION,Adam,0.01,DOUBLE",
        "PARAMETRIZATION,RmsProp,0.01,DOUBLE"
    })
    void aListenerSeesOrthonormalComponentsAfterEveryStep(
            Orthonormality mode, String updater, double learningRate, DataType type) {
        Nd4j.getRandom().setSeed(SEED);
        for (int[] size : new int[][] {{1, 1}, {5, 5}, {64, 16}}) {
            MultiLayerNetwork net = withMse(
                    type,
                    updater(updater, learningRate),
                    reduction(size[0], size[1]).orthonormality(mode).build());
            OrthonormalityListener listener = new OrthonormalityListener(1);
            net.setListeners(listener);
            INDArray x = Nd4j.randn(type, 32, size[0]);
            INDArray y = Nd4j.randn(type, 32, size[1]);
            for (int i = 0; i < STEPS; i++) {
                net.fit(x, y);
            }
            double bound = type == DataType.FLOAT ? FLOAT_BOUND : DOUBLE_BOUND;
            assertThat(listener.measurements())
                    .hasSize(STEPS)
                    .allSatisfy(m -> assertThat(m.error()).isLessThanOrEqualTo(bound));
        }
    }

    static IUpdater updater(String name, double learningRate) {
        switch (name) {
            case "Sgd":
                return new Sgd(learningRate);
            case "Nesterovs":
                return new Nesterovs(learningRate, 0.9);
            case "Adam":
                return new Adam(learningRate);
            case "AMSGrad":
                return new AMSGrad(learningRate);
            default:
                return new RmsProp(learningRate);
        }
    }
}
