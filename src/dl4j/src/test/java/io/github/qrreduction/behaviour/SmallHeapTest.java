package io.github.qrreduction.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.testutil.ChildJvm;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What is large is native: a small heap is enough, whatever the data. */
class SmallHeapTest {

    /** A covariance of 2048 columns is 34 MB, more than half of this heap. */
    private static final String HEAP = "-Xmx64m";

    @Test
    void principalComponentsOfDataWithAConstantColumnMakeNoCopyOnTheHeap() throws IOException, InterruptedException {
        ChildJvm.Result result =
                ChildJvm.with(HEAP, "-Dorg.bytedeco.javacpp.maxbytes=1g").run(Fit.class);

        assertThat(result.printed()).contains("2048 eigenvalues, the last 0.0");
        assertThat(result.exitCode()).isZero();
    }

    /** The process. */
    static final class Fit {
        public static void main(String[] args) {
            INDArray x = Nd4j.randn(DataType.FLOAT, 2200, 2048);
            x.getColumn(7).assign(3);
            double[] eigenvalues = PrincipalComponents.fit(x, 8).eigenvalues();
            System.out.println(eigenvalues.length + " eigenvalues, the last "
                    + Arrays.stream(eigenvalues).min().orElseThrow());
        }
    }
}
