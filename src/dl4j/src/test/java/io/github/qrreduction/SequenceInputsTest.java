package io.github.qrreduction;

import static io.github.qrreduction.testutil.Networks.reduction;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.SequenceInputs.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

class SequenceInputsTest {

    private static final int REDUCTION = 1;

    static Stream<Layer> layersOfSequences() {
        return Stream.of(
                lstm(),
                new Bidirectional(lstm()),
                new LastTimeStep(lstm()),
                new RnnOutputLayer.Builder().nIn(2).nOut(2).build(),
                new RnnLossLayer.Builder().build(),
                new TimeDistributed(dense()),
                new EmbeddingSequenceLayer.Builder().nIn(2).nOut(2).build(),
                new Convolution1DLayer.Builder().nIn(2).nOut(2).kernelSize(1).build());
    }

    static Stream<Layer> layersOfRows() {
        return Stream.of(
                dense(),
                new OutputLayer.Builder().nIn(2).nOut(2).build(),
                new LossLayer.Builder().activation(Activation.IDENTITY).build());
    }

    @ParameterizedTest
    @MethodSource("layersOfSequences")
    void beforeALayerThatTakesSequencesThereAreSequences(Layer reader) {
        assertThat(at(null, null, reader, null)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("layersOfRows")
    void beforeALayerThatTakesRowsThereAreRows(Layer reader) {
        assertThat(at(null, null, reader, null)).isFalse();
    }

    @Test
    void whatComesBeforeOutweighsWhatComesAfter() {
        assertThat(at(lstm(), null, dense(), null)).isTrue();
        assertThat(at(dense(), null, lstm(), null)).isFalse();
    }

    @Test
    void layersThatEndASequencePutOutRows() {
        assertThat(at(new LastTimeStep(lstm()), null, lstm(), null)).isFalse();
        assertThat(at(new GlobalPoolingLayer(), null, lstm(), null)).isFalse();
    }

    @Test
    void aPreProcessorSaysWhatItConvertsTo() {
        Layer dense = dense();
        Layer lstm = lstm();
        assertThat(at(dense, new FeedForwardToRnnPreProcessor(), dense, null)).isTrue();
        assertThat(at(dense, new CnnToRnnPreProcessor(1, 2, 1), dense, null)).isTrue();
        assertThat(at(lstm, new RnnToFeedForwardPreProcessor(), lstm, null)).isFalse();
        assertThat(at(lstm, new CnnToFeedForwardPreProcessor(1, 2, 1), lstm, null))
                .isFalse();
    }

    @Test
    void aReadersPreProcessorSaysWhatItConvertsFrom() {
        assertThat(at(null, null, dense(), new RnnToFeedForwardPreProcessor())).isTrue();
        assertThat(at(null, null, lstm(), new FeedForwardToRnnPreProcessor())).isFalse();
    }

    @Test
    void layersThatTakeEitherAreLookedThrough() {
        Layer activation =
                new ActivationLayer.Builder().activation(Activation.TANH).build();
        Map<Integer, Node<Integer>> nodes = new HashMap<>();
        nodes.put(0, new Node<>(lstm(), null, List.of(-1)));
        nodes.put(REDUCTION, new Node<>(activation, null, List.of(0)));
        nodes.put(2, new Node<>(reduction(2, 1).build(), null, List.of(REDUCTION)));
        assertThat(new SequenceInputs<>(nodes).at(2)).contains(true);

        nodes.put(0, new Node<>(reduction(2, 1).build(), null, List.of(-1)));
        nodes.put(2, new Node<>(lstm(), null, List.of(REDUCTION)));
        assertThat(new SequenceInputs<>(nodes).at(0)).contains(true);
    }

    @Test
    void unknownWhereNothingSaysIt() {
        Map<Integer, Node<Integer>> alone = Map.of(0, new Node<>(reduction(2, 1).build(), null, List.of(-1)));
        assertThat(new SequenceInputs<>(alone).at(0)).isEmpty();
        assertThat(new SequenceInputs<>(Map.<Integer, Node<Integer>>of()).at(0)).isEmpty();
    }

    @Test
    void verticesThatChangeTheKindCountToo() {
        assertThat(between(new DuplicateToTimeSeriesVertex("in"), null)).isTrue();
        assertThat(between(new ReverseTimeSeriesVertex("in"), null)).isTrue();
        assertThat(between(new LastTimeStepVertex("in"), null)).isFalse();
        assertThat(between(new PreprocessorVertex(new FeedForwardToRnnPreProcessor()), null))
                .isTrue();
        assertThat(between(null, new DuplicateToTimeSeriesVertex("in"))).isFalse();
        assertThat(between(null, new LastTimeStepVertex("in"))).isTrue();
        assertThat(between(null, new PreprocessorVertex(new RnnToFeedForwardPreProcessor())))
                .isTrue();
        assertThat(between(null, new GlobalPoolingLayer())).isTrue();
        assertThat(between(null, new RepeatVector.Builder<>(3).build())).isFalse();
        assertThat(between(new RepeatVector.Builder<>(3).build(), null)).isTrue();
        assertThat(between(null, new MaskZeroLayer(lstm(), 0))).isTrue();
        assertThat(between(
                        null,
                        new SelfAttentionLayer.Builder()
                                .nIn(2)
                                .nOut(2)
                                .nHeads(1)
                                .projectInput(true)
                                .build()))
                .isTrue();
        assertThat(between(null, new Subsampling1DLayer.Builder().build())).isTrue();
    }

    /** Each block reads the one before it twice; a walk that forgot where it was would double its steps with each. */
    @Test
    void aGraphOfManyBranchesIsWalkedOnce() {
        Map<Integer, Node<Integer>> nodes = new HashMap<>();
        nodes.put(0, new Node<>(reduction(2, 2).build(), null, List.of(-1)));
        for (int i = 1; i < 400; i += 2) {
            nodes.put(i, new Node<>(reduction(2, 2).build(), null, List.of(i - 1)));
            nodes.put(i + 1, new Node<>(null, null, List.of(i, i - 1)));
        }
        assertThat(new SequenceInputs<>(nodes).at(399)).isEmpty();
        nodes.put(401, new Node<>(lstm(), null, List.of(400)));
        assertThat(new SequenceInputs<>(nodes).at(0)).contains(true);
    }

    private static boolean between(Object before, Object after) {
        Map<Integer, Node<Integer>> nodes = new HashMap<>();
        nodes.put(0, new Node<>(before, null, List.of(-1)));
        nodes.put(REDUCTION, new Node<>(reduction(2, 1).build(), null, List.of(0)));
        nodes.put(2, new Node<>(after, null, List.of(REDUCTION)));
        return new SequenceInputs<>(nodes).at(REDUCTION).orElseThrow();
    }

    /** A reduction between two layers, either of which may be null, for something of no kind. */
    private static boolean at(Layer before, InputPreProcessor own, Layer reader, InputPreProcessor readers) {
        Map<Integer, Node<Integer>> nodes = new HashMap<>();
        nodes.put(0, new Node<>(before, null, List.of(-1)));
        nodes.put(REDUCTION, new Node<>(reduction(2, 1).build(), own, List.of(0)));
        nodes.put(2, new Node<>(reader, readers, List.of(REDUCTION)));
        return new SequenceInputs<>(nodes).at(REDUCTION).orElseThrow();
    }

    private static LSTM lstm() {
        return new LSTM.Builder().nIn(2).nOut(2).build();
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nIn(2).nOut(2).build();
    }
}
