package io.github.qrreduction.internal.lapack;

import java.util.concurrent.CancellationException;

/** Ends long work on a thread that was interrupted. */
public final class Interruption {
    private Interruption() {}

    /**
     * Looks at the flag and leaves it set, so that whoever runs the thread sees it too.
     *
     * @param during what is going on, for the message
     * @throws CancellationException if it is set
     */
    public static void check(String during) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted during " + during);
        }
    }
}
