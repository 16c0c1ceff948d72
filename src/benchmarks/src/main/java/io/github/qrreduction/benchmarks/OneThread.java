package io.github.qrreduction.benchmarks;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The executor of every JMH run of this JVM: always the same thread, for OpenMP has a team of threads, and DL4J its
 * workspaces, for each thread that calls them.
 */
public final class OneThread extends AbstractExecutorService {

    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "benchmark");
        thread.setDaemon(true);
        return thread;
    });

    private volatile boolean shutdown;

    /** As JMH calls it; both arguments are of no use with one thread. */
    @SuppressWarnings("UnusedVariable")
    public OneThread(int maxThreads, String prefix) {}

    /** Makes JMH use this class; before its first run. */
    static void use() {
        System.setProperty("jmh.executor", "CUSTOM");
        System.setProperty("jmh.executor.class", OneThread.class.getName());
    }

    @Override
    public void execute(Runnable task) {
        THREAD.execute(task);
    }

    /** The thread stays for the next run. */
    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
