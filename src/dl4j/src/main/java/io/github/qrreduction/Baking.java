package io.github.qrreduction;

import io.github.qrreduction.SequenceInputs.Node;
import io.github.qrreduction.internal.runtime.RunningLayer;
import io.github.qrreduction.internal.runtime.RunningLayers;
import io.github.qrreduction.loss.LossSimilarity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * Replaces this library's layers by DenseLayers. Sequences are turned into rows and back by DL4J's preprocessors, whose
 * order of rows agrees with their order of masks (TimeDistributed's does not).
 */
final class Baking {

    private Baking() {}

    static MultiLayerNetwork bake(MultiLayerNetwork net) {
        RunningLayers.requireInitialised(net.getLayers());
        MultiLayerConfiguration conf = net.getLayerWiseConfigurations().clone();
        List<NeuralNetConfiguration> confs = new ArrayList<>();
        Map<Integer, InputPreProcessor> preProcessors = new HashMap<>();
        List<Consumer<org.deeplearning4j.nn.api.Layer>> fill = new ArrayList<>();
        SequenceInputs<Integer> sequences = new SequenceInputs<>(nodes(conf));
        InputPreProcessor pending = null;
        boolean unsure = false;
        for (int i = 0; i < conf.getConfs().size(); i++) {
            NeuralNetConfiguration original = conf.getConf(i);
            replaceOwnLoss(original.getLayer());
            org.deeplearning4j.nn.api.Layer source = net.getLayer(i);
            InputPreProcessor before = compose(pending, conf.getInputPreProcess(i));
            pending = null;
            if (!Frozen.holdsComponents(original.getLayer())) {
                put(preProcessors, confs.size(), before);
                confs.add(original);
                fill.add(layer -> copyParams(source.params(), layer.params()));
                continue;
            }
            ComponentLayer component = Frozen.componentLayer(original.getLayer());
            UnaryOperator<Layer> wrap = Frozen.like(original.getLayer());
            Optional<Boolean> sequence = sequences.at(i);
            unsure |= sequence.isEmpty();
            if (sequence.orElse(false)) {
                before = compose(before, new RnnToFeedForwardPreProcessor(component.getDataFormat()));
                pending = new FeedForwardToRnnPreProcessor(component.getDataFormat());
            }
            for (StockLayer stock : StockLayer.of(component, RunningLayers.unwrap(source))) {
                put(preProcessors, confs.size(), before);
                before = null;
                confs.add(with(original, wrap.apply(stock.conf())));
                fill.add(stock::fill);
            }
        }
        if (pending != null) {
            put(preProcessors, confs.size(), pending);
            confs.add(with(confs.get(confs.size() - 1), identity()));
            fill.add(layer -> {});
        }
        conf.setConfs(confs);
        conf.setInputPreProcessors(preProcessors);
        MultiLayerNetwork baked = new MultiLayerNetwork(conf);
        long length = 0;
        for (NeuralNetConfiguration c : confs) {
            c.clearVariables();
            length += c.getLayer().initializer().numParams(c);
        }
        baked.init(emptyParams(conf.getDataType(), length), false);
        for (int i = 0; i < confs.size(); i++) {
            fill.get(i).accept(baked.getLayer(i));
        }
        BakedOutput.requireSame(net, baked, nodes(net.getLayerWiseConfigurations()), unsure);
        return baked;
    }

    private static Map<Integer, Node<Integer>> nodes(MultiLayerConfiguration conf) {
        Map<Integer, Node<Integer>> nodes = new LinkedHashMap<>();
        for (int i = 0; i < conf.getConfs().size(); i++) {
            nodes.put(
                    i,
                    new Node<>(Frozen.content(conf.getConf(i).getLayer()), conf.getInputPreProcess(i), List.of(i - 1)));
        }
        return nodes;
    }

    static ComputationGraph bake(ComputationGraph net) {
        RunningLayers.requireInitialised(net.getLayers());
        ComputationGraphConfiguration conf = net.getConfiguration().clone();
        SequenceInputs<String> sequences = new SequenceInputs<>(nodes(conf));
        Map<String, GraphVertex> vertices = new LinkedHashMap<>();
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        Map<String, Consumer<org.deeplearning4j.nn.api.Layer>> fill = new HashMap<>();
        Set<String> taken = new HashSet<>(conf.getVertices().keySet());
        taken.addAll(conf.getNetworkInputs());
        Set<String> unsure = new HashSet<>();
        conf.getVertices().forEach((name, vertex) -> {
            List<String> from = conf.getVertexInputs().get(name);
            if (!(vertex instanceof LayerVertex original)
                    || !Frozen.holdsComponents(original.getLayerConf().getLayer())) {
                if (vertex instanceof LayerVertex other) {
                    replaceOwnLoss(other.getLayerConf().getLayer());
                }
                vertices.put(name, vertex);
                inputs.put(name, from);
                return;
            }
            Layer layer = original.getLayerConf().getLayer();
            ComponentLayer component = Frozen.componentLayer(layer);
            RunningLayer source = RunningLayers.unwrap(net.getLayer(name));
            RNNFormat format = component.getDataFormat();
            if (sequences.at(name).isEmpty()) {
                unsure.add(name);
            }
            boolean sequence = sequences.at(name).orElse(false);
            InputPreProcessor before = sequence
                    ? compose(original.getPreProcessor(), new RnnToFeedForwardPreProcessor(format))
                    : original.getPreProcessor();
            List<StockLayer> stocks = StockLayer.of(component, source);
            for (int i = 0; i < stocks.size(); i++) {
                // The vertex that others read keeps its name; what comes before it gets one of its own.
                boolean last = i == stocks.size() - 1 && !sequence;
                String part = last ? name : free(name + (i == 0 ? "-components" : "-reconstruction"), taken);
                Layer stock = stocks.get(i).conf();
                stock.setLayerName(part);
                LayerVertex replacement = new LayerVertex(
                        with(original.getLayerConf(), Frozen.like(layer).apply(stock)), before);
                before = null;
                vertices.put(part, replacement);
                inputs.put(part, from);
                fill.put(part, stocks.get(i)::fill);
                from = List.of(part);
            }
            if (sequence) {
                vertices.put(name, new PreprocessorVertex(new FeedForwardToRnnPreProcessor(format)));
                inputs.put(name, from);
            }
        });
        conf.setVertices(vertices);
        conf.setVertexInputs(inputs);
        conf.setTopologicalOrder(null);
        conf.setTopologicalOrderStr(null);
        long length = 0;
        for (GraphVertex vertex : vertices.values()) {
            if (vertex instanceof LayerVertex other) {
                other.getLayerConf().clearVariables();
            }
            length += vertex.numParams(false);
        }
        ComputationGraph baked = new ComputationGraph(conf);
        baked.init(emptyParams(conf.getDataType(), length), false);
        for (org.deeplearning4j.nn.graph.vertex.GraphVertex vertex : baked.getVertices()) {
            String name = vertex.getVertexName();
            if (fill.containsKey(name)) {
                fill.get(name).accept(vertex.getLayer());
            } else if (vertex.numParams() > 0) {
                copyParams(net.getVertex(name).params(), vertex.params());
            }
        }
        BakedOutput.requireSame(net, baked, nodes(net.getConfiguration()), !unsure.isEmpty());
        return baked;
    }

    /** The name, or the name with a number where the graph has one like it; taken from now on. */
    private static String free(String name, Set<String> taken) {
        String free = name;
        for (int i = 2; !taken.add(free); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    private static Map<String, Node<String>> nodes(ComputationGraphConfiguration conf) {
        Map<String, Node<String>> nodes = new LinkedHashMap<>();
        conf.getVertices().forEach((name, vertex) -> {
            LayerVertex lv = vertex instanceof LayerVertex v ? v : null;
            nodes.put(
                    name,
                    new Node<>(
                            lv == null
                                    ? vertex
                                    : Frozen.content(lv.getLayerConf().getLayer()),
                            lv == null ? null : lv.getPreProcessor(),
                            conf.getVertexInputs().get(name)));
        });
        return nodes;
    }

    /** A baked model must load without this library; the loss does not change what it puts out. */
    private static void replaceOwnLoss(Layer layer) {
        if (layer instanceof BaseOutputLayer output && isOwn(output.getLossFn())) {
            output.setLossFn(new LossMSE());
        } else if (layer instanceof LossLayer loss && isOwn(loss.getLossFn())) {
            loss.setLossFn(new LossMSE());
        } else if (layer instanceof RnnLossLayer loss && isOwn(loss.getLossFn())) {
            loss.setLossFn(new LossMSE());
        }
    }

    private static boolean isOwn(ILossFunction loss) {
        return loss instanceof LossSimilarity;
    }

    private static InputPreProcessor compose(InputPreProcessor first, InputPreProcessor second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        if (first instanceof FeedForwardToRnnPreProcessor toRnn
                && second instanceof RnnToFeedForwardPreProcessor toRows
                && toRnn.getRnnDataFormat() == toRows.getRnnDataFormat()) {
            return null;
        }
        return new ComposableInputPreProcessor(first, second);
    }

    private static void put(Map<Integer, InputPreProcessor> all, int index, InputPreProcessor preProcessor) {
        if (preProcessor != null) {
            all.put(index, preProcessor);
        }
    }

    private static NeuralNetConfiguration with(NeuralNetConfiguration like, Layer layer) {
        NeuralNetConfiguration conf = like.clone();
        conf.setLayer(layer);
        return conf;
    }

    private static Layer identity() {
        return new ActivationLayer.Builder()
                .activation(Activation.IDENTITY)
                .name("sequences")
                .build();
    }

    private static INDArray emptyParams(DataType type, long length) {
        return length == 0 ? null : Nd4j.create(type, 1, length);
    }

    private static void copyParams(INDArray from, INDArray to) {
        if (from != null && from.length() > 0) {
            to.assign(from.reshape(to.shape()));
        }
    }
}
