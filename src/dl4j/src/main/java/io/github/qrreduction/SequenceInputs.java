package io.github.qrreduction;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;

/**
 * Whether a layer's input is sequences. The layers of this library take both, stock layers one or the other. Where no
 * InputType has said it, the neighbours do: first what comes before, then what comes after; failing both, rows.
 *
 * @param <K> what names a layer: its index, or its vertex's name
 */
final class SequenceInputs<K> {

    private final Map<K, Node<K>> nodes;

    /**
     * A layer among its neighbours.
     *
     * @param conf null for what is not a layer
     * @param preProcessor null for none
     * @param inputs what it reads, as far as it is in the network
     */
    record Node<K>(Layer conf, InputPreProcessor preProcessor, List<K> inputs) {}

    SequenceInputs(Map<K, Node<K>> nodes) {
        this.nodes = nodes;
    }

    boolean at(K key) {
        return before(key).or(() -> after(key)).orElse(false);
    }

    private Optional<Boolean> before(K key) {
        Node<K> node = nodes.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (node.conf() instanceof ComponentLayer && ((ComponentLayer) node.conf()).knownSequences() != null) {
            return Optional.of(((ComponentLayer) node.conf()).knownSequences());
        }
        Optional<Boolean> converted = convertsTo(node.preProcessor());
        if (converted.isPresent()) {
            return converted;
        }
        return firstOf(node.inputs(), input -> output(nodes.get(input).conf()).or(() -> before(input)));
    }

    private Optional<Boolean> after(K key) {
        List<K> readers = nodes.entrySet().stream()
                .filter(e -> e.getValue().inputs().contains(key))
                .map(Map.Entry::getKey)
                .toList();
        return firstOf(readers, reader -> {
            Node<K> node = nodes.get(reader);
            Optional<Boolean> converted = convertsTo(node.preProcessor()).map(sequences -> !sequences);
            return converted.or(() -> input(node.conf())).or(() -> after(reader));
        });
    }

    private Optional<Boolean> firstOf(List<K> keys, Function<K, Optional<Boolean>> ask) {
        return keys.stream()
                .filter(nodes::containsKey)
                .map(ask)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Boolean> convertsTo(InputPreProcessor p) {
        if (p instanceof FeedForwardToRnnPreProcessor || p instanceof CnnToRnnPreProcessor) {
            return Optional.of(true);
        }
        return p instanceof RnnToFeedForwardPreProcessor || p instanceof CnnToFeedForwardPreProcessor
                ? Optional.of(false)
                : Optional.empty();
    }

    /** What a layer puts out, where its kind says so. */
    private static Optional<Boolean> output(Layer l) {
        return l instanceof LastTimeStep || l instanceof GlobalPoolingLayer ? Optional.of(false) : input(l);
    }

    /** What a layer takes, where its kind says so. */
    private static Optional<Boolean> input(Layer l) {
        if (l instanceof BaseRecurrentLayer
                || l instanceof Bidirectional
                || l instanceof LastTimeStep
                || l instanceof RnnOutputLayer
                || l instanceof RnnLossLayer
                || l instanceof TimeDistributed
                || l instanceof EmbeddingSequenceLayer
                || l instanceof Convolution1DLayer) {
            return Optional.of(true);
        }
        return l instanceof DenseLayer || l instanceof OutputLayer || l instanceof LossLayer
                ? Optional.of(false)
                : Optional.empty();
    }
}
