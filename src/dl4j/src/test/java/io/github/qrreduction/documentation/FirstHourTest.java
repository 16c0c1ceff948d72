package io.github.qrreduction.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.qrreduction.Components;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.ChildJvm;
import io.github.qrreduction.testutil.Repository;
import java.io.DataInputStream;
import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What a beginner gets wrong in the first hour meets a message that docs/limits.md has, with the way out. */
class FirstHourTest {

    private static final Layer LOSS = new LossLayer.Builder(LossFunction.MSE)
            .activation(Activation.IDENTITY)
            .build();

    @Test
    void noBackendOnTheClassPath() throws IOException, InterruptedException {
        String said = ChildJvm.with()
                .on(ChildJvm.classPath(entry -> !entry.contains("nd4j-native")))
                .run(WithoutBackend.class)
                .printed();

        String message = "NoAvailableBackendException: Please ensure that you have an nd4j backend on your classpath";
        assertThat(said).contains(message);
        assertThat(Repository.text("docs/limits.md")).contains("`" + message + "`");
    }

    /** Makes a network, in a JVM whose class path lacks a backend. */
    static final class WithoutBackend {
        private WithoutBackend() {}

        public static void main(String[] args) {
            net(reduction(), LOSS);
        }
    }

    /** The error of a JVM that is too old names the version that the class has. */
    @Test
    void anOldJvm() throws IOException {
        try (DataInputStream file = new DataInputStream(Components.class.getResourceAsStream("Components.class"))) {
            assertThat(file.readInt()).isEqualTo(0xCAFEBABE);
            int minor = file.readUnsignedShort();
            int major = file.readUnsignedShort();
            assertThat(Repository.text("docs/limits.md"))
                    .contains("`class file version " + major + "." + minor + " ...`");
        }
    }

    @Test
    void aForgottenNumberOfInputs() throws IOException {
        assertInLimits(
                () -> net(new QRReductionLayer.Builder().nOut(2).build(), LOSS),
                "QRReductionLayer (index=0, name=layer0) nIn=0, nOut=2; nIn and nOut must be > 0");
    }

    @Test
    void aForgottenNumberOfInputsOfTheNextLayer() throws IOException {
        Layer output = new OutputLayer.Builder(LossFunction.MCXENT).nOut(3).build();
        assertInLimits(
                () -> net(reduction(), output),
                "OutputLayer (index=1, name=layer1) nIn=0, nOut=3; nIn and nOut must be > 0");
    }

    @Test
    void labelsOfAnotherWidth() throws IOException {
        assertInLimits(
                () -> net(reduction(), LOSS).fit(Nd4j.rand(4, 8), Nd4j.rand(4, 3)),
                "Labels and preOutput must have equal shapes: got shapes [4, 3] vs [4, 2]");
    }

    @Test
    void featuresOfAnotherWidth() throws IOException {
        assertInLimits(
                () -> net(reduction(), LOSS).fit(Nd4j.rand(4, 9), Nd4j.rand(4, 2)),
                "expected input of shape [batch, 8], got size 9 with shape [4, 9]");
    }

    @Test
    void sequencesWithoutAnInputType() throws IOException {
        Layer output = new RnnOutputLayer.Builder(LossFunction.MSE)
                .activation(Activation.IDENTITY)
                .nIn(2)
                .nOut(1)
                .build();
        assertInLimits(
                () -> net(reduction(), output).fit(Nd4j.rand(4, 8, 3), Nd4j.rand(4, 1, 3)),
                "Sequence lengths do not match for RnnOutputLayer input and labels");
    }

    private static QRReductionLayer reduction() {
        return new QRReductionLayer.Builder().nIn(8).nOut(2).build();
    }

    private static MultiLayerNetwork net(Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().list();
        for (Layer layer : layers) {
            list.layer(layer.clone());
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private static void assertInLimits(ThrowingCallable mistake, String message) throws IOException {
        assertThat(catchThrowable(mistake)).hasMessageStartingWith(message);
        assertThat(Repository.text("docs/limits.md")).contains("`" + message + "`");
    }
}
