package io.github.qrreduction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.InputPreProcessor;

/**
 * Whether a layer's input is sequences. The layers of this library take both, stock layers one or the other. Where no
 * InputType has said it, the neighbours do: first what comes before, then what comes after. Linear in the number of
 * connections.
 *
 * @param <K> what names a layer: its index, or its vertex's name
 */
final class SequenceInputs<K> {

    private final Map<K, Node<K>> nodes;
    private final Map<K, List<K>> readers = new HashMap<>();
    private final Map<K, Optional<Boolean>> before = new HashMap<>();
    private final Map<K, Optional<Boolean>> after = new HashMap<>();

    /**
     * A layer or vertex among its neighbours.
     *
     * @param part a layer's or a vertex's configuration; null for one that hands on what it gets
     * @param preProcessor null for none
     * @param inputs what it reads, as far as it is in the network
     */
    record Node<K>(Object part, InputPreProcessor preProcessor, List<K> inputs) {}

    SequenceInputs(Map<K, Node<K>> nodes) {
        this.nodes = nodes;
        nodes.forEach((key, node) -> node.inputs()
                .forEach(input ->
                        readers.computeIfAbsent(input, k -> new ArrayList<>()).add(key)));
    }

    /** Empty where neither an InputType nor a neighbour says it. */
    Optional<Boolean> at(K key) {
        return nodes.containsKey(key) ? before(key).or(() -> after(key)) : Optional.empty();
    }

    private Optional<Boolean> before(K key) {
        Optional<Boolean> known = before.get(key);
        if (known == null) {
            known = findBefore(nodes.get(key));
            before.put(key, known);
        }
        return known;
    }

    private Optional<Boolean> findBefore(Node<K> node) {
        if (node.part() instanceof ComponentLayer own && own.knownSequences() != null) {
            return Optional.of(own.knownSequences());
        }
        return SequenceKinds.givenBy(node.preProcessor())
                .or(() -> firstOf(
                        node.inputs(),
                        input -> SequenceKinds.givenBy(nodes.get(input).part()).or(() -> before(input))));
    }

    private Optional<Boolean> after(K key) {
        Optional<Boolean> known = after.get(key);
        if (known == null) {
            known = firstOf(
                    readers.getOrDefault(key, List.of()),
                    reader -> SequenceKinds.takenBy(nodes.get(reader).preProcessor())
                            .or(() -> SequenceKinds.takenBy(nodes.get(reader).part()))
                            .or(() -> after(reader)));
            after.put(key, known);
        }
        return known;
    }

    private Optional<Boolean> firstOf(List<K> keys, Function<K, Optional<Boolean>> ask) {
        return keys.stream()
                .filter(nodes::containsKey)
                .map(ask)
                .flatMap(Optional::stream)
                .findFirst();
    }
}
