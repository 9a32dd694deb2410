package io.ringtally.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.Ring;
import io.ringtally.ring.RingParts;
import io.ringtally.ring.RingSettings;
import io.ringtally.tally.TallySettings;
import io.ringtally.time.Clock;
import io.ringtally.time.SystemClock;
import java.lang.management.ManagementFactory;
import java.util.Set;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class ManagementBeansTest {

    private static final TallySettings TALLY = new TallySettings(2, 1_000, 1_000, 48, 1_000);

    @Test
    void theBeansOfASecondServiceInOneProcessAreRefusedAndThoseOfTheFirstStay() throws Exception {
        Clock clock = new SystemClock();
        AdmissionGate gate = new AdmissionGate();
        try (Ring ring = new Ring(new RingParts(new RingSettings(64, 704, 20_000), TALLY, 1,
                clock), gate, died -> { })) {
            ManagementBeans first = ManagementBeans.register(null, gate, ring, TALLY, clock);
            Set<ObjectName> registered = registered();
            assertEquals(7, registered.size(), registered.toString());

            IllegalStateException refused = assertThrows(IllegalStateException.class,
                    () -> ManagementBeans.register(null, gate, ring, TALLY, clock));
            assertTrue(refused.getMessage().contains("ringtally:type=Service"),
                    refused.getMessage());
            assertEquals(registered, registered());

            first.unregister();
            assertEquals(Set.of(), registered());
        }
    }

    private static Set<ObjectName> registered() throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("ringtally:*"), null);
    }
}
