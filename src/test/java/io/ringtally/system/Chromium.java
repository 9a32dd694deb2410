package io.ringtally.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real Chromium without a window, with one page, driven over its DevTools protocol. Notes every
 * request the page makes and every error it reports.
 *
 * <p>Threading: one thread drives; the protocol's answers come on another.
 */
final class Chromium implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(30);
    /** Around what a picture is of. */
    private static final double MARGIN = 12;

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Map<String, Object>>> asked =
            new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final String session;

    private Chromium(Process process, String url) throws IOException {
        this.process = process;
        this.socket = HttpClient.newHttpClient().newWebSocketBuilder()
                .buildAsync(URI.create(url), new Listener()).join();
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> targets = (List<Map<String, Object>>)
                send(null, "Target.getTargets", Map.of()).get("targetInfos");
        String page = targets.stream().filter(target -> target.get("type").equals("page"))
                .findFirst().orElseThrow().get("targetId").toString();
        this.session = send(null, "Target.attachToTarget",
                Map.of("targetId", page, "flatten", true)).get("sessionId").toString();
        for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
            send(domain + ".enable", Map.of());
        }
    }

    /** Skips the test, and says so, where there is none on this machine. */
    static void assumeInstalled() {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "chromium")));
        if (!installed) {
            System.out.println("There is no chromium on the PATH: the dashboard is not tested in a"
                    + " browser. On Debian: apt-get install chromium");
        }
        assumeTrue(installed, "there is no chromium on the PATH");
    }

    /** Starts one with an empty profile in this directory. */
    static Chromium start(Path directory) throws IOException {
        Path profile = Files.createTempDirectory(directory, "chromium-");
        Path log = directory.resolve("chromium.log");
        ProcessBuilder builder = new ProcessBuilder("chromium", "--headless", "--no-sandbox",
                "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
                "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--disable-default-apps", "--disable-extensions",
                "--no-proxy-server", "--password-store=basic", "--hide-scrollbars",
                "--remote-debugging-port=0", "--remote-allow-origins=*",
                "--user-data-dir=" + profile, "about:blank");
        builder.environment().put("HOME", profile.toString());
        Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        Path port = profile.resolve("DevToolsActivePort");
        long deadline = System.nanoTime() + SOON.toNanos();
        List<String> lines = List.of();
        while (lines.size() < 2) {
            if (System.nanoTime() > deadline || !process.isAlive()) {
                process.destroyForcibly();
                throw new IOException("chromium does not start: " + Files.readString(log));
            }
            LockSupport.parkNanos(20_000_000);
            lines = Files.exists(port) ? Files.readAllLines(port) : List.of();
        }
        try {
            return new Chromium(process, "ws://127.0.0.1:" + lines.get(0) + lines.get(1));
        } catch (IOException | RuntimeException failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    /** A command of the page's. */
    Map<String, Object> send(String method, Map<String, Object> parameters) throws IOException {
        return send(session, method, parameters);
    }

    private Map<String, Object> send(String to, String method, Map<String, Object> parameters)
            throws IOException {
        int id = lastId.incrementAndGet();
        CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
        asked.put(id, answer);
        Map<String, Object> message = new LinkedHashMap<>(Map.of("id", id, "method", method,
                "params", parameters));
        if (to != null) {
            message.put("sessionId", to);
        }
        socket.sendText(json(message), true).join();
        try {
            return answer.get(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new IOException(method + " " + parameters + " failed", failed);
        }
    }

    void open(String url) throws IOException {
        send("Page.navigate", Map.of("url", url));
    }

    /** The value of an expression, promises awaited: text, number, boolean, or null. */
    Object evaluate(String expression) throws IOException {
        Map<String, Object> answer = send("Runtime.evaluate", Map.of("expression", expression,
                "returnByValue", true, "awaitPromise", true));
        if (answer.containsKey("exceptionDetails")) {
            throw new IOException(expression + ": " + answer.get("exceptionDetails"));
        }
        return ((Map<?, ?>) answer.get("result")).get("value");
    }

    /** The text of the first element that matches; empty if there is none. */
    String text(String selector) throws IOException {
        return (String) evaluate("document.querySelector(" + quoted(selector)
                + ")?.innerText ?? ''");
    }

    /** Polls until an expression is true. */
    void await(String what, String expression) throws IOException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!isTrue(expression)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + SOON + " for: " + what + "; errors: " + errors
                        + "; the page: " + evaluate("document.body.innerText"));
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** A page that is being loaded has not what the expression asks for. */
    private boolean isTrue(String expression) {
        try {
            return Boolean.TRUE.equals(evaluate(expression));
        } catch (IOException notYet) {
            return false;
        }
    }

    void click(String selector) throws IOException {
        evaluate("document.querySelector(" + quoted(selector) + ").click()");
    }

    /** Scrolls to an element, at once: on the way there it may be moved by what is drawn above. */
    void show(String selector) throws IOException {
        await(selector + " in sight", "(() => { const shown = document.querySelector("
                + quoted(selector) + "); shown.scrollIntoView({behavior: 'instant'});"
                + " const box = shown.getBoundingClientRect();"
                + " return box.top < innerHeight && box.bottom > 0; })()");
    }

    /** Types into what has the focus, as a keyboard does. */
    void type(String text) throws IOException {
        for (String key : text.split("")) {
            press(key, key);
        }
    }

    /** Presses a key by its name, such as Tab. */
    void press(String key) throws IOException {
        press(key, key.equals("Enter") ? "\r" : "");
    }

    private void press(String key, String text) throws IOException {
        int code = switch (key) {
            case "Tab" -> 9;
            case "Enter" -> 13;
            case "Escape" -> 27;
            default -> 0;
        };
        Map<String, Object> down = new LinkedHashMap<>(Map.of("type",
                text.isEmpty() ? "rawKeyDown" : "keyDown", "key", key, "code",
                key.length() > 1 ? key : "", "windowsVirtualKeyCode", code));
        if (!text.isEmpty()) {
            down.put("text", text);
        }
        send("Input.dispatchKeyEvent", down);
        send("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code",
                key.length() > 1 ? key : "", "windowsVirtualKeyCode", code));
    }

    /** Pretends to be a screen of this size. */
    void size(int width, int height) throws IOException {
        send("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height,
                "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** Pretends that the system's theme is {@code light} or {@code dark}. */
    void theme(String theme) throws IOException {
        send("Emulation.setEmulatedMedia", Map.of("features",
                List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
    }

    /** A picture of an element with a margin, as PNG, once it stands still. */
    byte[] picture(String selector) throws IOException {
        String box = "(() => { const box = document.querySelector(" + quoted(selector)
                + ").getBoundingClientRect(); return [box.x + scrollX, box.y + scrollY,"
                + " box.width, box.height].join(' '); })()";
        for (int i = 0; i < 10; i++) {
            Object place = evaluate(box);
            byte[] picture = picture(place.toString().split(" "));
            if (place.equals(evaluate(box))) {
                return picture;
            }
        }
        throw new IOException(selector + " does not stand still");
    }

    /** A picture of what is in sight, as PNG. */
    byte[] screen() throws IOException {
        return Base64.getDecoder().decode(send("Page.captureScreenshot",
                Map.of("format", "png")).get("data").toString());
    }

    private byte[] picture(String... place) throws IOException {
        Map<String, Object> clip = new LinkedHashMap<>();
        clip.put("x", Double.parseDouble(place[0]) - MARGIN);
        clip.put("y", Double.parseDouble(place[1]) - MARGIN);
        clip.put("width", Double.parseDouble(place[2]) + 2 * MARGIN);
        clip.put("height", Double.parseDouble(place[3]) + 2 * MARGIN);
        clip.put("scale", 1);
        return Base64.getDecoder().decode(send("Page.captureScreenshot", Map.of("format", "png",
                "captureBeyondViewport", true, "clip", clip)).get("data").toString());
    }

    /** What the page has reported as an error, or the browser about it. */
    List<String> errors() {
        return errors;
    }

    /** The addresses of everything it has asked for. */
    List<String> requests() {
        return requests;
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    @Override
    public void close() {
        // its own children end with it
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String json(Object value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            write(json, value);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Map<?, ?> fields) {
            json.writeStartObject();
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                json.writeFieldName(field.getKey().toString());
                write(json, field.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> items) {
            json.writeStartArray();
            for (Object item : items) {
                write(json, item);
            }
            json.writeEndArray();
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Integer number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else {
            json.writeString(value.toString());
        }
    }

    private static Object read(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    json.nextToken();
                    fields.put(name, read(json));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(json));
                }
                yield items;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            default -> json.getText();
        };
    }

    /** Answers go to whoever asked; of events, errors and requests are noted. */
    private final class Listener implements WebSocket.Listener {

        private static final Set<String> LEVELS = Set.of("error", "warning");

        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                try (JsonParser json = new JsonFactory().createParser(message.toString())) {
                    json.nextToken();
                    @SuppressWarnings("unchecked")
                    Map<String, Object> received = (Map<String, Object>) read(json);
                    take(received);
                } catch (IOException malformed) {
                    errors.add(malformed.toString());
                }
                message.setLength(0);
            }
            from.request(1);
            return null;
        }

        @SuppressWarnings("unchecked")
        private void take(Map<String, Object> received) {
            if (received.get("id") instanceof Long id) {
                CompletableFuture<Map<String, Object>> answer = asked.remove(id.intValue());
                if (received.containsKey("error")) {
                    answer.completeExceptionally(new IOException(received.get("error").toString()));
                } else {
                    answer.complete((Map<String, Object>) received.get("result"));
                }
                return;
            }
            Map<String, Object> event = (Map<String, Object>) received.get("params");
            switch (received.get("method").toString()) {
                case "Runtime.exceptionThrown" -> errors.add(event.toString());
                case "Runtime.consoleAPICalled" -> {
                    if (LEVELS.contains(event.get("type"))) {
                        errors.add(event.toString());
                    }
                }
                case "Log.entryAdded" -> {
                    Map<String, Object> entry = (Map<String, Object>) event.get("entry");
                    if (LEVELS.contains(entry.get("level"))) {
                        errors.add(entry.toString());
                    }
                }
                case "Network.requestWillBeSent" -> requests.add(
                        ((Map<String, Object>) event.get("request")).get("url").toString());
                default -> {
                    // nothing to note
                }
            }
        }
    }
}
