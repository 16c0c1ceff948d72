package io.github.qrreduction.compatibility;

import io.github.qrreduction.ComponentLayer;
import io.github.qrreduction.ComponentLayerBuilder;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.loss.LossSimilarity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network that is saved for later versions to load: small, trained for some steps with Adam on data of its own. */
final class FixtureNetwork {

    static final int STEPS = 3;
    private static final int N_IN = 6;
    private static final int COMPONENTS = 3;
    private static final int N_OUT = 2;
    private static final int BATCH = 4;
    private static final int TIME = 3;
    private static final long SEED = 20261124;

    private final String kind;
    private final DataType type;
    private final ComponentLayerBuilder<?> builder;

    private FixtureNetwork(String kind, DataType type, ComponentLayerBuilder<?> builder) {
        this.kind = kind;
        this.type = type;
        this.builder = builder.nIn(N_IN).nOut(COMPONENTS).name("components");
    }

    static List<FixtureNetwork> all() {
        List<FixtureNetwork> all = new ArrayList<>();
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (String network : new String[] {"", "graph-"}) {
                all.add(new FixtureNetwork(
                        network + "none-bias",
                        type,
                        new QRReductionLayer.Builder().hasBias(true).biasInit(0.1)));
                all.add(new FixtureNetwork(
                        network + "penalty",
                        type,
                        new QRReductionLayer.Builder()
                                .orthonormalityPenalty(0.01)
                                .l2(1e-3)));
                for (Orthonormality mode :
                        new Orthonormality[] {Orthonormality.RETRACTION, Orthonormality.PARAMETRIZATION}) {
                    String name = mode.name().toLowerCase(Locale.ROOT);
                    all.add(new FixtureNetwork(
                            network + name, type, new QRReductionLayer.Builder().orthonormality(mode)));
                    all.add(new FixtureNetwork(
                            network + name + "-reconstruction",
                            type,
                            new QRReconstructionLayer.Builder()
                                    .orthonormality(mode)
                                    .hasBias(true)));
                }
            }
            all.add(new FixtureNetwork(
                    "sequences",
                    type,
                    new QRReductionLayer.Builder()
                            .orthonormality(Orthonormality.RETRACTION)
                            .dataFormat(RNNFormat.NWC)));
            all.add(new FixtureNetwork(
                    "similarity", type, new QRReductionLayer.Builder().orthonormality(Orthonormality.RETRACTION)));
        }
        return all;
    }

    String name() {
        return kind + "-" + type.name().toLowerCase(Locale.ROOT);
    }

    /** The network after {@value #STEPS} steps. */
    Model trained() {
        Model model = kind.startsWith("graph-") ? graph() : network();
        for (int step = 0; step < STEPS; step++) {
            Models.fit(model, batch(step));
        }
        return model;
    }

    private NeuralNetConfiguration.Builder common() {
        return new NeuralNetConfiguration.Builder().seed(SEED).dataType(type).updater(new Adam(0.05));
    }

    private Model network() {
        Layer layer = builder.build();
        List<Layer> layers = switch (kind) {
            case "sequences" ->
                List.of(
                        layer,
                        new RnnLossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .dataFormat(RNNFormat.NWC)
                                .build());
            case "similarity" ->
                List.of(
                        layer,
                        new LossLayer.Builder(new LossSimilarity(0.2))
                                .activation(Activation.IDENTITY)
                                .build());
            default -> List.of(dense(), layer, output());
        };
        NeuralNetConfiguration.ListBuilder list = common().list();
        layers.forEach(list::layer);
        if (kind.equals("sequences")) {
            list.setInputType(InputType.recurrent(N_IN, RNNFormat.NWC));
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private Model graph() {
        Layer components = builder.build();
        ComputationGraph graph = new ComputationGraph(common().graphBuilder()
                .addInputs("in")
                .addLayer("dense", dense(), "in")
                .addLayer("components", components, "dense")
                .addLayer("out", output(), "components")
                .setOutputs("out")
                .build());
        graph.init();
        return graph;
    }

    private static Layer dense() {
        return new DenseLayer.Builder()
                .nIn(N_IN)
                .nOut(N_IN)
                .activation(Activation.TANH)
                .build();
    }

    private Layer output() {
        ComponentLayer layer = builder.build();
        return new OutputLayer.Builder(LossFunction.MSE)
                .nIn(layer.outputSize())
                .nOut(N_OUT)
                .activation(Activation.IDENTITY)
                .build();
    }

    /** The data of a step; the network is asked for the output of the one after training. */
    DataSet batch(int step) {
        return switch (kind) {
            case "sequences" ->
                new DataSet(
                        numbers(100 + step, type, BATCH, TIME, N_IN),
                        numbers(200 + step, type, BATCH, TIME, COMPONENTS));
            case "similarity" -> {
                INDArray x = numbers(100 + step, type, BATCH, N_IN);
                yield new DataSet(x, x.dup());
            }
            default -> new DataSet(numbers(100 + step, type, BATCH, N_IN), numbers(200 + step, type, BATCH, N_OUT));
        };
    }

    /** Normal numbers by Java's generator, which is the same everywhere. */
    static INDArray numbers(long seed, DataType type, long... shape) {
        Random random = new Random(seed);
        double[] values = random.doubles(Arrays.stream(shape).reduce(1, Math::multiplyExact), -2, 2)
                .toArray();
        return Nd4j.createFromArray(values).reshape('c', shape).castTo(type);
    }
}
