package io.github.qrreduction.cli.report;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page in a real browser without a window, through its DevTools protocol. */
final class Chromium implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final long SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final List<String> events = new ArrayList<>();
    private final String session;
    private int id;

    static boolean isHere() {
        return Files.isExecutable(PROGRAM);
    }

    Chromium(Path profile) throws IOException, InterruptedException {
        Path log = profile.resolve("stderr");
        process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile.resolve("profile"),
                        "about:blank")
                .redirectError(log.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address(log)), new Listener())
                .join();
        String target = text(send("Target.createTarget", "{\"url\":\"about:blank\"}", null), "targetId");
        session = text(
                send("Target.attachToTarget", "{\"targetId\":\"" + target + "\",\"flatten\":true}", null), "sessionId");
        call("Page.enable", "{}");
        call("Runtime.enable", "{}");
        call("Log.enable", "{}");
        call("Network.enable", "{}");
    }

    private String address(Path log) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS); System.nanoTime() < end; ) {
            Matcher line = Pattern.compile("ws://\\S+").matcher(Files.exists(log) ? Files.readString(log) : "");
            if (line.find()) {
                return line.group();
            }
            Thread.sleep(50);
        }
        process.destroyForcibly();
        throw new IOException("expected chromium to start, got " + Files.readString(log));
    }

    /** Parts of long messages are put together. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder part = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                messages.add(part.toString());
                part.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private String send(String method, String parameters, String to) throws IOException, InterruptedException {
        int number = ++id;
        socket.sendText(
                        "{\"id\":" + number + ",\"method\":\"" + method + "\",\"params\":" + parameters
                                + (to == null ? "" : ",\"sessionId\":\"" + to + "\"") + "}",
                        true)
                .join();
        while (true) {
            String message = messages.poll(SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new IOException("expected an answer to " + method + ", got none");
            }
            if (message.startsWith("{\"id\":" + number + ",")) {
                return message;
            }
            events.add(message);
        }
    }

    private String call(String method, String parameters) throws IOException, InterruptedException {
        return send(method, parameters, session);
    }

    /** Opens a page of a size, and waits until it has loaded. */
    void open(Path page, int width, int height, boolean phone) throws IOException, InterruptedException {
        call(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\":" + width + ",\"height\":" + height + ",\"deviceScaleFactor\":" + (phone ? 2 : 1)
                        + ",\"mobile\":" + phone + "}");
        call("Page.navigate", "{\"url\":\"" + page.toUri() + "\"}");
        for (int i = 0;
                !evaluate("document.readyState").equals("complete")
                        || evaluate("location.href").equals("about:blank");
                i++) {
            if (i > SECONDS * 20) {
                throw new IOException("expected the page to load, got " + evaluate("document.readyState"));
            }
            Thread.sleep(50);
        }
    }

    /** A script's result, a string without quotes or line ends. */
    String evaluate(String script) throws IOException, InterruptedException {
        String quoted = script.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        String answer = call("Runtime.evaluate", "{\"returnByValue\":true,\"expression\":\"String(" + quoted + ")\"}");
        if (answer.contains("\"exceptionDetails\"")) {
            throw new IOException("expected a result of " + script + ", got " + answer);
        }
        return text(answer, "value");
    }

    private static String text(String json, String key) {
        Matcher value = Pattern.compile('"' + key + "\":\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"")
                .matcher(json);
        if (!value.find()) {
            throw new IllegalStateException("expected " + key + ", got " + json);
        }
        return value.group(1);
    }

    /** What the page complained of, and what it asked the network for. */
    List<String> complaints() {
        return events.stream()
                .filter(e -> e.contains("Runtime.exceptionThrown")
                        || e.contains("Runtime.consoleAPICalled")
                        || e.contains("Log.entryAdded")
                        || (e.contains("Network.requestWillBeSent") && e.contains("\"url\":\"http")))
                .toList();
    }

    void screenshot(Path to, int width, int height) throws IOException, InterruptedException {
        String answer = call(
                "Page.captureScreenshot",
                "{\"captureBeyondViewport\":true,\"clip\":{\"x\":0,\"y\":0,\"scale\":1,\"width\":" + width
                        + ",\"height\":" + height + "}}");
        Files.write(to, Base64.getDecoder().decode(text(answer, "data")));
    }

    void print(Path to) throws IOException, InterruptedException {
        Files.write(to, Base64.getDecoder().decode(text(call("Page.printToPDF", "{}"), "data")));
    }

    @Override
    public void close() {
        try {
            socket.sendText("{\"id\":0,\"method\":\"Browser.close\"}", true).join();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
