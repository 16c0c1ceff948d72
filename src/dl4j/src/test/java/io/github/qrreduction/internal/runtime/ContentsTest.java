package io.github.qrreduction.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ContentsTest {

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "HALF"})
    void noticesAnyWriteIntoAViewOfALargerVectorAndNoneBesideIt(DataType type) {
        INDArray flat = Nd4j.linspace(DataType.DOUBLE, 1, 0.5, 20).castTo(type);
        INDArray view = flat.get(NDArrayIndex.interval(4, 16)).reshape('c', 3, 4);
        Contents contents = new Contents();
        assertThat(contents.equal(view)).isFalse();
        contents.remember(view);
        assertThat(contents.equal(view)).isTrue();
        flat.putScalar(3, -1);
        flat.putScalar(16, -1);
        assertThat(contents.equal(view)).isTrue();
        for (int i : new int[] {4, 9, 15}) {
            double before = flat.getDouble(i);
            flat.putScalar(i, before + 1);
            assertThat(contents.equal(view)).isFalse();
            flat.putScalar(i, before);
            assertThat(contents.equal(view)).isTrue();
        }
        INDArray step = Nd4j.rand(DataType.DOUBLE, 3, 4).castTo(type);
        contents.rememberDifference(view, step);
        view.subi(step);
        assertThat(contents.equal(view)).isTrue();
    }
}
