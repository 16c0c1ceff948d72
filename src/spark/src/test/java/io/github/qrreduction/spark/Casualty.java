package io.github.qrreduction.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Has one executor killed in the middle of a task: the first task that says {@link #here()} waits for its own end, and
 * the test's JVM kills that process by its id with SIGKILL.
 */
final class Casualty implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String marker;
    private final String pid;

    Casualty(Path folder) {
        marker = folder.resolve("victim").toString();
        pid = folder.resolve("pid").toString();
    }

    /** On an executor. */
    void here() {
        try {
            Files.createFile(Path.of(marker));
        } catch (FileAlreadyExistsException e) {
            // Somebody else has been chosen.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Path written = Files.writeString(
                    Path.of(pid + ".part"),
                    Long.toString(ProcessHandle.current().pid()));
            Files.move(written, Path.of(pid), StandardCopyOption.ATOMIC_MOVE);
            Thread.sleep(PATIENCE.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("expected to be killed, but nobody came");
    }

    /** On the driver, beside a job: kills processes, and gives its process once it has ended. */
    CompletableFuture<ProcessHandle> killer(StandaloneCluster cluster) {
        return CompletableFuture.supplyAsync(() -> {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!Files.exists(Path.of(pid))) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("no task has come by");
                }
                pause();
            }
            ProcessHandle victim = victim(cluster)
                    .orElseThrow(() -> new IllegalStateException("the task ran on no executor of the cluster"));
            victim.destroyForcibly();
            return victim.onExit().join();
        });
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Optional<ProcessHandle> victim(StandaloneCluster cluster) {
        try {
            long id = Long.parseLong(Files.readString(Path.of(pid)));
            return cluster.executors().stream().filter(p -> p.pid() == id).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
