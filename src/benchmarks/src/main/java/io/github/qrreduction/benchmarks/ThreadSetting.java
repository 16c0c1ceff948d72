package io.github.qrreduction.benchmarks;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * A way to make a process faster as it starts. Most keep nd4j-native's two thread pools, libgomp's (ND4J's own
 * operations) and OpenBLAS's (products), from waiting against each other.
 */
enum ThreadSetting {
    DEFAULT("nothing", Map.of()),
    PASSIVE("OMP_WAIT_POLICY=passive", Map.of("OMP_WAIT_POLICY", "passive")),
    NO_SPINNING("GOMP_SPINCOUNT=0", Map.of("GOMP_SPINCOUNT", "0")),
    PASSIVE_AND_SHORT_BLAS(
            "OMP_WAIT_POLICY=passive OPENBLAS_THREAD_TIMEOUT=10",
            Map.of("OMP_WAIT_POLICY", "passive", "OPENBLAS_THREAD_TIMEOUT", "10")),
    SHORT_BLAS("OPENBLAS_THREAD_TIMEOUT=10", Map.of("OPENBLAS_THREAD_TIMEOUT", "10")),
    ONE_THREAD("OMP_NUM_THREADS=1", Map.of("OMP_NUM_THREADS", "1")),
    TWO_THREADS("OMP_NUM_THREADS=2", Map.of("OMP_NUM_THREADS", "2")),
    TWO_THREADS_PASSIVE(
            "OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive", Map.of("OMP_NUM_THREADS", "2", "OMP_WAIT_POLICY", "passive")),

    NO_PHYSICAL_LIMIT("-Dorg.bytedeco.javacpp.maxphysicalbytes=0", Map.of(), ThreadSetting.NO_LIMIT),
    PASSIVE_NO_PHYSICAL_LIMIT(
            "OMP_WAIT_POLICY=passive, -Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            Map.of("OMP_WAIT_POLICY", "passive"),
            ThreadSetting.NO_LIMIT),

    ONE_OMP_THREAD("in the process: NativeOps.setOmpNumThreads(1)", Map.of()) {
        @Override
        void apply() {
            NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        }
    },
    ONE_ND4J_THREAD("in the process: Environment.setMaxThreads(1), setMaxMasterThreads(1)", Map.of()) {
        @Override
        void apply() {
            Nd4j.getEnvironment().setMaxThreads(1);
            Nd4j.getEnvironment().setMaxMasterThreads(1);
        }
    },
    HIGH_THRESHOLD("in the process: Environment.setElementwiseThreshold(2^20), setTadThreshold(2^20)", Map.of()) {
        @Override
        void apply() {
            Nd4j.getEnvironment().setElementwiseThreshold(1 << 20);
            Nd4j.getEnvironment().setTadThreshold(1 << 20);
        }
    },
    ONE_BLAS_THREAD("in the process: Blas.setMaxThreads(1)", Map.of()) {
        @Override
        void apply() {
            Nd4j.factory().blas().setMaxThreads(1);
        }
    },
    ONE_BUT_BLAS("in the process: all of these but BLAS", Map.of()) {
        @Override
        void apply() {
            ONE_OMP_THREAD.apply();
            ONE_ND4J_THREAD.apply();
            HIGH_THRESHOLD.apply();
        }
    },
    ONE_OF_EACH("in the process: all of these", Map.of()) {
        @Override
        void apply() {
            ONE_BUT_BLAS.apply();
            ONE_BLAS_THREAD.apply();
        }
    };

    /** JavaCPP then need not ask the system for the process's memory whenever it makes a pointer. */
    private static final String NO_LIMIT = "-Dorg.bytedeco.javacpp.maxphysicalbytes=0";

    /** Names the setting of a process; unset, DEFAULT. */
    static final String PROPERTY = "benchmark.threads";

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that no one can change
    private final Map<String, String> environment;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that no one can change
    private final List<String> options;

    ThreadSetting(String title, Map<String, String> environment, String... options) {
        this.title = title;
        this.environment = Map.copyOf(environment);
        this.options = List.of(options);
    }

    String title() {
        return title;
    }

    /** Variables to start the process with, in place of all others that matter here. */
    Map<String, String> environment() {
        return environment;
    }

    /** Options to start the JVM with, after all others. */
    List<String> options() {
        return options;
    }

    /** Calls to make before the first operation, in the thread that will work: OpenMP keeps its count by thread. */
    void apply() {}

    /** The setting that this process was started with. */
    static ThreadSetting current() {
        return valueOf(System.getProperty(PROPERTY, DEFAULT.name()));
    }
}
