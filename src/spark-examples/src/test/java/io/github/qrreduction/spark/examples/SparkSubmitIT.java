package io.github.qrreduction.spark.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qrreduction.testutil.ChildJvm;
import io.github.qrreduction.testutil.Repository;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The command of docs/spark.md, as it is there, on a standalone master and two workers on loopback. Runs once the job
 * is packaged. Spark's jars come from the class path, without what the job brings itself. Logs are in target/submit.
 */
class SparkSubmitIT {
    private static final Duration START = Duration.ofSeconds(90);
    /** Far more than it takes: a JVM that hangs should not hold the build. */
    private static final Duration END = Duration.ofMinutes(8);
    /** 8 passes on 16 components end at 93 % or more; guessing gives 10 %. */
    private static final double ACCURACY = 88;

    private static final Pattern RESULT = Pattern.compile("accuracy on the test digits: (\\d+\\.\\d) %");
    private static final Pattern JOBS_OWN =
            Pattern.compile("[/\\\\]org[/\\\\](nd4j|deeplearning4j|datavec|bytedeco)[/\\\\]|qr-reduction|picocli");

    private final List<Process> started = new ArrayList<>();
    private final Path logs = Path.of("target", "submit").toAbsolutePath();

    private final Path home = logs.resolve("home");

    @BeforeEach
    void makeHome() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the page's command is for a shell");
        Files.createDirectories(home.resolve("jars"));
        String sparks = ChildJvm.classPath(
                entry -> entry.endsWith(".jar") && !JOBS_OWN.matcher(entry).find());
        for (String jar : sparks.split(File.pathSeparator, -1)) {
            Path file = Path.of(jar).toAbsolutePath();
            Path link = home.resolve("jars").resolve(file.getFileName());
            // From a run before.
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, file);
        }
        Path submit = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
        // Quoted: the JVM reads the class path's star itself.
        String java = "'" + String.join("' '", java("1g").command("org.apache.spark.deploy.SparkSubmit")) + "'";
        Files.writeString(submit, "#!/bin/bash\nexec " + java + " \"$@\"\n");
        assertThat(submit.toFile().setExecutable(true)).isTrue();
    }

    @AfterEach
    void endWhatWasStarted() throws InterruptedException {
        List<ProcessHandle> all = started.stream()
                .flatMap(p -> Stream.concat(p.descendants(), Stream.of(p.toHandle())))
                .toList();
        all.forEach(ProcessHandle::destroy);
        for (Process process : started) {
            process.waitFor(10, TimeUnit.SECONDS);
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void thePagesCommandTrainsOnTwoWorkers() throws IOException, InterruptedException {
        int port = freePort();
        String master = "spark://127.0.0.1:" + port;
        start(
                "master",
                java("512m")
                        .command(
                                "org.apache.spark.deploy.master.Master",
                                "--host",
                                "127.0.0.1",
                                "--port",
                                port,
                                "--webui-port",
                                0));
        await(port);
        for (String worker : List.of("worker-0", "worker-1")) {
            start(
                    worker,
                    java("512m")
                            .command(
                                    "org.apache.spark.deploy.worker.Worker",
                                    "--host",
                                    "127.0.0.1",
                                    "--cores",
                                    1,
                                    "--memory",
                                    "1g",
                                    "--webui-port",
                                    0,
                                    "--work-dir",
                                    home.resolve(worker),
                                    master));
        }

        String command =
                pagesCommand().replace("spark://host:7077", master).replace("--workers 4", "--workers 2 --epochs 8");
        Process submit = start("submit", List.of("/bin/bash", "-c", command));

        assertThat(submit.waitFor(END.toSeconds(), TimeUnit.SECONDS))
                .as(logs.toString())
                .isTrue();
        String printed = Files.readString(logs.resolve("submit.log"));
        assertThat(submit.exitValue()).as(printed).isZero();
        assertThat(printed)
                .contains(master + ", 2 workers, 64 pixels to 16 components, RETRACTION")
                .contains("the column \"reduced\" of 360 rows: vectors of size 16");
        Matcher accuracy = RESULT.matcher(printed);
        assertThat(accuracy.find()).as(printed).isTrue();
        assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(ACCURACY);
        // Both workers have had an executor, and the job ran there.
        for (String worker : List.of("worker-0", "worker-1")) {
            assertThat(Files.readString(logs.resolve(worker + ".log"))).contains("Asked to launch executor");
        }
    }

    /** From the page: the lines from spark-submit on, up to one that does not go on. */
    private static String pagesCommand() throws IOException {
        List<String> lines = Repository.text("docs", "spark.md").lines().toList();
        int from = 0;
        while (!lines.get(from).startsWith("    spark-submit --master")) {
            from++;
        }
        int to = from;
        while (lines.get(to).endsWith("\\")) {
            to++;
        }
        return String.join("\n", lines.subList(from, to + 1));
    }

    private ChildJvm java(String memory) {
        List<String> options = new ArrayList<>(List.of("-Xmx" + memory, "-Dspark.ui.enabled=false"));
        options.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split(" +", -1)));
        return ChildJvm.with(options.toArray(String[]::new)).on(home.resolve("jars") + "/*");
    }

    private Process start(String name, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Repository.path("").toFile())
                .redirectErrorStream(true)
                .redirectOutput(logs.resolve(name + ".log").toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.12");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().merge("PATH", home.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void await(int port) throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !started.get(0).isAlive()) {
                    throw new IOException("the master did not start, see " + logs, e);
                }
                Thread.sleep(100);
            }
        }
    }
}
