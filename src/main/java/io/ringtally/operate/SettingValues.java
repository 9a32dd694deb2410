package io.ringtally.operate;

import io.ringtally.persist.PersistSettings;
import io.ringtally.ring.MockSettings;

/**
 * The values of everything that can be set while the service runs.
 *
 * @param persist when to flush
 * @param mock the slow resource that the shards call
 */
public record SettingValues(PersistSettings persist, MockSettings mock) {

    SettingValues with(PersistSettings replaced) {
        return new SettingValues(replaced, mock);
    }

    SettingValues with(MockSettings replaced) {
        return new SettingValues(persist, replaced);
    }
}
