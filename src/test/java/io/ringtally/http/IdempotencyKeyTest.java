package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IdempotencyKeyTest {

    @Test
    void visibleAsciiUpTo120CharactersIsAKey() {
        assertNull(IdempotencyKey.reasonAgainst("1"));
        assertNull(IdempotencyKey.reasonAgainst("8e03978e-40d5-43dd-bc93-6894a57f9324"));
        assertNull(IdempotencyKey.reasonAgainst("\"!~/"));
        assertNull(IdempotencyKey.reasonAgainst("k".repeat(120)));
    }

    @Test
    void whatIsWrongIsSaidWithItsPlaceAndTheLimit() {
        assertTrue(IdempotencyKey.reasonAgainst("").startsWith("is empty"));
        assertEquals("has 121 characters, above the limit of 120: send a shorter one, such as a"
                + " UUID", IdempotencyKey.reasonAgainst("k".repeat(121)));
        assertTrue(IdempotencyKey.reasonAgainst("a b").startsWith("has U+0020 at character 1"));
        assertTrue(IdempotencyKey.reasonAgainst("\u00e9").startsWith("has U+00E9"));
        assertTrue(IdempotencyKey.reasonAgainst("\u007f").startsWith("has U+007F"));
    }
}
