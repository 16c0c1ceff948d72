package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.VectorWriter;
import java.io.IOException;
import java.util.concurrent.CancellationException;

/**
 * Closes what is half written when the user ends the command, by ctrl-C or a signal. It begins before the writing does.
 */
final class Ending implements AutoCloseable {

    private final Thread hook = new Thread(this::run);
    private VectorWriter halfWritten;
    private boolean begun;

    private Ending() {}

    /** From now on until {@link #close}. */
    static Ending guarded() {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(ending.hook);
        return ending;
    }

    /** Opens a file that is not whole before it is finished. */
    interface Opening {
        VectorWriter open() throws IOException;
    }

    /**
     * Opens something to write; the end of the command waits for that, and closes it.
     *
     * @param opening makes the writer, whose close takes away what it has not finished
     * @throws CancellationException if the command is being ended
     */
    synchronized VectorWriter open(Opening opening) throws IOException {
        if (begun) {
            throw new CancellationException();
        }
        halfWritten = opening.open();
        return halfWritten;
    }

    /** What the JVM does as it ends. */
    synchronized void run() {
        begun = true;
        if (halfWritten == null) {
            return;
        }
        try {
            halfWritten.close();
        } catch (IOException e) {
            // There is nobody left to tell.
        }
    }

    /** Whether the command is being ended, so that failures are its doing. */
    synchronized boolean hasBegun() {
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
