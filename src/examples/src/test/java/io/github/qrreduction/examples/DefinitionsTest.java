package io.github.qrreduction.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class DefinitionsTest {

    private final Definitions definitions = Definitions.of("noun.person", "noun.animal");

    @Test
    void eachDefinitionComesAsWordsAndAsASentence() {
        assertThat(definitions.trainWords().getFeatures().shape())
                .containsExactly(definitions.trainSentences().numExamples(), Definitions.WORD, Definitions.LENGTH);
        assertThat(definitions.trainSentences().getFeatures().size(1)).isEqualTo(384);
        assertThat(definitions.trainWords().getLabels())
                .isEqualTo(definitions.trainSentences().getLabels());
        assertThat(definitions.testWords().getLabels())
                .isEqualTo(definitions.testSentences().getLabels());
        int all =
                definitions.trainWords().numExamples() + definitions.testWords().numExamples();
        assertThat(all).isBetween(750, 778);
        assertThat(definitions.testWords().numExamples()).isEqualTo((all + 3) / 4);
    }

    @Test
    void wordsAreThereWhereTheMaskSaysSo() {
        DataSet words = definitions.testWords();
        INDArray lengths = words.getFeatures().norm2(1);

        assertThat(lengths.gt(0)).isEqualTo(words.getFeaturesMaskArray().gt(0));
        assertThat(words.getFeaturesMaskArray().sum(1).minNumber().intValue()).isPositive();
    }
}
