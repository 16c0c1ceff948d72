package io.github.qrreduction.benchmarks;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How far apart two cores are: nanoseconds for a number to go to another thread and its answer to come back. Some 70
 * where the cores share a cache, several times that where they do not. On a virtual machine it may change at any time,
 * as the host moves the cores, and with it the speed of OpenBLAS, whose threads wait for each other within a product.
 */
final class CoreDistance {

    /** Nanoseconds up to which cores share a cache: such have been seen to take 45 to 125, others 280 and more. */
    static final double NEAR = 150;

    private static final int MESSAGES = 20_000;
    private static final int WARM_UP = 2_000;
    /** In the middle of an array, so that no other data share the cache line. */
    private static final int PLACE = 32;

    private CoreDistance() {}

    /** Zero where there is one core only. */
    static double nanoseconds() {
        if (Runtime.getRuntime().availableProcessors() == 1) {
            return 0;
        }
        AtomicLongArray shared = new AtomicLongArray(2 * PLACE);
        Thread other = new Thread(() -> {
            for (long i = 1; i <= MESSAGES; i++) {
                await(shared, 2 * i - 1);
                shared.set(PLACE, 2 * i);
            }
        });
        other.setDaemon(true);
        other.start();
        long start = 0;
        for (long i = 1; i <= MESSAGES; i++) {
            if (i == WARM_UP + 1) {
                start = System.nanoTime();
            }
            shared.set(PLACE, 2 * i - 1);
            await(shared, 2 * i);
        }
        return (System.nanoTime() - start) / (double) (MESSAGES - WARM_UP);
    }

    private static void await(AtomicLongArray shared, long value) {
        while (shared.get(PLACE) != value) {
            Thread.onSpinWait();
        }
    }
}
