package io.github.qrreduction.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ContextOpTest {

    @ParameterizedTest
    @CsvSource({"FLOAT", "DOUBLE", "HALF"})
    void aRowIsAddedInPlaceOrElsewhereAndRowsAreSummed(DataType type) {
        INDArray x = Nd4j.createFromArray(1, 2, 3, 4, 5, 6).castTo(type).reshape(3, 2);
        INDArray row = Nd4j.createFromArray(10, 20).castTo(type);
        PlanStep add = new PlanStep.AddRow("x", "b", "y");
        INDArray y = Nd4j.create(type, 3, 2);
        add.run(y, null, x, row);
        assertThat(y.toDoubleMatrix()).isEqualTo(new double[][] {{11, 22}, {13, 24}, {15, 26}});
        add.run(y, null, y, row);
        assertThat(y.toDoubleMatrix()).isEqualTo(new double[][] {{21, 42}, {23, 44}, {25, 46}});

        INDArray sum = Nd4j.create(type, 2);
        new PlanStep.SumRows("x", "s").run(sum, null, x);
        assertThat(sum.toDoubleVector()).containsExactly(9, 12);
    }
}
