package io.ringtally.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Makes bodies that are nearly right: mostly legal, then often damaged by a byte or two. */
final class BodyMaker {

    private static final String[] LABELS = {
        "key", "value", "id", "app_id", "message_id", "event", "created_at",
    };
    private static final String[] ODD_LABELS = {
        "Key", "ke", "keys", "\\u006bey", "vaIue", "events", "message_ix", "xessage_id",
        "created_at ", "", "é", "x", "a_rather_long_label",
    };
    private static final String[] TEXTS = {
        "k", "k123", "shop", "delivered", "", "0c8f1c2e-5a0e-4a53-9a7e-2f1f0f6a9c11", "é", "€",
        "😀", "\\n", "\\u0041", "\\ud800", "\\ud83d\\ude00", "\\u0000", "a\\\"b", "a\tb", "\u007f",
        "\u0000", "x".repeat(64), "x".repeat(65), "x".repeat(128), "x".repeat(129),
        "é".repeat(127), "x".repeat(255), "é".repeat(128),
    };
    private static final String[] NUMBERS = {
        "0", "1", "-1", "7", "42", "-0", "01", "-01", "1.0", "1e3", "-", "+1", "", "00",
        "999999999999999999", "-999999999999999999", "1000000000000000000",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "99999999999999999999", "000000000000000000001",
    };
    private static final String[] TIMES = {
        "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123456Z", "2026-01-31t12:00:00z",
        "2026-01-31T12:00:00+01:00", "2026-02-29T12:00:00Z", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999-00:00", "0001-01-01T00:00:00+00:01", "2026-01-31",
        "2026-01-31T12:00:60Z", "2026-01-31T12:00:0\\u0030Z",
    };
    private static final String[] OTHERS = {
        "null", "true", "false", "{}", "[]", "[1,{\"a\":\"b\"}]", "\"\"", "nul", "NaN", "'k'",
    };
    private static final String[] SPACES = {"", " ", "\n", "\t", "\r\n\t", "\f", "\u00a0"};
    private static final byte[] BYTES = new byte[] {
        '"', '\\', '{', '}', '[', ']', ':', ',', '-', '+', '.', '0', '9', 'e', 'k', ' ', '\n',
        0, 0x1F, 0x7F, (byte) 0x80, (byte) 0xC3, (byte) 0xA9, (byte) 0xED, (byte) 0xF4,
        (byte) 0xFF,
    };

    private final Random random;

    BodyMaker(long seed) {
        random = new Random(seed);
    }

    byte[] object(Shape shape) {
        return maybeDamaged(maybeSpaced(objectText(shape)));
    }

    /** One event, or an array of some. */
    byte[] items() {
        if (random.nextInt(3) == 0) {
            return object(Shape.EVENT);
        }
        StringBuilder text = new StringBuilder("[");
        int events = random.nextInt(4);
        for (int i = 0; i < events; i++) {
            text.append(i == 0 ? "" : "," + space()).append(objectText(Shape.EVENT));
        }
        return maybeDamaged(maybeSpaced(text.append(']').toString()));
    }

    byte[] bulk() {
        StringBuilder text = new StringBuilder();
        int events = random.nextInt(4);
        for (int i = 0; i < events; i++) {
            text.append(i == 0 ? "" : "," + space()).append(objectText(Shape.EVENT));
        }
        String label = random.nextInt(20) == 0 ? any(ODD_LABELS) : "events";
        String before = random.nextInt(20) == 0 ? "\"x\":" + any(OTHERS) + "," : "";
        String after = random.nextInt(20) == 0 ? ",\"events\":" + any(OTHERS) : "";
        return maybeDamaged(maybeSpaced("{" + before + "\"" + label + "\":" + space() + "[" + text
                + "]" + after + "}"));
    }

    private String objectText(Shape shape) {
        StringBuilder text = new StringBuilder("{");
        boolean first = true;
        int turn = random.nextInt(LABELS.length);
        for (int i = 0; i < LABELS.length; i++) {
            String label = LABELS[(i + turn) % LABELS.length];
            Field field = shape.named(label);
            boolean wanted = field != null && (shape.requires(field) || random.nextBoolean());
            if (wanted == (random.nextInt(60) != 0)) {
                text.append(first ? "" : ",").append(member(label));
                first = false;
            }
        }
        if (random.nextInt(20) == 0) {
            text.append(first ? "" : ",").append(member(any(LABELS)));
        }
        if (random.nextInt(20) == 0) {
            text.append(first ? "" : ",").append(member(any(ODD_LABELS)));
        }
        return text.append('}').toString();
    }

    private String member(String label) {
        return space() + '"' + label + '"' + space() + ':' + space() + content(label) + space();
    }

    private String content(String label) {
        if (random.nextInt(40) == 0) {
            return any(OTHERS);
        }
        boolean ordinary = random.nextInt(4) != 0;
        return switch (label) {
            case "value" -> {
                String number = ordinary ? "" + random.nextInt(1000) : any(NUMBERS);
                yield random.nextInt(4) == 0 ? '"' + number + '"' : number;
            }
            case "created_at" -> '"' + (ordinary ? TIMES[random.nextInt(4)] : any(TIMES)) + '"';
            default -> '"' + (ordinary ? TEXTS[random.nextInt(4)] : any(TEXTS)) + '"';
        };
    }

    private String maybeSpaced(String text) {
        return space() + text + space();
    }

    private String space() {
        return random.nextInt(4) != 0 ? "" : random.nextInt(20) == 0 ? any(SPACES) : " ";
    }

    private byte[] maybeDamaged(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        int damages = random.nextInt(3) - random.nextInt(2);
        for (int i = 0; i < damages && body.length > 0; i++) {
            body = damaged(body);
        }
        return body;
    }

    private byte[] damaged(byte[] body) {
        int at = random.nextInt(body.length);
        byte octet = random.nextInt(3) == 0 ? (byte) random.nextInt()
                : BYTES[random.nextInt(BYTES.length)];
        byte[] longer = Arrays.copyOf(body, body.length + 1);
        switch (random.nextInt(5)) {
            case 0 -> {
                return Arrays.copyOf(body, at);
            }
            case 1 -> {
                System.arraycopy(body, at, longer, at + 1, body.length - at);
                longer[at] = octet;
                return longer;
            }
            case 2 -> {
                System.arraycopy(body, at + 1, longer, at, body.length - at - 1);
                return Arrays.copyOf(longer, body.length - 1);
            }
            case 3 -> {
                int from = random.nextInt(body.length);
                int count = Math.min(random.nextInt(12), body.length - Math.max(from, at));
                System.arraycopy(body, from, body, at, count);
                return body;
            }
            default -> {
                body[at] = octet;
                return body;
            }
        }
    }

    private String any(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
