package io.github.qrreduction.examples;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Matrices as small as the examples' are not worth a second thread: on two, each mostly waits for the other. */
final class OneThread {

    private OneThread() {}

    /** Has ND4J compute on the calling thread only, in the whole process. */
    static void use() {
        Nd4j.factory().blas().setMaxThreads(1);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }
}
