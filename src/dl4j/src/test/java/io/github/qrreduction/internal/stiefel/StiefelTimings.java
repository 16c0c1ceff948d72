package io.github.qrreduction.internal.stiefel;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Prints what a step's work on the manifold costs; asserts nothing. */
@Tag("long")
class StiefelTimings {
    private static final int WARM_UP = 400;
    private static final int RUNS = 101;

    @ParameterizedTest
    @CsvSource({"64, 768, FLOAT", "128, 784, FLOAT", "50, 30000, FLOAT", "64, 768, DOUBLE"})
    void printsMedians(int k, int n, DataType type) {
        Nd4j.getRandom().setSeed(3);
        INDArray q = Stiefel.uniform(k, n, type);
        INDArray gradient = Nd4j.randn(type, k, n).muli(0.01);
        INDArray work = gradient.dup('c');
        double copy = median(() -> work.assign(gradient));
        double projection = median(() -> Stiefel.projectToTangent(q, work.assign(gradient))) - copy;
        double retraction = median(() -> Stiefel.retractUpdate(q, work.assign(gradient))) - copy;
        double step = median(() -> {
                    Stiefel.projectToTangent(q, work.assign(gradient));
                    Stiefel.retractUpdate(q, work);
                })
                - copy;
        INDArray far = Nd4j.randn(type, k, n);
        double factor = median(() -> QRFactor.of(far, work));
        QRFactor factored = QRFactor.of(far);
        double vjp = median(() -> factored.vjp(gradient, work));
        INDArray ill = far.dup('c');
        ill.getRow(0).assign(ill.getRow(1).add(ill.getRow(2).mul(1e-7)));
        double householder = median(() -> QRFactor.of(ill, work));
        System.out.printf(
                Locale.ROOT,
                "%s %d x %d, microseconds: projection %.0f, retraction %.0f, both %.0f, "
                        + "QR factor %.0f, its VJP %.0f, QR factor by Householder %.0f%n",
                type,
                k,
                n,
                projection,
                retraction,
                step,
                factor,
                vjp,
                householder);
    }

    private static double median(Runnable work) {
        for (int i = 0; i < WARM_UP; i++) {
            work.run();
        }
        long[] times = new long[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            work.run();
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        return times[RUNS / 2] / 1e3;
    }
}
