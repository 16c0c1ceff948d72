package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.testutil.Networks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What cannot work is refused where it happens, with a message that says what was expected and what came. */
class BadInputTest {

    private static final String LAYER = " (layer name: pca, layer index: 0, layer type: QRReductionLayer)";

    // ---- configuration ----

    @Test
    void nOutMissing() {
        assertThatThrownBy(() -> new QRReductionLayer.Builder().nIn(5).build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("QRReductionLayer (name=(name not set)): expected nOut (nComponents) > 0, got 0");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void nOutNotPositive(long nOut) {
        assertThatThrownBy(() -> reduction(5, nOut).name("pca").build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("QRReductionLayer (name=pca): expected nOut (nComponents) > 0, got " + nOut);
    }

    @Test
    void nInNegative() {
        assertThatThrownBy(() -> reduction(-5, 2).name("pca").build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("QRReductionLayer (name=pca): expected nIn (inputSize) > 0, or 0 to take it from the"
                        + " InputType, got -5");
    }

    @Test
    void nInNeitherSetNorKnownFromAnInputType() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(reduction(0, 2).name("pca").build())
                .build());
        assertThatThrownBy(net::init)
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("QRReductionLayer (index=0, name=pca) nIn=0, nOut=2; nIn and nOut must be > 0");
    }

    @Test
    void moreComponentsThanInputs() {
        assertThatThrownBy(() -> reduction(5, 6).name("pca").build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage(moreComponentsThanInputs("pca", 6, 5));
    }

    @Test
    void moreComponentsThanInputsOnceTheyAreInferred() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(reduction(0, 6).build())
                .setInputType(InputType.feedForward(5))
                .build());
        assertThatThrownBy(net::init)
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage(moreComponentsThanInputs("layer0", 6, 5));
    }

    @Test
    void moreComponentsThanInputsOnceTheyAreChanged() {
        QRReductionLayer layer = reduction(5, 4).name("pca").build();
        layer.setNIn(3);
        MultiLayerNetwork net = new MultiLayerNetwork(
                new NeuralNetConfiguration.Builder().list().layer(layer).build());
        assertThatThrownBy(net::init)
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage(moreComponentsThanInputs("pca", 4, 3));
    }

    private static String moreComponentsThanInputs(String name, int nOut, int nIn) {
        return "QRReductionLayer (name=" + name + "): expected nOut (nComponents) <= nIn (inputSize),"
                + " since a reduction has no more components than inputs, got nOut=" + nOut + " > nIn=" + nIn;
    }

    @Test
    void aLayerOfConvolutionsWithoutItsPreprocessor() {
        QRReductionLayer layer = reduction(0, 2).name("pca").build();
        InputType images = InputType.convolutional(4, 4, 1);
        assertThatThrownBy(() -> layer.setNIn(images, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layer \"pca\": expected a FeedForward or Recurrent input type, got " + images);
        assertThatThrownBy(() -> layer.getOutputType(3, images))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layer 3, \"pca\": expected a FeedForward or Recurrent input type, got " + images);
        assertThatThrownBy(() -> layer.getPreProcessorForInputType(null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layer \"pca\": expected a FeedForward or Recurrent input type, got null");
    }

    // ---- input ----

    @Test
    void inputOfTheWrongWidth() {
        assertThatThrownBy(() -> net(RNNFormat.NCW).output(Nd4j.zeros(3, 4)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("expected input of shape [batch, 5], got size 4 with shape [3, 4]" + LAYER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NCW | 4 | 7 | expected input of shape [batch, 5, time] (NCW), got size 4 with shape [3, 4, 7]",
                "NWC | 7 | 4 | expected input of shape [batch, time, 5] (NWC), got size 4 with shape [3, 7, 4]",
                "NCW | 7 | 5 | expected input of shape [batch, 5, time] (NCW), got size 7 with shape [3, 7, 5]",
                "NWC | 5 | 7 | expected input of shape [batch, time, 5] (NWC), got size 7 with shape [3, 5, 7]"
            })
    void sequencesOfTheWrongWidthOrLayout(RNNFormat format, int second, int third, String message) {
        assertThatThrownBy(() -> net(format).output(Nd4j.zeros(3, second, third)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage(message + LAYER);
    }

    @Test
    void inputOfRankOne() {
        assertThatThrownBy(() -> net(RNNFormat.NCW).output(Nd4j.zeros(5)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("expected input of rank 2 [batch, 5] or rank 3 [batch, 5, time] (NCW), got rank 1 with"
                        + " shape [5]. Missing preprocessor or wrong input type?" + LAYER);
    }

    @Test
    void inputOfRankFour() {
        assertThatThrownBy(() -> net(RNNFormat.NWC).output(Nd4j.zeros(2, 5, 3, 3)))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("expected input of rank 2 [batch, 5] or rank 3 [batch, time, 5] (NWC), got rank 4 with"
                        + " shape [2, 5, 3, 3]. Missing preprocessor or wrong input type?" + LAYER);
    }

    @Test
    void maskOfTheWrongShapeForRows() {
        assertThatThrownBy(() -> net(RNNFormat.NCW).output(Nd4j.zeros(3, 5), false, Nd4j.ones(2, 1), null))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("expected a mask of shape [3, 1] for input of shape [3, 5], got shape [2, 1]" + LAYER);
    }

    @ParameterizedTest
    @CsvSource({"3,6", "2,7", "3,1"})
    void maskOfTheWrongShapeForSequences(int rows, int columns) {
        assertThatThrownBy(() -> net(RNNFormat.NCW).output(Nd4j.zeros(3, 5, 7), false, Nd4j.ones(rows, columns), null))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessage("expected a mask of shape [3, 7] for input of shape [3, 5, 7], got shape [" + rows + ", "
                        + columns + "]" + LAYER);
    }

    @Test
    void nanIsPassedOnAndStaysInItsRow() {
        INDArray input = Nd4j.ones(DataType.FLOAT, 3, 5);
        input.putScalar(1, 2, Float.NaN);
        INDArray output = net(RNNFormat.NCW).output(input);
        assertThat(output.getRow(1).isNaN().all()).isTrue();
        assertThat(output.getRow(0).isNaN().any()).isFalse();
        assertThat(output.getRow(2).isNaN().any()).isFalse();
    }

    // ---- parameters ----

    @Test
    void anUnknownParameterKey() {
        assertThatThrownBy(() -> net(RNNFormat.NCW).setParam("0_W", Nd4j.zeros(2, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a parameter of [Q], got \"W\"" + LAYER);
    }

    @Test
    void aParameterOfTheWrongShape() {
        assertThatThrownBy(() -> net(RNNFormat.NCW).setParam("0_Q", Nd4j.zeros(5, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected parameter \"Q\" of shape [2, 5], got shape [5, 2]" + LAYER);
    }

    @Test
    void anUnknownKeyInWeightInit() {
        assertThatThrownBy(() -> reduction(5, 2).weightInit("W", new WeightInitXavier()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected the weight parameter \"Q\", got \"W\" (for the bias use biasInit)");
    }

    @Test
    void theUpdaterOfAnUnknownKey() {
        assertThatThrownBy(() -> reduction(5, 2).name("pca").build().getUpdaterByParam("W"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("QRReductionLayer (name=pca): expected a parameter of [Q], got \"W\"");
    }

    @Test
    void aVectorOfParametersOfAnotherLength() {
        MultiLayerNetwork net = net(RNNFormat.NCW);
        assertThatThrownBy(() -> net.getLayer(0).setParams(Nd4j.zeros(11)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a parameter vector of length 10, got length 11" + LAYER);
        INDArray before = net.params().dup();
        assertThatThrownBy(() -> net.setParams(Nd4j.zeros(7))).isInstanceOf(RuntimeException.class);
        assertThat(net.params()).isEqualTo(before);
    }

    @Test
    void aModelWhoseParametersAreOfAnotherNOut() {
        MultiLayerConfiguration conf = Networks.withMse(
                        DataType.FLOAT, new Sgd(0.1), reduction(5, 3).build())
                .getLayerWiseConfigurations();
        assertThatThrownBy(() ->
                        new MultiLayerNetwork(conf).init(net(RNNFormat.NCW).params(), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid parameters: expected length 15, got length 10");
    }

    @Test
    void aFileWhoseConfigurationSaysAnotherNOut() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net(RNNFormat.NCW), file, true);
        byte[] edited = withConfiguration(file.toByteArray(), "\"nOut\" : 2", "\"nOut\" : 3");
        assertThatThrownBy(() -> ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(edited), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid parameters: expected length 15, got length 10");
    }

    private static byte[] withConfiguration(byte[] model, String old, String replacement) throws IOException {
        ByteArrayOutputStream edited = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(model));
                ZipOutputStream out = new ZipOutputStream(edited)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                byte[] content = in.readAllBytes();
                if (entry.getName().equals(ModelSerializer.CONFIGURATION_JSON)) {
                    String json = new String(content, StandardCharsets.UTF_8);
                    assertThat(json).contains(old);
                    content = json.replace(old, replacement).getBytes(StandardCharsets.UTF_8);
                }
                out.write(content);
            }
        }
        return edited.toByteArray();
    }

    private static MultiLayerNetwork net(RNNFormat format) {
        return Networks.withMse(
                DataType.FLOAT,
                new Sgd(0.1),
                reduction(5, 2).name("pca").dataFormat(format).build());
    }

    /** DL4J knows nIn of a first layer of its own kinds only; with any other, the second layer has to be told. */
    @Test
    void withoutAnInputTypeTheNextLayerHasToBeToldItsNIn() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(reduction(5, 2).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .name("out")
                        .nOut(2)
                        .build())
                .build());
        assertThatThrownBy(net::init)
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("OutputLayer (index=1, name=out) nIn=0, nOut=2; nIn and nOut must be > 0");
    }
}
