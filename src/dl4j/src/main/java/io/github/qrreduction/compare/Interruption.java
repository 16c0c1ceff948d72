package io.github.qrreduction.compare;

import java.util.concurrent.CancellationException;

/** Ends long work on a thread that was interrupted. */
final class Interruption {
    private Interruption() {}

    /** Looks at the flag and leaves it set. */
    static void check(String during) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted during " + during);
        }
    }
}
