package io.ringtally.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages are counted, whatever happens to their counters. */
class QuotaCountersTest extends CounterStoreContract {

    @Override
    CounterStore storeOf(int capacity) {
        return new QuotaCounters(new HeapCounters(capacity), quotas(2));
    }

    private static MessageQuotas quotas(long usual) {
        return MessageQuotas.of(new QuotaSettings(usual, Map.of("free", 0L, "three", 3L)), 5);
    }

    @Test
    void anAppIsAtItsQuotaForAsLongAsItHasSoManyMessages() {
        MessageQuotas quotas = quotas(2);
        CounterStore store = new QuotaCounters(new HeapCounters(100), quotas);
        store.create(key("a", "1", "x"));
        store.create(key("a", "1", "y"));
        // a start that begins anew
        store.create(key("a", "1", "y"));
        assertEquals(0, quotas.usedUp());
        store.create(key("a", "2", "x"));
        assertEquals(1, quotas.usedUp());
        store.create(key("a", "3", "x"));
        assertEquals(1, quotas.usedUp());
        store.create(key("b", "1", "x"));
        store.create(key("b", "2", "x"));
        assertEquals(2, quotas.usedUp());
        store.remove(key("a", "3", "x"));
        store.remove(key("a", "3", "x"));
        store.remove(key("a", "1", "x"));
        assertEquals(2, quotas.usedUp());
        store.remove(key("a", "1", "y"));
        assertEquals(1, quotas.usedUp());
    }

    @Test
    void anAppOfItsOwnQuotaHasThat() {
        MessageQuotas quotas = quotas(2);
        CounterStore store = new QuotaCounters(new HeapCounters(100), quotas);
        for (int message = 0; message < 10; message++) {
            assertNotNull(store.create(key("free", "m" + message, "x")));
        }
        store.create(key("three", "1", "x"));
        store.create(key("three", "2", "x"));
        assertEquals(0, quotas.usedUp());
        store.create(key("three", "3", "x"));
        assertEquals(1, quotas.usedUp());
    }

    @Test
    void withoutAnyQuotaThereIsNothingToCount() {
        assertNull(MessageQuotas.of(new QuotaSettings(0, Map.of("a", 0L)), 5));
        assertNotNull(MessageQuotas.of(new QuotaSettings(0, Map.of("a", 1L)), 5));
        assertThrows(IllegalArgumentException.class, () -> new QuotaSettings(-1, Map.of()));
    }
}
