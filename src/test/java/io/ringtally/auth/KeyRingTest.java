package io.ringtally.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyRingTest {

    private final SecureRandom random = new SecureRandom();

    private static ApiKey keyOf(KeyToken token, List<String> apps, Scope... scopes) {
        return new ApiKey(token.id(), token.secretHash(), "a test", List.of(scopes), apps);
    }

    @Test
    void aTokenHasItsShapeAndIsReadBackAsItWas() {
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            KeyToken token = KeyToken.make(random);
            assertTrue(token.text().matches("rt_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}"), token.text());
            KeyToken read = KeyToken.parse(token.text());
            assertEquals(token.id(), read.id());
            assertEquals(32, read.secretHash().length);
            assertTrue(made.add(token.text()));
            assertFalse(token.toString().contains(token.text().substring(12)), token.toString());
        }
    }

    @Test
    void whatIsNoTokenIsNone() {
        String good = KeyToken.make(random).text();
        for (String bad : new String[] {"", "rt_", good + "x", good.substring(1), " " + good,
            good.substring(0, 54), good.replace("rt_", "tr_"), good.substring(0, 54) + "-",
            good.substring(0, 54) + "\u00e9", good.substring(0, 11) + "x" + good.substring(12),
            good.substring(0, 4) + "_" + good.substring(5)}) {
            assertNull(KeyToken.parse(bad), bad);
        }
    }

    @Test
    void onlyTheRightSecretFindsItsKey() {
        KeyToken token = KeyToken.make(random);
        KeyRing ring = new KeyRing();
        assertNull(ring.current());
        ApiKey key = keyOf(token, null, Scope.READ);
        assertTrue(ring.replace(List.of(key)));
        assertSame(key, ring.current().find(token.text()));
        String text = token.text();
        for (int at = 12; at < text.length(); at++) {
            char other = text.charAt(at) == 'a' ? 'b' : 'a';
            assertNull(ring.current().find(text.substring(0, at) + other
                    + text.substring(at + 1)), "changed at " + at);
        }
        assertNull(ring.current().find(KeyToken.make(random).text()));
        assertNull(ring.current().find("no token"));
    }

    @Test
    void theSameKeysAreTheSameSnapshotAndAChangedOneIsAnother() {
        KeyToken token = KeyToken.make(random);
        KeyRing ring = new KeyRing();
        ring.replace(List.of(keyOf(token, List.of("a"), Scope.READ)));
        KeyRing.Snapshot first = ring.current();
        assertFalse(ring.replace(List.of(keyOf(token, List.of("a"), Scope.READ))));
        assertSame(first, ring.current());
        assertTrue(ring.replace(List.of(keyOf(token, List.of("b"), Scope.READ))));
        assertTrue(ring.replace(List.of(keyOf(token, null, Scope.READ))));
        assertTrue(ring.replace(List.of(keyOf(token, null, Scope.WRITE))));
        assertTrue(ring.replace(List.of()));
        assertNotEquals(first, ring.current());
        assertNull(ring.current().find(token.text()));
    }

    @Test
    void aKeyHasItsScopesAndAppIdsAndNoOthers() {
        ApiKey admin = keyOf(KeyToken.make(random), null, Scope.ADMIN);
        assertTrue(admin.has(Scope.ADMIN));
        assertFalse(admin.has(Scope.READ) || admin.has(Scope.WRITE));
        assertTrue(admin.isFor(new byte[0]) && !admin.isLimited());
        ApiKey limited = keyOf(KeyToken.make(random), List.of("", "\u00fc"), Scope.READ);
        assertTrue(limited.isLimited() && limited.isFor(new byte[0]));
        assertTrue(limited.isFor("\u00fc".getBytes(StandardCharsets.UTF_8)));
        assertFalse(limited.isFor(new byte[] {'u'}));
        assertThrows(IllegalArgumentException.class, () -> Scope.of("everything"));
        assertThrows(IllegalArgumentException.class, () -> keyOf(KeyToken.make(random), null));
    }
}
