package io.github.qrreduction.cli;

import java.io.Closeable;
import java.io.IOException;

/** Closes what is half written when the user ends the command, by ctrl-C or a signal. */
final class Ending implements AutoCloseable {

    private final Closeable halfWritten;
    private final Thread hook;
    private volatile boolean begun;

    private Ending(Closeable halfWritten) {
        this.halfWritten = halfWritten;
        this.hook = new Thread(this::run);
    }

    /**
     * From now on until {@link #close}.
     *
     * @param halfWritten whose close takes away what it has not finished
     */
    static Ending of(Closeable halfWritten) {
        Ending ending = new Ending(halfWritten);
        Runtime.getRuntime().addShutdownHook(ending.hook);
        return ending;
    }

    /** What the JVM does as it ends. */
    void run() {
        begun = true;
        try {
            halfWritten.close();
        } catch (IOException e) {
            // There is nobody left to tell.
        }
    }

    /** Whether the command is being ended, so that failures are its doing. */
    boolean hasBegun() {
        return begun;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running.
        }
    }
}
