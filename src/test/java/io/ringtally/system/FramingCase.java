package io.ringtally.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes on a bare socket and their right answer: one line of {@code framing-cases.txt}, which
 * explains itself.
 *
 * <p>Threading: immutable.
 *
 * @param name what is odd about them
 * @param key the counter they would count
 * @param answers the right answers, each as in the table
 * @param counted events the key must have afterwards
 * @param endsSending whether the client closes its sending side behind the bytes
 * @param request the bytes, a character each
 */
record FramingCase(String name, String key, List<String> answers, int counted, boolean endsSending,
        String request) {

    private static final String SENTINEL = "GET /sentinel HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final Pattern REPEAT = Pattern.compile("\\{([^{}]+|[^{}]*\\{[^{}]*)\\*(\\d+)}");

    /** All cases of the table. Keys begin with {@code prefix}, one character. */
    static List<FramingCase> all(char prefix) throws IOException {
        List<FramingCase> cases = new ArrayList<>();
        try (InputStream table = FramingCase.class.getResourceAsStream("framing-cases.txt")) {
            String text = new String(table.readAllBytes(), StandardCharsets.US_ASCII);
            for (String line : text.split("\n")) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    cases.add(parse(line, String.format("%c-case%03d", prefix, cases.size())));
                }
            }
        }
        return cases;
    }

    private static FramingCase parse(String line, String key) {
        String[] columns = line.split(" \\| ", 4);
        boolean endsSending = columns[3].startsWith("eof ");
        String bytes = expand(endsSending ? columns[3].substring(4) : columns[3], key);
        return new FramingCase(columns[0], key, List.of(columns[1].split(" or ")),
                Integer.parseInt(columns[2]), endsSending, unescape(bytes));
    }

    private static String expand(String shorthand, String key) {
        String body = "{\"key\":\"" + key + "\",\"value\":1}";
        String post = "POST /increment HTTP/1.1\\r\\nHost: x\\r\\n";
        String length = "Content-Length: " + body.length() + "\\r\\n";
        String good = post + length + "\\r\\n" + body;
        String hex = Integer.toHexString(body.length());
        String plain = shorthand.replace("{LENGTH OF G}", String.valueOf(unescape(good).length()))
                .replace("{G}", good).replace("{P}", post).replace("{L}", length)
                .replace("{S}", "GET /status HTTP/1.1\\r\\nHost: x\\r\\n")
                .replace("{K}", "Transfer-Encoding: chunked\\r\\n")
                .replace("{C}", hex + "\\r\\n" + body + "\\r\\n").replace("{E}", "0\\r\\n\\r\\n")
                .replace("{B}", body).replace("{N}", String.valueOf(body.length()))
                .replace("{H}", hex).replace("{KEY}", key);
        Matcher repeats = REPEAT.matcher(plain);
        return repeats.replaceAll(found -> {
            StringBuilder many = new StringBuilder();
            for (int i = 0; i < Integer.parseInt(found.group(2)); i++) {
                many.append(found.group(1).replace("#", String.valueOf(i)));
            }
            return Matcher.quoteReplacement(many.toString());
        });
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = text.charAt(++at);
            switch (escape) {
                case 'r' -> plain.append('\r');
                case 'n' -> plain.append('\n');
                case 't' -> plain.append('\t');
                case '0' -> plain.append('\0');
                case '\\' -> plain.append('\\');
                case 'x' -> {
                    plain.append((char) Integer.parseInt(text.substring(at + 1, at + 3), 16));
                    at += 2;
                }
                default -> throw new IllegalArgumentException("\\" + escape + " in " + text);
            }
        }
        return plain.toString();
    }

    /**
     * Sends the bytes and gives what was answered to them, written as in the table.
     *
     * @param port of the service, or of a proxy before it
     */
    String send(int port) throws IOException {
        StringBuilder answered = new StringBuilder();
        boolean bodiless = request.startsWith("HEAD ");
        try (RawConnection connection = new RawConnection(port)) {
            try {
                connection.send(endsSending ? request : request + SENTINEL);
                if (endsSending) {
                    connection.finish();
                }
            } catch (IOException refusedEarly) {
                // what was answered before is still to be read
            }
            while (true) {
                RawConnection.Answer answer = connection.answerUnlessEnded(!bodiless);
                if (answer == null) {
                    return answered.append("close").toString();
                }
                if (answer.body().contains("/sentinel")) {
                    return answered.toString().trim();
                }
                answered.append(answer.status()).append(bodiless ? "- " : " ");
                bodiless = false;
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
