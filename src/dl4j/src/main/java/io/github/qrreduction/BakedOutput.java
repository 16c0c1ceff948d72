package io.github.qrreduction;

import io.github.qrreduction.SequenceInputs.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Whether a baked network puts out what the original does, on made-up input. Without an InputType, whether layers read
 * rows or sequences is taken from their neighbours: what they do not say, or say wrongly, shows here.
 */
final class BakedOutput {

    private static final int BATCH = 3;
    private static final int STEPS = 4;

    private BakedOutput() {}

    /**
     * Compares.
     *
     * @param unsure whether nothing has said what some layer reads
     * @throws IllegalArgumentException if the outputs differ, or if rows and sequences are both possible
     */
    static void requireSame(
            MultiLayerNetwork original, MultiLayerNetwork baked, Map<Integer, Node<Integer>> nodes, boolean unsure) {
        requireSame(
                x -> new INDArray[] {original.output(x[0])},
                x -> new INDArray[] {baked.output(x[0])},
                inputs(nodes, List.of(-1), original.getLayerWiseConfigurations().getDataType()),
                unsure);
    }

    /** As the other. */
    static void requireSame(
            ComputationGraph original, ComputationGraph baked, Map<String, Node<String>> nodes, boolean unsure) {
        requireSame(
                original::output,
                baked::output,
                inputs(
                        nodes,
                        original.getConfiguration().getNetworkInputs(),
                        original.getConfiguration().getDataType()),
                unsure);
    }

    /** The likely kind of input first. Empty where the original's input cannot be made up: pictures, words. */
    private static <K> List<INDArray[]> inputs(Map<K, Node<K>> nodes, List<K> names, DataType type) {
        SequenceInputs<K> kinds = new SequenceInputs<>(nodes);
        long[] sizes = new long[names.size()];
        boolean[] likely = new boolean[names.size()];
        boolean[] stepsFirst = new boolean[names.size()];
        for (int i = 0; i < sizes.length; i++) {
            K name = names.get(i);
            Optional<K> reader = nodes.keySet().stream()
                    .filter(key -> nodes.get(key).inputs().contains(name)
                            && nodes.get(key).preProcessor() == null
                            && size(nodes.get(key).part()) > 0)
                    .findFirst();
            if (reader.isEmpty()) {
                return List.of();
            }
            Object part = nodes.get(reader.get()).part();
            sizes[i] = size(part);
            stepsFirst[i] = format(part) == RNNFormat.NWC;
            likely[i] =
                    SequenceKinds.takenBy(part).or(() -> kinds.at(reader.get())).orElse(false);
        }
        List<INDArray[]> candidates = new ArrayList<>();
        candidates.add(madeUp(sizes, stepsFirst, likely, type));
        for (boolean sequences : new boolean[] {false, true}) {
            boolean[] all = new boolean[sizes.length];
            Arrays.fill(all, sequences);
            candidates.add(madeUp(sizes, stepsFirst, all, type));
        }
        return candidates;
    }

    private static long size(Object part) {
        if (part instanceof ComponentLayer own) {
            return own.getNIn();
        }
        return part instanceof FeedForwardLayer layer ? layer.getNIn() : 0;
    }

    private static RNNFormat format(Object part) {
        if (part instanceof ComponentLayer own) {
            return own.getDataFormat();
        }
        return part instanceof BaseRecurrentLayer layer ? layer.getRnnDataFormat() : RNNFormat.NCW;
    }

    /** As many steps as numbers in each would hide a wrong format, so there are not. */
    private static INDArray[] madeUp(long[] sizes, boolean[] stepsFirst, boolean[] sequences, DataType type) {
        Random random = new Random(1);
        INDArray[] all = new INDArray[sizes.length];
        for (int i = 0; i < all.length; i++) {
            long steps = sizes[i] == STEPS ? STEPS + 1 : STEPS;
            long[] ofSequences =
                    stepsFirst[i] ? new long[] {BATCH, steps, sizes[i]} : new long[] {BATCH, sizes[i], steps};
            INDArray x = Nd4j.create(DataType.DOUBLE, sequences[i] ? ofSequences : new long[] {BATCH, sizes[i]});
            INDArray flat = x.reshape(x.length());
            for (long j = 0; j < flat.length(); j++) {
                flat.putScalar(j, random.nextGaussian());
            }
            all[i] = x.castTo(type);
        }
        return all;
    }

    private static void requireSame(
            Function<INDArray[], INDArray[]> original,
            Function<INDArray[], INDArray[]> baked,
            List<INDArray[]> candidates,
            boolean unsure) {
        int taken = 0;
        for (INDArray[] x : candidates) {
            if (taken > 0 && !unsure) {
                return;
            }
            INDArray[] expected = outputs(original, x);
            if (expected != null) {
                taken++;
                if (!same(outputs(baked, x), expected)) {
                    throw new IllegalArgumentException("cannot tell whether layers of this network read rows or"
                            + " sequences: expected the output of shape " + shapes(expected) + " for made-up input of"
                            + " shape " + shapes(x) + " from the baked network too. Give the network's configuration"
                            + " an InputType (setInputType, setInputTypes), and bake it again.");
                }
            }
        }
    }

    private static INDArray[] outputs(Function<INDArray[], INDArray[]> network, INDArray[] x) {
        try {
            return network.apply(Arrays.stream(x).map(INDArray::dup).toArray(INDArray[]::new));
        } catch (RuntimeException notOfThisKind) {
            return null;
        }
    }

    private static boolean same(INDArray[] actual, INDArray[] expected) {
        if (actual == null) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (!Arrays.equals(actual[i].shape(), expected[i].shape())) {
                return false;
            }
            INDArray e = expected[i].castTo(DataType.DOUBLE);
            double size = Math.max(1, e.amaxNumber().doubleValue());
            double difference =
                    actual[i].castTo(DataType.DOUBLE).sub(e).amaxNumber().doubleValue();
            // Parameters that are not finite put out NaN, in which nothing can be compared.
            if (Double.isFinite(size) && difference > rounding(expected[i].dataType()) * size) {
                return false;
            }
        }
        return true;
    }

    /** What other orders of sums explain, by far: another kind of input gives other numbers altogether. */
    private static double rounding(DataType type) {
        return switch (type) {
            case DOUBLE -> 1e-9;
            case FLOAT -> 1e-3;
            default -> 1e-1;
        };
    }

    private static String shapes(INDArray[] arrays) {
        return String.join(
                ", ", Arrays.stream(arrays).map(a -> Arrays.toString(a.shape())).toList());
    }
}
