package io.github.qrreduction;

import java.util.Optional;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;

/**
 * What DL4J's layers, vertices and preprocessors take and give, where their kind says it: sequences (true), rows
 * (false), or either (empty).
 */
final class SequenceKinds {

    private static final Optional<Boolean> SEQUENCES = Optional.of(true);
    private static final Optional<Boolean> ROWS = Optional.of(false);

    private SequenceKinds() {}

    static Optional<Boolean> takenBy(InputPreProcessor p) {
        if (p instanceof ComposableInputPreProcessor several) {
            return takenBy(several.getInputPreProcessors()[0]);
        }
        if (p instanceof RnnToFeedForwardPreProcessor || p instanceof RnnToCnnPreProcessor) {
            return SEQUENCES;
        }
        return p instanceof FeedForwardToRnnPreProcessor ? ROWS : Optional.empty();
    }

    static Optional<Boolean> givenBy(InputPreProcessor p) {
        if (p instanceof ComposableInputPreProcessor several) {
            InputPreProcessor[] all = several.getInputPreProcessors();
            return givenBy(all[all.length - 1]);
        }
        if (p instanceof FeedForwardToRnnPreProcessor || p instanceof CnnToRnnPreProcessor) {
            return SEQUENCES;
        }
        return p instanceof RnnToFeedForwardPreProcessor
                        || p instanceof CnnToFeedForwardPreProcessor
                        || p instanceof Cnn3DToFeedForwardPreProcessor
                ? ROWS
                : Optional.empty();
    }

    /** Of a layer's or a vertex's configuration. */
    static Optional<Boolean> takenBy(Object part) {
        if (part instanceof PreprocessorVertex vertex) {
            return takenBy(vertex.getPreProcessor());
        }
        if (part instanceof LastTimeStepVertex
                || part instanceof LastTimeStep
                || part instanceof GlobalPoolingLayer
                || keepsSequences(part)) {
            return SEQUENCES;
        }
        if (part instanceof DuplicateToTimeSeriesVertex || part instanceof RepeatVector || keepsRows(part)) {
            return ROWS;
        }
        return part instanceof BaseWrapperLayer wrapper ? takenBy(wrapper.getUnderlying()) : Optional.empty();
    }

    /** Of a layer's or a vertex's configuration. */
    static Optional<Boolean> givenBy(Object part) {
        if (part instanceof PreprocessorVertex vertex) {
            return givenBy(vertex.getPreProcessor());
        }
        if (part instanceof DuplicateToTimeSeriesVertex || part instanceof RepeatVector || keepsSequences(part)) {
            return SEQUENCES;
        }
        if (part instanceof LastTimeStepVertex
                || part instanceof LastTimeStep
                || part instanceof GlobalPoolingLayer
                || keepsRows(part)) {
            return ROWS;
        }
        return part instanceof BaseWrapperLayer wrapper ? givenBy(wrapper.getUnderlying()) : Optional.empty();
    }

    private static boolean keepsSequences(Object part) {
        return part instanceof BaseRecurrentLayer
                || part instanceof Bidirectional
                || part instanceof MaskZeroLayer
                || part instanceof TimeDistributed
                || part instanceof RnnOutputLayer
                || part instanceof RnnLossLayer
                || part instanceof EmbeddingSequenceLayer
                || part instanceof SelfAttentionLayer
                || part instanceof LearnedSelfAttentionLayer
                || part instanceof RecurrentAttentionLayer
                || part instanceof Convolution1DLayer
                || part instanceof LocallyConnected1D
                || part instanceof Subsampling1DLayer
                || part instanceof Upsampling1D
                || part instanceof ZeroPadding1DLayer
                || part instanceof Cropping1D
                || part instanceof ReverseTimeSeriesVertex
                || part instanceof AttentionVertex;
    }

    private static boolean keepsRows(Object part) {
        return part instanceof DenseLayer
                || part instanceof OutputLayer
                || part instanceof LossLayer
                || part instanceof EmbeddingLayer;
    }
}
