package io.github.qrreduction.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

class DigitsTest {

    private static final int[] FIRST_TEST_LABELS = {7, 1, 9, 6, 4, 5, 8, 5, 5, 6};

    private final Digits digits = Digits.load();

    @Test
    void holds1437TrainingAnd360TestDigitsOf64Pixels() {
        assertThat(digits.train().getFeatures().shape()).containsExactly(1437, 64);
        assertThat(digits.train().getLabels().shape()).containsExactly(1437, 10);
        assertThat(digits.test().getFeatures().shape()).containsExactly(360, 64);
        assertThat(digits.test().getLabels().shape()).containsExactly(360, 10);
        assertThat(digits.train().getFeatures().dataType()).isEqualTo(DataType.FLOAT);
    }

    @Test
    void pixelsAreScaledToTheUnitIntervalAndLabelsAreOneHot() {
        for (DataSet part : new DataSet[] {digits.train(), digits.test()}) {
            assertThat(part.getFeatures().minNumber().floatValue()).isEqualTo(0f);
            assertThat(part.getFeatures().maxNumber().floatValue()).isEqualTo(1f);
            assertThat(part.getLabels().sum(1).toFloatVector()).containsOnly(1f);
            assertThat(part.getLabels().max(1).toFloatVector()).containsOnly(1f);
        }
    }

    @Test
    void theTwoPartsTogetherHoldEveryDigitOfTheFile() {
        INDArray counts =
                digits.train().getLabels().sum(0).add(digits.test().getLabels().sum(0));

        assertThat(counts.toIntVector()).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    }

    @Test
    void theSplitIsShuffledAndTheSameEveryTime() {
        Digits again = Digits.load();

        assertThat(again.train().getFeatures()).isEqualTo(digits.train().getFeatures());
        assertThat(again.test().getFeatures()).isEqualTo(digits.test().getFeatures());
        assertThat(again.test().getLabels()).isEqualTo(digits.test().getLabels());
        // Fixed by java.util.Random, whose sequence the Java specification prescribes.
        assertThat(firstLabels(digits.test(), 10)).containsExactly(FIRST_TEST_LABELS);
        assertThat(digits.test().getLabels().sum(0).minNumber().intValue()).isGreaterThanOrEqualTo(20);
    }

    @Test
    void batchesCoverTheTrainingDigitsInOrderAndCanBeReset() {
        DataSetIterator batches = digits.trainBatches(32);
        for (int pass = 0; pass < 2; pass++) {
            int count = 0;
            long examples = 0;
            while (batches.hasNext()) {
                DataSet batch = batches.next();
                if (examples == 0) {
                    assertThat(batch.getFeatures().shape()).containsExactly(32, 64);
                    assertThat(firstLabels(batch, 32)).containsExactly(firstLabels(digits.train(), 32));
                }
                examples += batch.numExamples();
                count++;
            }
            assertThat(count).isEqualTo(45);
            assertThat(examples).isEqualTo(1437);
            batches.reset();
        }
    }

    private static int[] firstLabels(DataSet data, int count) {
        int[] labels = data.getLabels().argMax(1).toIntVector();
        return Arrays.copyOf(labels, count);
    }
}
