package io.github.qrreduction.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;

/**
 * A standalone master and workers of one core each, JVMs on loopback, out of the jars on this JVM's class path. Their
 * logs are in {@code target/cluster}.
 */
final class StandaloneCluster implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Path folder;
    private final Path home;
    private final List<Path> classes = new ArrayList<>();
    private final int port;
    private final String executorMemory;
    private final Process master;
    private final List<Process> workers = new ArrayList<>();

    StandaloneCluster(int workers, String executorMemory) throws IOException {
        this.executorMemory = executorMemory;
        folder = Path.of("target", "cluster").toAbsolutePath();
        home = makeHome();
        port = freePort();
        master = start("master", "512m", "org.apache.spark.deploy.master.Master", "--port", String.valueOf(port));
        awaitPort();
        for (int i = 0; i < workers; i++) {
            this.workers.add(start(
                    "worker-" + i,
                    "512m",
                    "org.apache.spark.deploy.worker.Worker",
                    "--cores",
                    "1",
                    "--memory",
                    executorMemory,
                    "--work-dir",
                    folder.resolve("work-" + i).toString(),
                    url()));
        }
    }

    /** As a Spark installation: jars in a folder. Classes that are in no jar are kept apart. */
    private Path makeHome() throws IOException {
        Path jars = Files.createDirectories(folder.resolve("home/jars"));
        String surefire = System.getProperty("surefire.test.class.path");
        String path = surefire != null ? surefire : System.getProperty("java.class.path");
        for (String entry : path.split(File.pathSeparator, -1)) {
            Path file = Path.of(entry).toAbsolutePath();
            if (Files.isDirectory(file)) {
                classes.add(file);
            } else if (Files.exists(file)) {
                Path link = jars.resolve(file.getFileName());
                // From a run before.
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, file);
            }
        }
        return jars.getParent();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process start(String name, String memory, String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx" + memory));
        command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptions().split(" ", -1)));
        command.addAll(List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-cp",
                home.resolve("jars") + "/*",
                mainClass,
                "--host",
                "127.0.0.1",
                "--webui-port",
                "0"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.12");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        // One core each: more threads would only get in each other's way.
        builder.environment().put("OMP_NUM_THREADS", "1");
        return builder.start();
    }

    private void awaitPort() throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !master.isAlive()) {
                    close();
                    throw new IOException("the master did not start, see " + folder.resolve("master.log"), e);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String url() {
        return "spark://127.0.0.1:" + port;
    }

    /** A session with one executor on each worker, once they are all there. */
    SparkSession session() {
        SparkSession session = LocalSpark.builder(url())
                .config("spark.executor.memory", executorMemory)
                .config("spark.executor.cores", 1)
                .config(
                        "spark.executor.extraClassPath",
                        String.join(
                                File.pathSeparator,
                                classes.stream().map(Path::toString).toList()))
                .config(
                        "spark.executor.extraJavaOptions",
                        "-Dorg.bytedeco.javacpp.maxbytes=2g -Dorg.bytedeco.javacpp.maxphysicalbytes=5g"
                                + " -Dorg.slf4j.simpleLogger.log.org.apache.spark=warn")
                .config("spark.task.maxFailures", 8)
                // Each round is shorter than the seconds that a task would wait for the executor with its data.
                .config("spark.locality.wait", "0s")
                .getOrCreate();
        long end = System.nanoTime() + START.toNanos();
        while (executors().size() < workers.size()
                || session.sparkContext().getExecutorMemoryStatus().size() <= workers.size()) {
            if (System.nanoTime() > end) {
                session.stop();
                close();
                throw new IllegalStateException("the executors did not start, see " + folder);
            }
            pause();
        }
        return session;
    }

    /** The executors' JVMs. */
    List<ProcessHandle> executors() {
        return workers.stream()
                .flatMap(worker -> worker.toHandle().descendants())
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    @Override
    public void close() {
        List<Process> all = Stream.concat(workers.stream(), Stream.of(master)).toList();
        List<ProcessHandle> handles = all.stream()
                .flatMap(p -> Stream.concat(p.descendants(), Stream.of(p.toHandle())))
                .toList();
        handles.forEach(ProcessHandle::destroy);
        for (Process process : all) {
            try {
                if (!process.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        handles.forEach(ProcessHandle::destroyForcibly);
    }

    /** The most memory that a process has held, in bytes, where Linux tells; else 0. */
    static long peakBytes(ProcessHandle process) {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
