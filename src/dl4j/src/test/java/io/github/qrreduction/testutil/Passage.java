package io.github.qrreduction.testutil;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A way for a network to be copied, saved and loaded, or written to from outside, after which it must be the same. */
public record Passage(String name, Step step) {

    /** From a network to one that should be the same. */
    public interface Step {
        MultiLayerNetwork apply(MultiLayerNetwork net) throws Exception;
    }

    public MultiLayerNetwork through(MultiLayerNetwork net) throws Exception {
        return step.apply(net);
    }

    @Override
    public String toString() {
        return name;
    }

    public static List<Passage> all() {
        return List.of(
                new Passage("clone", MultiLayerNetwork::clone),
                new Passage("ModelSerializer with updater", Passage::savedAndLoaded),
                // DL4J loads no list of listeners, without which no network can be trained: a clone has one.
                new Passage(
                        "Java serialization of the network", n -> serialized(n).clone()),
                new Passage(
                        "JSON of the configuration",
                        n -> rebuilt(
                                n,
                                MultiLayerConfiguration.fromJson(
                                        n.getLayerWiseConfigurations().toJson()))),
                new Passage(
                        "YAML of the configuration",
                        n -> rebuilt(
                                n,
                                MultiLayerConfiguration.fromYaml(
                                        n.getLayerWiseConfigurations().toYaml()))),
                new Passage(
                        "Java serialization of the configuration",
                        n -> rebuilt(n, serialized(n.getLayerWiseConfigurations()))),
                new Passage("setParams", n -> {
                    INDArray params = n.params().dup();
                    n.params().assign(0);
                    n.setParams(params);
                    return n;
                }),
                new Passage("setParam of each", n -> {
                    Map<String, INDArray> table = copyOfParams(n);
                    n.params().assign(0);
                    table.forEach(n::setParam);
                    return n;
                }),
                new Passage("setParamTable", n -> {
                    Map<String, INDArray> table = copyOfParams(n);
                    n.params().assign(0);
                    n.setParamTable(table);
                    return n;
                }));
    }

    private static Map<String, INDArray> copyOfParams(MultiLayerNetwork net) {
        Map<String, INDArray> table = new HashMap<>();
        net.paramTable().forEach((key, value) -> table.put(key, value.dup()));
        return table;
    }

    private static MultiLayerNetwork savedAndLoaded(MultiLayerNetwork net) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), true);
    }

    private static MultiLayerNetwork rebuilt(MultiLayerNetwork net, MultiLayerConfiguration conf) {
        MultiLayerNetwork copy = new MultiLayerNetwork(conf);
        copy.init(net.params().dup(), false);
        copy.getUpdater()
                .setStateViewArray(copy, net.getUpdater().getStateViewArray().dup(), false);
        return copy;
    }

    /** A copy by Java serialization. */
    @SuppressWarnings("unchecked")
    public static <T> T serialized(T object) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}
